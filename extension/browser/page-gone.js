// Notices that a page has gone: reloaded, left, closed.
//
// Firefox never answers a question that was put to a page when the page went away meanwhile; Chromium
// answers that the frame was removed. A line to the page tells in both: it breaks with the page.

import { HandrailError } from "../core/errors.js";

/** How long the browser's own answer is waited for: it may say more. */
const GRACE = 400;

/** How long a page that is going is waited for: a picture of it may fail before its line breaks. */
const NOTICE = 800;

/** Pages that are watched, by tab. @type {Map<number, Promise<void>>} */
const going = new Map();

/**
 * Who waits for an answer of a page that is there. Hanging on to the promise instead, every question
 * would stay in memory as long as the page.
 * @type {WeakMap<Promise<void>, Set<() => void>>}
 */
const waiting = new WeakMap();

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
      resolve();
      const others = waiting.get(gone) ?? [];
      waiting.delete(gone);
      others.forEach((tell) => tell());
    });
  });
  going.set(tabId, gone);
  waiting.set(gone, new Set());
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
  return gone === undefined ? answer : new Promise((resolve, reject) => {
    const others = waiting.get(gone);
    const tell = () => {
      pause(GRACE).then(() => reject(new HandrailError("page-changed")));
    };
    answer.then(resolve, reject).finally(() => others?.delete(tell));
    if (others) {
      others.add(tell);
    } else {
      tell(); // It has gone already.
    }
  });
}

/**
 * Be sure that a page which is watched is still the one that its tab shows.
 * @param {{ tabId: number }} tab
 */
export async function checkThere({ tabId }) {
  const gone = going.get(tabId);
  if (gone !== undefined && await Promise.race([gone.then(() => true), pause(NOTICE)])) {
    throw new HandrailError("page-changed");
  }
}

/** @param {number} milliseconds */
function pause(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}
