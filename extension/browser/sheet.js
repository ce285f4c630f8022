// The sheet that hides pictures, put into a page above the page's own rules (origin USER).
//
// Chromium does it at once, also while the page still loads. Firefox waits until the text of the
// page has arrived (measured: with a script that the page waits for, it takes as long as the
// script). A page whose text never ends is given up.
//
// Beside the sheet of the file there are three that differ from it in one place: for pointing at a
// picture, and for leaving one picture out, of either kind. A save that shows no picture uses the file,
// which has no exception.

import { HandrailError } from "../core/errors.js";

/** @import { Showing } from "../inject/inject.js" */

const SHEET = "/inject/hide-pictures.css";

/** How long the text of a page may take to arrive, in milliseconds. */
const PATIENCE = 20_000;

const PICTURES = 'input[type="image" i])';
const BACKGROUNDS = "\n    background-image: none !important;\n";
const BUT_ONE = ":not([data-handrail-picture])";

/** What lies over a picture is asked for by place, so everything answers there but our own frames. */
const ANSWERS = `:root:not([data-handrail-shown]) {
  &:not([data-handrail-frame]), & *:not([data-handrail-frame]) { pointer-events: auto !important; }
}
`;

/** The rule that was taken out of the sheet, for all but one. */
const OTHER_BACKGROUNDS = `:root:not([data-handrail-shown]) {
  &${BUT_ONE}, & *${BUT_ONE} { background-image: none !important; }
}
`;

/** @typedef {{ css: string, text: string | null }} Sheet text: null for the sheet of the file */
/** @typedef {Record<"file" | Showing, Sheet> & { all: readonly Sheet[] }} Sheets */

/**
 * Read the rules: they also go where they cannot reach from above, into shadow roots in Chromium.
 * @returns {Promise<Sheets>}
 */
export async function readSheets() {
  const css = await (await fetch(chrome.runtime.getURL(SHEET))).text();
  const sheets = {
    pointing: asText(css + ANSWERS),
    img: asText(css.replaceAll(PICTURES, PICTURES + BUT_ONE) + ANSWERS),
    background: asText(css.replaceAll(BACKGROUNDS, "\n") + ANSWERS + OTHER_BACKGROUNDS),
  };
  const file = { css, text: null };
  return { file, ...sheets, all: [file, ...Object.values(sheets)] };
}

/** @param {string} text @returns {Sheet} */
function asText(text) {
  return { css: text, text };
}

/** @param {number} tabId @param {Sheet} sheet */
export function insertSheet(tabId, sheet) {
  return inTime(chrome.scripting.insertCSS(injectionOf(tabId, sheet)));
}

/** Remove whichever of them is there. @param {number} tabId @param {Sheets} sheets */
export async function removeSheets(tabId, { all }) {
  await Promise.all(all.map((sheet) => inTime(chrome.scripting.removeCSS(injectionOf(tabId, sheet)))));
}

/**
 * @param {number} tabId
 * @param {Sheet} sheet
 * @returns {chrome.scripting.CSSInjection}
 */
function injectionOf(tabId, { text }) {
  return text === null ? { target: { tabId }, files: [SHEET], origin: "USER" }
    : { target: { tabId }, css: text, origin: "USER" };
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
