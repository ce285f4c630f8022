// Writes down what was taken and how: the start of a long capture, and the facts that end every one.
//
// The records are those of server/handrail/core/records.py. Nothing is tidied: what the page says of
// itself is written as it is, whole characters only, and no longer than a record may be.

import { hexOf, utf8 } from "../core/bytes.js";
import { canonicalBytes } from "../core/canonical.js";
import { sha256Hex } from "../core/digest.js";
import { mediaTypes } from "../core/envelope.js";

/** @import { Kind } from "../core/envelope.js" */
/** @import { PageCopy, PageReading, Subject } from "../inject/inject.js" */
/** @import { Clock, Tabs } from "./looking.js" */
/** @import { Exhibit } from "./seal.js" */

/** @typedef {"view" | "page" | "conversation" | "profile"} Save */
/** @typedef {Omit<Exhibit, "bytes"> & { length: number, sha256: string }} ExhibitFacts */
/** @typedef {"reached" | "not-reached" | null} End */

/**
 * How much of what was wanted is there (DESIGN D3). `not_read` is counted from the page copy.
 * @typedef {object} Completeness
 * @property {string} ended "done", "stopped" by the person, or the code of what got in the way
 * @property {End} top
 * @property {End} bottom
 * @property {number} tiles
 * @property {number | null} messages
 * @property {string | null} earliest
 * @property {string | null} latest
 * @property {number} overlays_hidden
 * @property {{ after_tile: number, after_message: number | null }[]} gaps
 */

/** One picture that the person pointed at. @typedef {{ what: string, left: number, top: number,
 *   width: number, height: number }} ShownPicture */

/** The statement of a capture of one moment. @type {Completeness} */
export const ONE_MOMENT = Object.freeze({
  ended: "done", top: null, bottom: null, tiles: 0, messages: null, earliest: null, latest: null,
  overlays_hidden: 0, gaps: [],
});

/** What is known of a capture when it begins. @typedef {ReturnType<typeof beginCapture>} Begun */

/**
 * @param {object} given
 * @param {Save} given.save
 * @param {PageReading} given.before the page as it was then
 * @param {Date} given.started
 * @param {number} given.uptime in milliseconds
 * @param {ReturnType<Tabs["readMaker"]>} given.maker
 */
export function beginCapture({ save, before, started, uptime, maker }) {
  return {
    capture: hexOf(crypto.getRandomValues(new Uint8Array(16))),
    save, before, started, uptime: Math.round(uptime), maker,
  };
}

/**
 * Write the first exhibit of a long capture, so that one that breaks off has a place.
 * @param {Begun} begun
 * @returns {Exhibit}
 */
export function startOf(begun) {
  const { capture, save, before, maker } = begun;
  return exhibitOf(1, "start", canonicalBytes({
    v: 1, capture, save,
    source: sourceOf(before).source,
    times: beginningOf(begun),
    window: windowOf(before),
    made_by: maker,
  }));
}

/**
 * @param {number} number
 * @param {Kind} kind
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Exhibit}
 */
export function exhibitOf(number, kind, bytes) {
  return { number, kind, media_type: mediaTypes[kind], bytes };
}

/** @param {number} number @param {PageCopy} copy */
export function pageExhibit(number, copy) {
  return exhibitOf(number, "page", utf8(copy.html.toWellFormed()));
}

/** Name an exhibit by its digest. @param {Exhibit} exhibit @returns {Promise<ExhibitFacts>} */
export async function factsOfExhibit({ number, kind, media_type, bytes }) {
  return { number, kind, media_type, length: bytes.length, sha256: await sha256Hex(bytes) };
}

/**
 * Write the facts.
 * @param {object} taken
 * @param {Begun} taken.begun
 * @param {PageReading} taken.after the page as it was at the end
 * @param {boolean} [taken.gone] whether the page was left before the end
 * @param {{ width: number, height: number }} taken.picture the size of the view, in its own pixels
 * @param {PageCopy} taken.copy
 * @param {number} taken.count of pictures that were hidden
 * @param {ShownPicture | null} [taken.shown]
 * @param {Completeness} taken.completeness
 * @param {readonly ExhibitFacts[]} taken.exhibits all others
 * @param {Subject | null} [taken.subject]
 * @param {Clock} taken.clock
 */
export function factsOf({
  begun, after, gone = false, picture, copy, count, shown = null, completeness, exhibits, subject = null, clock,
}) {
  const { capture, save, before, maker } = begun;
  const { source, cut } = sourceOf(before);
  return {
    v: 1,
    capture,
    save,
    source,
    subject: subject && {
      canonical: shortened(subject.canonical, LONGEST.url),
      name: shortened(subject.name, LONGEST.title),
      accounts: [],
    },
    times: { ...beginningOf(begun), finished: clock.now().toISOString() },
    window: windowOf(after),
    picture,
    made_by: maker,
    pictures: { hidden: true, count, verified: true, shown },
    completeness: {
      ...completeness,
      not_read: Object.entries({ ...copy.not_read, ...cut }).sort().map(([what, number]) => (
        { what, count: number })),
      page_changed: gone || before.url !== after.url || before.title !== after.title,
    },
    exhibits,
  };
}

/** @typedef {ReturnType<typeof factsOf>} Facts */

/** @param {number} number @param {Facts} facts */
export function factsExhibit(number, facts) {
  return exhibitOf(number, "facts", canonicalBytes(facts));
}

/** @param {Begun} begun */
function beginningOf({ before, started, uptime }) {
  return {
    started: started.toISOString(),
    zone: before.zone,
    offset_minutes: before.offset_minutes,
    uptime_ms: uptime,
  };
}

/** @param {PageReading} page */
function windowOf(page) {
  return {
    width: page.width,
    height: page.height,
    page_width: page.page_width,
    page_height: page.page_height,
    scroll_x: page.scroll_x,
    scroll_y: page.scroll_y,
    // Browsers give 1.100000023841858 for a zoom of 110 %.
    device_pixel_ratio: String(Number(page.device_pixel_ratio.toFixed(6))),
  };
}

/** The most that a record may hold of each text; server/handrail/core/records.py says the same. */
const LONGEST = /** @type {const} */ ({
  url: 65_536, title: 4_096, referrer: 65_536, language: 100,
});

/** @param {string | null} text @param {number} longest */
function shortened(text, longest) {
  return text === null ? null : text.slice(0, longest).toWellFormed();
}

/** @param {PageReading} page */
function sourceOf(page) {
  /** @type {Record<string, number>} */
  const cut = {};
  /** @param {keyof typeof LONGEST} name */
  const text = (name) => {
    const longest = LONGEST[name];
    if (page[name].length > longest) {
      cut[`long-${name}`] = 1;
    }
    return page[name].slice(0, longest).toWellFormed();
  };
  const source = {
    url: text("url"),
    title: text("title"),
    referrer: text("referrer") || null,
    language: text("language") || null,
  };
  return { source, cut };
}

