// Notices that a page has gone: reloaded, left, closed.
//
// Firefox never answers a question that was put to a page when the page went away meanwhile; Chromium
// answers that the frame was removed. A line to the page tells in both: it breaks with the page.

import { HandrailError } from "../core/errors.js";

/** How long the browser's own answer is waited for: it may say more. */
const GRACE = 400;

/** Pages that are watched, by tab. @type {Map<number, Promise<void>>} */
const going = new Map();

/**
 * Watch the page that a tab shows now. Our scripts must be in it.
 * @param {number} tabId
 * @returns {() => void} ends it
 */
export function watchPage(tabId) {
  const line = chrome.tabs.connect(tabId, { name: "handrail-page", frameId: 0 });
  /** @type {Promise<void>} */
  const gone = new Promise((resolve) => {
    line.onDisconnect.addListener(() => {
      // Read, or Chromium writes a line about it where nobody looks.
      void chrome.runtime.lastError;
      setTimeout(resolve, GRACE);
    });
  });
  going.set(tabId, gone);
  return () => {
    if (going.get(tabId) === gone) {
      going.delete(tabId);
    }
    line.disconnect();
  };
}

/**
 * Wait for an answer of a page, but no longer than the page is there.
 * @template T
 * @param {number} tabId
 * @param {Promise<T>} answer
 * @returns {Promise<T>}
 */
export function whileThere(tabId, answer) {
  const gone = going.get(tabId);
  return gone === undefined ? answer : Promise.race([
    answer,
    gone.then(() => {
      throw new HandrailError("page-changed");
    }),
  ]);
}
