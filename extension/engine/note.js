// A sentence of the person's own, added to a capture at once or later. It is an exhibit like any
// other: sealed, logged, never edited; a second thought is a second note.

import { canonicalBytes } from "../core/canonical.js";
import { mediaTypes, noteNumbers } from "../core/envelope.js";

/** @import { Exhibit } from "./seal.js" */

/** The longest note; server/handrail/core/records.py says the same. */
export const LONGEST_NOTE = 10_000;

/**
 * Make the exhibit of a note.
 * @param {string} capture what it is about, 32 hex
 * @param {string} text as it was typed
 * @param {{ now: () => Date }} clock
 * @returns {Exhibit}
 * @throws {RangeError} when there is nothing in it or too much
 */
export function makeNote(capture, text, clock = { now: () => new Date() }) {
  if (text.trim() === "" || text.length > LONGEST_NOTE) {
    throw new RangeError("a note has 1 to 10,000 characters");
  }
  const written = clock.now();
  const { least, most } = noteNumbers;
  const [drawn = 0] = crypto.getRandomValues(new Uint32Array(1));
  return {
    number: least + (drawn % (most - least + 1)),
    kind: "note",
    media_type: mediaTypes.note,
    bytes: canonicalBytes({
      v: 1,
      about: capture,
      written: written.toISOString(),
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      offset_minutes: -written.getTimezoneOffset(),
      text: text.toWellFormed(),
    }),
  };
}
