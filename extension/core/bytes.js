// Bytes and their spellings: UTF-8, hex, base64, joining, comparing.
//
// Pure and synchronous, like everything in core/: no clock, no disk, no network, no browser API.

const encoder = new TextEncoder();

/**
 * Spell a text in UTF-8.
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function utf8(text) {
  return encoder.encode(text);
}

/**
 * Spell bytes in lowercase hex.
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function hexOf(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Read lowercase hex of a known length.
 * @param {unknown} untrusted_hex
 * @param {number} length in bytes
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {TypeError} for anything else
 */
export function bytesOf(untrusted_hex, length) {
  if (typeof untrusted_hex !== "string" || !isHex(untrusted_hex, length)) {
    throw new TypeError(`expected ${length} bytes in lowercase hex`);
  }
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 1) {
    bytes[at] = Number.parseInt(untrusted_hex.slice(at * 2, at * 2 + 2), 16);
  }
  return bytes;
}

/**
 * Say whether a value is lowercase hex of a known length.
 * @param {unknown} untrusted_value
 * @param {number} length in bytes
 * @returns {untrusted_value is string}
 */
export function isHex(untrusted_value, length) {
  return typeof untrusted_value === "string"
    && untrusted_value.length === length * 2
    && /^[0-9a-f]*$/.test(untrusted_value);
}

/**
 * Spell bytes in standard base64, as RFC 9530 wants a digest.
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function base64Of(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/**
 * Join pieces into one.
 * @param {...Uint8Array} parts
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Say whether two texts of the same length are equal, looking at every character either way.
 * @param {string} one
 * @param {string} other
 * @returns {boolean}
 */
export function equalTexts(one, other) {
  if (one.length !== other.length) {
    return false;
  }
  let difference = 0;
  for (let at = 0; at < one.length; at += 1) {
    difference |= one.charCodeAt(at) ^ other.charCodeAt(at);
  }
  return difference === 0;
}
