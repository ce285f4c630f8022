// What was saved since this panel opened, and what could not be: one line for each, so that a person
// with several tabs sees what is done. It holds facts and no picture, and ends with the panel.

/** @import { Save } from "./saves.js" */
/** @import { ReadFacts } from "./summary.js" */

/** @typedef {{ save: Save, facts: ReadFacts }} Saved */
/** @typedef {{ save: Save, site: string, code: string, tab: number }} Refused */

/** The tab was never asked, or it is not the tab that refuses. */
const NOT_THE_TAB = new Set([
  "capture-stopped", "permission-lost", "tab-changed", "not-paired", "storage-full", "storage-failed",
  "picture-gone", "no-picture",
]);

/**
 * @typedef {object} Session
 * @property {() => readonly Saved[]} saved the oldest first
 * @property {() => readonly Refused[]} refused
 * @property {(tab: number, save: Save, facts: ReadFacts) => void} keepSaved
 * @property {(refused: Refused) => void} keepRefused
 * @property {Map<string, string>} drafts of notes that are not kept yet, by capture
 */

/** @returns {Session} */
export function makeSession() {
  /** @type {Saved[]} */
  let saved = [];
  /** @type {Refused[]} */
  let refused = [];

  /** @param {number} tab @param {Save} save */
  function forget(tab, save) {
    refused = refused.filter((one) => one.tab !== tab || one.save !== save);
  }

  return {
    saved: () => saved,
    refused: () => refused,
    keepSaved(tab, save, facts) {
      forget(tab, save);
      saved = [...saved, { save, facts }];
    },
    keepRefused(one) {
      if (!NOT_THE_TAB.has(one.code)) {
        forget(one.tab, one.save);
        refused = [...refused, one];
      }
    },
    drafts: new Map(),
  };
}
