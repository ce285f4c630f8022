// The browser's own picture of what a window shows.
//
// Chromium allows two a second (MAX_CAPTURE_VISIBLE_TAB_CALLS_PER_SECOND); a call every 550 ms never
// met that limit. Only the tab that the Handrail button was pressed on is ever given: the browser
// refuses every other.

import { HandrailError } from "../core/errors.js";

const PACE = 550;

/** Answers when the next picture may be taken. @type {Promise<unknown>} */
let gate = Promise.resolve();

/**
 * Take a picture of the tab that is shown in a window.
 * @param {number} windowId
 * @returns {Promise<Uint8Array<ArrayBuffer>>} PNG
 */
export function takePicture(windowId) {
  const taken = gate.then(() => shoot(windowId));
  gate = taken.catch(() => undefined).then(() => pause(PACE));
  return taken;
}

/**
 * @param {number} windowId
 * @param {number} [patience] how often to wait, when a panel before this one took pictures just now
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function shoot(windowId, patience = 4) {
  try {
    return decode_dataUrl(await chrome.tabs.captureVisibleTab(windowId, { format: "png" }));
  } catch (cause) {
    if (patience > 0 && String(cause).includes("MAX_CAPTURE_VISIBLE_TAB_CALLS_PER_SECOND")) {
      await pause(PACE);
      return shoot(windowId, patience - 1);
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
