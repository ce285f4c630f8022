// SHA-256 (FIPS 180-4), by the browser's own cryptography. A digest is spelt in lowercase hex.

import { hexOf } from "./bytes.js";

/**
 * Say the SHA-256 digest of bytes.
 * @param {BufferSource} bytes
 * @returns {Promise<string>} 64 hex digits
 */
export async function sha256Hex(bytes) {
  return hexOf(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}
