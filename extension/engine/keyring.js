// HMAC-SHA256 (RFC 2104) with the pairing key. The key is a CryptoKey that cannot be read out: not
// by a script, not by us. Which texts are signed is in core/mac.js.

import { bytesOf, hexOf, isHex, utf8 } from "../core/bytes.js";

/**
 * Sign a text or bytes.
 * @param {CryptoKey} key
 * @param {string | Uint8Array<ArrayBuffer>} content
 * @returns {Promise<string>} 64 hex
 */
export async function sign(key, content) {
  const bytes = typeof content === "string" ? utf8(content) : content;
  return hexOf(new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes)));
}

/**
 * Check a code, in constant time.
 * @param {CryptoKey} key
 * @param {string} text
 * @param {unknown} untrusted_mac
 * @returns {Promise<boolean>}
 */
export async function verify_mac(key, text, untrusted_mac) {
  if (!isHex(untrusted_mac, 32)) {
    return false;
  }
  return crypto.subtle.verify("HMAC", key, bytesOf(untrusted_mac, 32), utf8(text));
}

/**
 * Take raw bytes as a key that signs and checks and cannot be read out again.
 * @param {Uint8Array<ArrayBuffer>} raw
 * @returns {Promise<CryptoKey>}
 */
export function signingKey(raw) {
  return crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, [
    "sign", "verify",
  ]);
}
