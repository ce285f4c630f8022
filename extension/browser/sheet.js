// The sheet that hides pictures, put into a page above the page's own rules (origin USER).
//
// Chromium does it at once, also while the page still loads. Firefox waits until the text of the
// page has arrived (measured: with a script that the page waits for, it takes as long as the
// script). A page whose text never ends is given up.

import { HandrailError } from "../core/errors.js";

const SHEET = "/inject/hide-pictures.css";

/** How long the text of a page may take to arrive, in milliseconds. */
const PATIENCE = 20_000;

/** Read the rules, for what they cannot reach from above: shadow roots in Chromium. */
export async function readRules() {
  return (await fetch(chrome.runtime.getURL(SHEET))).text();
}

/** @param {number} tabId */
export function insertSheet(tabId) {
  return inTime(chrome.scripting.insertCSS(sheetFor(tabId)));
}

/** @param {number} tabId */
export function removeSheet(tabId) {
  return inTime(chrome.scripting.removeCSS(sheetFor(tabId)));
}

/**
 * @param {number} tabId
 * @returns {chrome.scripting.CSSInjection}
 */
function sheetFor(tabId) {
  return { target: { tabId }, files: [SHEET], origin: "USER" };
}

/** @param {Promise<void>} done */
async function inTime(done) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let late;
  const tooLate = new Promise((_, reject) => {
    late = setTimeout(() => reject(new HandrailError("pictures-not-hidden")), PATIENCE);
  });
  try {
    await Promise.race([done, tooLate]);
  } finally {
    clearTimeout(late);
  }
}
