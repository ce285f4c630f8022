// The texts that browser and service sign with the pairing key. Pure: it builds the texts and
// leaves HMAC-SHA256 (RFC 2104) over them to engine/keyring.js.
//
// Each text begins with its purpose, so a code made for one can never pass for another.

/**
 * What a request signs.
 * @param {string} method
 * @param {string} path
 * @param {string} key the idempotency key
 * @param {string} sha256 of the body, 64 hex
 * @returns {string}
 */
export function requestText(method, path, key, sha256) {
  return `handrail request v1\n${method}\n${path}\n${key}\n${sha256}`;
}

/**
 * What a receipt signs.
 * @param {string} status
 * @param {string} key
 * @param {string} sha256
 * @param {string} received_at
 * @returns {string}
 */
export function receiptText(status, key, sha256, received_at) {
  return `handrail receipt v1\n${status}\n${key}\n${sha256}\n${received_at}`;
}

/**
 * What the service signs when the person has said "the same number".
 * @param {string} pairing
 * @returns {string}
 */
export function pairedText(pairing) {
  return `handrail paired v1\n${pairing}`;
}
