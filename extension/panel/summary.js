// What the panel reads of a capture: the few things a person wants to see at once.

/** @import { Exhibit } from "../engine/seal.js" */
/** @import { Save } from "./saves.js" */

/**
 * How much of what was wanted is there.
 * @typedef {object} Completeness
 * @property {string} ended "done", "stopped" by the person, or the code of what got in the way
 * @property {"reached" | "not-reached" | null} top
 * @property {"reached" | "not-reached" | null} bottom
 * @property {number} tiles
 * @property {number | null} messages
 * @property {string | null} earliest as the page gives it
 * @property {string | null} latest
 * @property {number} overlays_hidden
 * @property {readonly { after_tile: number, after_message: number | null }[]} gaps
 * @property {readonly { what: string, count: number }[]} not_read
 * @property {boolean} page_changed
 */

/**
 * What the panel reads of the facts of a capture; there is more in them.
 * @typedef {object} ReadFacts
 * @property {string} capture
 * @property {{ url: string, title: string }} source
 * @property {{ finished: string }} times
 * @property {{ count: number, shown: { what: string } | null }} pictures
 * @property {Completeness} completeness
 */

/**
 * What was taken. The exhibits of a long save are not held: they are kept as they are taken.
 * @typedef {{ save: Save, facts: ReadFacts, exhibits: readonly Exhibit[] }} Taken
 */

/**
 * Name the site of an address, or nothing for an address of no site.
 * @param {string} untrusted_address
 * @returns {string}
 */
export function siteOf(untrusted_address) {
  if (!/^https?:/.test(untrusted_address) || !URL.canParse(untrusted_address)) {
    return "";
  }
  return new URL(untrusted_address).host.replace(/^www\./, "");
}

/**
 * Give the picture of a view as it was saved: pictures covered.
 * @param {Taken} taken
 * @returns {Blob | null}
 */
export function pictureOf({ exhibits }) {
  const view = exhibits.find(({ kind }) => kind === "view");
  return view ? new Blob([view.bytes], { type: view.media_type }) : null;
}

/** Parts of a page that have words of their own. */
const NAMED = new Set(["frame", "closed-root", "canvas", "stylesheet"]);

/**
 * Give the catalogue key and the number of each kind of part that could not be read.
 * @param {Taken} taken
 * @returns {{ key: string, count: number }[]}
 */
export function missingOf({ facts }) {
  return facts.completeness.not_read.filter(({ count }) => count > 0).map(({ what, count }) => ({
    key: `panel.missing_${NAMED.has(what) ? what.replaceAll("-", "_") : "other"}`, count,
  }));
}
