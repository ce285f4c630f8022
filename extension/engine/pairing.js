// Pairing from the browser's side: commit, reveal, show six digits, and agree on a key.
//
// What both sides hash is in core/pairing.js. The service's answers are untrusted until the person
// has compared the digits and the service has signed with the agreed key. Asking the person is left
// to the panel; the door to the service is given.

import { bytesOf, concat, hexOf, utf8 } from "../core/bytes.js";
import { HandrailError } from "../core/errors.js";
import { pairedText } from "../core/mac.js";
import {
  decode_pairFinished, decode_pairRevealed, decode_pairStarted,
} from "../core/messages.js";
import { PAIRING_KEY_INFO, digitsOf, startProofContent, transcriptOf } from "../core/pairing.js";
import { sign, signingKey, verify_mac } from "./keyring.js";

/** @import { Connection } from "./connection.js" */

/** @typedef {Pick<typeof import("../browser/service.js"), "ask">} Service */

/**
 * @typedef {object} Pairing
 * @property {string} digits six of them
 * @property {boolean} accepted true when a start code has already said yes
 * @property {() => Promise<Connection | null>} finish null while the other side still waits
 */

const CURVE = { name: "ECDH", namedCurve: "P-256" };

/**
 * Begin a pairing on one port.
 * @param {Service} service
 * @param {number} port
 * @param {Uint8Array<ArrayBuffer> | null} code the one-time start code, 32 bytes
 * @returns {Promise<Pairing>}
 * @throws {HandrailError} when nothing that speaks this protocol answers
 */
export async function startPairing(service, port, code) {
  // 1. Make a key and commit to it before seeing the other side's.
  const pair = /** @type {CryptoKeyPair} */ (
    await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]));
  const mine = {
    key: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)),
    nonce: crypto.getRandomValues(new Uint8Array(16)),
  };
  const commit = hexOf(await hashOf(concat(mine.key, mine.nonce)));
  const untrusted_answer = await service.ask(port, "/api/pair/start", { commit });

  // 2. Read the other side's key, nonce and recipient.
  const { pairing, recipient, ...started } = decode_pairStarted(untrusted_answer);
  const theirs = { key: bytesOf(started.key, 65), nonce: bytesOf(started.nonce, 16) };

  // 3. Hash what both sides have seen, and agree on the key.
  const hash = await hashOf(transcriptOf(mine, theirs, recipient));
  const key = await agreedKey(pair.privateKey, mine, theirs);

  // 4. Reveal, with a proof of the start code if there is one.
  const proof = code && await sign(await signingKey(code), startProofContent(hash));
  const { status } = decode_pairRevealed(await service.ask(port, "/api/pair/reveal", {
    pairing, key: hexOf(mine.key), nonce: hexOf(mine.nonce), proof,
  }));

  // 5. The caller shows the digits, asks the person, and then calls finish.
  return {
    digits: digitsOf(hash),
    accepted: status === "accepted",
    finish: () => finish(service, { pairing, key, recipient, port }),
  };
}

/**
 * @param {Service} service
 * @param {{ pairing: string, key: CryptoKey, recipient: string, port: number }} agreed
 * @returns {Promise<Connection | null>}
 */
async function finish(service, { pairing, key, recipient, port }) {
  const answer = decode_pairFinished(await service.ask(port, "/api/pair/finish", { pairing }));
  if (answer.status === "waiting") {
    return null;
  }
  if (answer.status === "refused") {
    throw new HandrailError("pairing-refused");
  }
  if (!await verify_mac(key, pairedText(pairing), answer.mac)) {
    throw new HandrailError("service-answer");
  }
  return { browser: pairing, key, recipient, port };
}

/**
 * HKDF-SHA256 (RFC 5869) over the ECDH secret.
 * @param {CryptoKey} privateKey
 * @param {{ nonce: Uint8Array }} mine
 * @param {{ key: Uint8Array<ArrayBuffer>, nonce: Uint8Array }} theirs
 * @returns {Promise<CryptoKey>}
 */
async function agreedKey(privateKey, mine, theirs) {
  let shared;
  try {
    const theirKey = await crypto.subtle.importKey("raw", theirs.key, CURVE, false, []);
    shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirKey }, privateKey, 256);
  } catch (cause) {
    // Not a point on the curve.
    throw new HandrailError("service-answer", cause);
  }
  const secret = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    {
      name: "HKDF", hash: "SHA-256",
      salt: concat(mine.nonce, theirs.nonce), info: utf8(PAIRING_KEY_INFO),
    },
    secret, { name: "HMAC", hash: "SHA-256", length: 256 }, false, ["sign", "verify"],
  );
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function hashOf(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
