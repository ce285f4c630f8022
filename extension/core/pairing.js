// Pairing: what both sides hash, and the six digits that a person compares.
//
//   transcript = "handrail pair v1\n" || A || na || B || nb || recipient
//   digits     = the first 8 bytes of SHA-256(transcript), big endian, modulo 1 000 000
//
// A and B are P-256 points (65 bytes), na and nb are nonces (16 bytes). The browser commits to A
// and na before it sees B and nb, so a program that squats on the port has one try in a million.
// The recipient that captures are sealed to is part of the number. Keys are in engine/pairing.js.

import { concat, hexOf, utf8 } from "./bytes.js";

/** The label that separates pairing keys from every other use of the same secret. */
export const PAIRING_KEY_INFO = "handrail pairing key v1";

/**
 * Write what both sides must have seen alike.
 * @param {{ key: Uint8Array, nonce: Uint8Array }} browser
 * @param {{ key: Uint8Array, nonce: Uint8Array }} service
 * @param {string} recipient
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function transcriptOf(browser, service, recipient) {
  const points = [browser.key, service.key].every((key) => key.length === 65 && key[0] === 4);
  const nonces = [browser.nonce, service.nonce].every((nonce) => nonce.length === 16);
  if (!points || !nonces) {
    throw new TypeError("a pairing key or nonce has the wrong size");
  }
  return concat(
    utf8("handrail pair v1\n"),
    browser.key, browser.nonce, service.key, service.nonce, utf8(recipient),
  );
}

/**
 * Give the six digits of a hashed transcript.
 * @param {Uint8Array} transcriptHash
 * @returns {string} "482913"
 */
export function digitsOf(transcriptHash) {
  const number = BigInt(`0x${hexOf(transcriptHash.subarray(0, 8))}`) % 1_000_000n;
  return String(number).padStart(6, "0");
}

/**
 * Group digits for the eye.
 * @param {string} digits
 * @returns {[string, string]} ["482", "913"]
 */
export function groupsOf(digits) {
  return [digits.slice(0, 3), digits.slice(3)];
}

/**
 * What the one-time start code signs: the window that the service opened is the one that pairs.
 * @param {Uint8Array} transcriptHash
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function startProofContent(transcriptHash) {
  return concat(utf8("handrail start v1\n"), transcriptHash);
}
