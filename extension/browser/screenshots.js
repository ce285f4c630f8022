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

/** How long to wait after a no, in milliseconds: the browser's second began a little later than ours. */
const NO = 15;
/** How often: a panel before this one may have taken pictures just now. */
const PATIENCE = 150;

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
    shoot(windowId, { rect: { x: left, y: top, width, height } }))
  : null;

/**
 * @param {number} windowId
 * @param {object} [part] of the page
 * @param {number} [patience] how often to wait
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function shoot(windowId, part = {}, patience = PATIENCE) {
  try {
    return decode_dataUrl(
      await chrome.tabs.captureVisibleTab(windowId, { format: "png", ...part }));
  } catch (cause) {
    if (patience > 0 && String(cause).includes("MAX_CAPTURE_VISIBLE_TAB_CALLS_PER_SECOND")) {
      await pause(NO);
      return shoot(windowId, part, patience - 1);
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
  const text = atob(address.slice(start.length));
  const bytes = new Uint8Array(text.length);
  // A call for every byte would take longer than the picture itself.
  for (let at = 0; at < text.length; at += 1) {
    bytes[at] = text.charCodeAt(at);
  }
  return bytes;
}

/** @param {number} milliseconds */
function pause(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}
