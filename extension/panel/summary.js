// What the panel says about a view it has taken: the few things a person wants to see at once.

/** @import { Exhibit } from "../engine/seal.js" */

/**
 * What the panel reads of the facts of a capture; there is more in them.
 * @typedef {object} ReadFacts
 * @property {string} capture
 * @property {{ url: string, title: string }} source
 * @property {{ finished: string }} times
 * @property {{ count: number }} pictures
 * @property {{ not_read: readonly { what: string, count: number }[], page_changed: boolean }}
 *   completeness
 */

/** @typedef {{ facts: ReadFacts, exhibits: readonly Exhibit[] }} Taken */

/**
 * Name the site of an address, or nothing for an address that has none.
 * @param {string} untrusted_address
 * @returns {string}
 */
export function siteOf(untrusted_address) {
  return URL.canParse(untrusted_address) ? new URL(untrusted_address).host : "";
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
