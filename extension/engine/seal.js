// Sealing: each exhibit becomes an age file (age-encryption.org/v1) that only the vault can open.
//
// After this, not even this browser can read it. What is inside is in core/envelope.js; keeping and
// sending is engine/outbox.js.

import { hexOf } from "../core/bytes.js";
import { sha256Hex } from "../core/digest.js";
import { envelopeContent } from "../core/envelope.js";
import { Encrypter } from "../lib/age.js";

/** @import { Kind } from "../core/envelope.js" */
/** @import { NewItem } from "./outbox.js" */

/**
 * @typedef {object} Exhibit
 * @property {number} number
 * @property {Kind} kind
 * @property {string} media_type
 * @property {Uint8Array<ArrayBuffer>} bytes
 */

/**
 * Seal every exhibit of a capture: all of them or, when one fails, none.
 * @param {string} capture 32 hex
 * @param {readonly Exhibit[]} exhibits
 * @param {string} recipient
 * @param {string} at when the capture was finished, ISO 8601 in UTC
 * @returns {Promise<NewItem[]>}
 */
export function sealCapture(capture, exhibits, recipient, at) {
  return Promise.all(exhibits.map(async (exhibit) => {
    const sealed = await seal(capture, exhibit, recipient);
    return {
      key: hexOf(crypto.getRandomValues(new Uint8Array(16))),
      capture,
      number: exhibit.number,
      kind: exhibit.kind,
      sealed: new Blob([sealed], { type: "application/octet-stream" }),
      sha256: await sha256Hex(sealed),
      recipient,
      at,
    };
  }));
}

/**
 * Seal one exhibit.
 * @param {string} capture
 * @param {Exhibit} exhibit
 * @param {string} recipient
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function seal(capture, { number, kind, media_type, bytes }, recipient) {
  const content = envelopeContent({
    v: 1, capture, number, kind, media_type, length: bytes.length, sha256: await sha256Hex(bytes),
  }, bytes);
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt(content);
}
