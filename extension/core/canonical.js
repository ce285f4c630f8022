// Canonical JSON (RFC 8785) for the values that records hold: null, booleans, integers, texts, lists
// and objects.
//
// Fractions are refused: two languages can disagree about how a float is spelt, and a record that
// is hashed must have one spelling. Lone surrogates are refused: they have no UTF-8 form.

import { utf8 } from "./bytes.js";

/**
 * Write a value as its one canonical text.
 * @param {unknown} value
 * @returns {string}
 * @throws {TypeError} for a value that has no canonical form here
 */
export function canonicalText(value) {
  if (value === null || typeof value === "boolean") {
    return String(value);
  }
  if (typeof value === "number") {
    return integerText(value);
  }
  if (typeof value === "string") {
    return stringText(value);
  }
  if (Array.isArray(value)) {
    return `[${Array.from(value, canonicalText).join(",")}]`;
  }
  if (typeof value === "object" && isPlain(value)) {
    return objectText(/** @type {Record<string, unknown>} */ (value));
  }
  throw new TypeError(`no canonical JSON for a ${typeof value}`);
}

/**
 * Write a value as its one canonical sequence of bytes.
 * @param {unknown} value
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function canonicalBytes(value) {
  return utf8(canonicalText(value));
}

/** @param {number} value */
function integerText(value) {
  if (!Number.isSafeInteger(value)) {
    throw new TypeError("no canonical JSON for a number that is not a safe integer");
  }
  // RFC 8785 section 3.2.2.3: minus zero is written as zero.
  return Object.is(value, -0) ? "0" : String(value);
}

/** @param {string} value */
function stringText(value) {
  if (!value.isWellFormed()) {
    throw new TypeError("no canonical JSON for a text with half a character");
  }
  // ECMAScript's own quoting is the one that RFC 8785 section 3.2.2.2 prescribes.
  return JSON.stringify(value);
}

/** @param {Record<string, unknown>} value */
function objectText(value) {
  // RFC 8785 section 3.2.3 sorts names by UTF-16 code units: the order of Array.prototype.sort.
  const members = Object.keys(value).sort().map(
    (name) => `${stringText(name)}:${canonicalText(value[name])}`,
  );
  return `{${members.join(",")}}`;
}

/** @param {object} value */
function isPlain(value) {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
