// The browser's own picture of what a window shows.
//
// Chromium allows two a second (MAX_CAPTURE_VISIBLE_TAB_CALLS_PER_SECOND), Firefox any number. Only the
// tab that the Handrail button was pressed on is ever given: the browser refuses every other.

import { HandrailError } from "../core/errors.js";

const IN_FIREFOX = chrome.runtime.getURL("").startsWith("moz-extension:");

/** How many pictures the browser gives in a second. */
const ALLOWED = IN_FIREFOX ? Infinity : 2;

/** Milliseconds in which no more than that are asked for: a little more than the browser's second. */
const SECOND = 1_050;

/** When the last pictures were asked for. @type {number[]} */
let asked = [];

/** Answers when the picture before is taken. @type {Promise<unknown>} */
let before = Promise.resolve();

/**
 * Take a picture of the tab that is shown in a window.
 * @param {number} windowId
 * @returns {Promise<Uint8Array<ArrayBuffer>>} PNG
 */
export function takePicture(windowId) {
  const taken = before.then(async () => {
    // What was done since the last pictures costs no time: the browser counts when it is asked.
    const first = asked.at(-ALLOWED);
    if (asked.length >= ALLOWED && first !== undefined) {
      await pause(first + SECOND - performance.now());
    }
    asked = [...asked, performance.now()].slice(-10);
    return shoot(windowId);
  });
  before = taken.catch(() => undefined);
  return taken;
}

/**
 * Take a picture of a rectangle of the whole page, seen or not, where the browser can do so.
 *
 * Without a scale it has as many pixels as the window has for that rectangle.
 * @type {((windowId: number,
 *   rectangle: { left: number, top: number, width: number, height: number }) =>
 *   Promise<Uint8Array<ArrayBuffer>>) | null}
 */
export const takeRectangle = IN_FIREFOX
  ? (windowId, { left, top, width, height }) => (
    shoot(windowId, 0, { rect: { x: left, y: top, width, height } }))
  : null;

/**
 * @param {number} windowId
 * @param {number} [patience] how often to wait, when a panel before this one took pictures just now
 * @param {object} [part] of the page
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function shoot(windowId, patience = 20, part = {}) {
  try {
    return decode_dataUrl(
      await chrome.tabs.captureVisibleTab(windowId, { format: "png", ...part }));
  } catch (cause) {
    if (patience > 0 && String(cause).includes("MAX_CAPTURE_VISIBLE_TAB_CALLS_PER_SECOND")) {
      await pause(110);
      return shoot(windowId, patience - 1, part);
    }
    const code = /permission/i.test(String(cause)) ? "permission-lost" : "capture-failed";
    throw new HandrailError(code, cause);
  }
}

/**
 * @param {string | undefined} address
 * @returns {Uint8Array<ArrayBuffer>}
 */
function decode_dataUrl(address) {
  const start = "data:image/png;base64,";
  if (!address?.startsWith(start)) {
    throw new HandrailError("capture-failed");
  }
  return Uint8Array.from(atob(address.slice(start.length)), (char) => char.charCodeAt(0));
}

/** @param {number} milliseconds */
function pause(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}
