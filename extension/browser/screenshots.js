// The browser's own picture of what a window shows.
//
// Chromium allows two a second (MAX_CAPTURE_VISIBLE_TAB_CALLS_PER_SECOND), Firefox any number. Only the
// tab that the Handrail button was pressed on is ever given: the browser refuses every other.

import { HandrailError } from "../core/errors.js";

const ALLOWED = /** @type {number | undefined} */ (
  chrome.tabs.MAX_CAPTURE_VISIBLE_TAB_CALLS_PER_SECOND);

/** Milliseconds from one picture to the next; a little more than the browser asks for. */
const PACE = ALLOWED ? 1000 / ALLOWED + 25 : 0;

/** Answers when the next picture may be taken. @type {Promise<unknown>} */
let gate = Promise.resolve();

/**
 * Take a picture of the tab that is shown in a window.
 * @param {number} windowId
 * @returns {Promise<Uint8Array<ArrayBuffer>>} PNG
 */
export function takePicture(windowId) {
  const taken = gate.then(() => shoot(windowId));
  // The browser counts from when it is asked. What is done with a picture meanwhile costs no time.
  const paced = gate.then(() => pause(PACE));
  gate = taken.catch(() => undefined).then(() => paced);
  return taken;
}

/**
 * Take a picture of a rectangle of the whole page, seen or not, where the browser can do so.
 * @type {((windowId: number, rectangle: { x: number, y: number, width: number, height: number },
 *   scale: number) => Promise<Uint8Array<ArrayBuffer>>) | null}
 */
export const takeRectangle = chrome.runtime.getURL("").startsWith("moz-extension:")
  ? (windowId, rect, scale) => shoot(windowId, 0, { rect, scale })
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
