// What is inside a sealed envelope: one line of canonical JSON, a line feed, the exhibit's bytes.
//
// So `age -d FILE | tail -n +2 | sha256sum` gives the digest that the line states. Sealing is in
// engine/seal.js; this file only says what is sealed.

import { concat, isHex, utf8 } from "./bytes.js";
import { canonicalBytes } from "./canonical.js";

/** @typedef {"start" | "view" | "page" | "tile" | "reading" | "facts" | "note"} Kind */

/**
 * @typedef {object} EnvelopeHeader
 * @property {1} v
 * @property {string} capture 32 hex: the same in every envelope of one capture
 * @property {number} number 1 is the first exhibit of the capture; notes have a range of their own
 * @property {Kind} kind
 * @property {string} media_type
 * @property {number} length of the body in bytes
 * @property {string} sha256 of the body, 64 hex
 */

/** What each kind of exhibit is, by the one media type it has. @type {Readonly<Record<Kind, string>>} */
export const mediaTypes = Object.freeze({
  start: "application/json",
  view: "image/png",
  page: "text/html;charset=utf-8",
  tile: "image/png",
  reading: "application/json",
  facts: "application/json",
  note: "application/json",
});

/** Which numbers an exhibit of the capture itself may have. */
export const numbers = Object.freeze({ least: 1, most: 99_999 });

/** Which numbers a note may have: drawn at random, so that two writers need not ask each other. */
export const noteNumbers = Object.freeze({ least: 1_000_000, most: 2_000_000_000 });

/**
 * Write what an envelope holds.
 * @param {EnvelopeHeader} header
 * @param {Uint8Array} body
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {TypeError} when header and body disagree or a field is out of its range
 */
export function envelopeContent(header, body) {
  const { v, capture, number, kind, media_type, length, sha256 } = header;
  const { least, most } = kind === "note" ? noteNumbers : numbers;
  if (v !== 1 || !isHex(capture, 16) || !isHex(sha256, 32) || mediaTypes[kind] !== media_type
    || !Number.isSafeInteger(number) || number < least || number > most) {
    throw new TypeError("not an envelope header");
  }
  if (length !== body.length) {
    throw new TypeError("the header states another length than the body has");
  }
  const line = canonicalBytes({ capture, kind, length, media_type, number, sha256, v });
  return concat(line, utf8("\n"), body);
}
