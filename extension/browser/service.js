// The only door to the network, and it leads nowhere but to the service on this computer.
//
// Every request goes to 127.0.0.1, and what is asked of the service is a POST. Requests of a connected
// browser are signed with the pairing key over method, path, idempotency key and digest
// (core/mac.js); a receipt counts only when it is signed too, because any program may sit on a port.
// What to send, and when, is decided by others.

import { base64Of, bytesOf, hexOf } from "../core/bytes.js";
import { canonicalBytes } from "../core/canonical.js";
import { sha256Hex } from "../core/digest.js";
import { HandrailError, codeOf } from "../core/errors.js";
import { receiptText, requestText } from "../core/mac.js";
import {
  decode_errorAnswer, decode_object, decode_receipt, decode_status, decode_ticket,
} from "../core/messages.js";

/**
 * @typedef {object} Signer
 * @property {string} browser
 * @property {(text: string) => Promise<string>} sign
 * @property {(text: string, untrusted_mac: unknown) => Promise<boolean>} verify
 */

/** @typedef {{ key: string, sealed: Blob, sha256: string }} Envelope */

/** Where the service may listen; it takes the first of these that is free. */
export const PORTS = /** @type {const} */ ([28417, 28418, 28419, 28420, 28421]);

const QUICK = 8_000;
const UPLOAD = 120_000;

/** In bytes. The longest answer of the service has some hundreds. */
const LONGEST_ANSWER = 16_384;

/**
 * Ask something that needs no connection yet: the three steps of pairing.
 * @param {number} port
 * @param {string} path
 * @param {object} body
 * @returns {Promise<unknown>} untrusted
 */
export function ask(port, path, body) {
  return post(port, path, canonicalBytes(body), { "Content-Type": "application/json" }, QUICK);
}

/**
 * Send a sealed envelope, and answer only when a signed receipt says that it is kept.
 * @param {Signer} signer
 * @param {number} port
 * @param {Envelope} envelope
 * @returns {Promise<void>}
 */
export async function deliver(signer, port, { key, sealed, sha256 }) {
  const path = "/api/envelopes";
  const headers = await signedHeaders(signer, path, key, sha256, "application/octet-stream");
  const receipt = decode_receipt(await post(port, path, sealed, headers, UPLOAD));
  const text = receiptText(receipt.status, key, sha256, receipt.received_at);
  if (receipt.key !== key || receipt.sha256 !== sha256
    || !await signer.verify(text, receipt.mac)) {
    throw new HandrailError("receipt-unverified");
  }
}

/**
 * Ask how the service is.
 * @param {Signer} signer
 * @param {number} port
 * @returns {Promise<{ locked: boolean, waiting: number, nonce: string }>}
 */
export async function readStatus(signer, port) {
  return decode_status(await askSigned(signer, port, "/api/status", {}, freshKey()));
}

/**
 * Ask for an address that opens the dashboard once.
 * @param {Signer} signer
 * @param {number} port
 * @param {string} to a path of the dashboard
 * @returns {Promise<string>}
 */
export async function readDashboardAddress(signer, port, to) {
  const { nonce } = await readStatus(signer, port);
  return decode_ticket(await askSigned(signer, port, "/api/ticket", { to }, nonce), port).address;
}

/**
 * Try the ports where the service may be, the likeliest first, until one gives what was asked.
 *
 * A port where something else answers, or answers wrongly, is passed over.
 * @template T
 * @param {readonly number[]} likely
 * @param {(port: number) => Promise<T>} attempt
 * @returns {Promise<{ port: number, answer: T }>}
 * @throws {HandrailError} the most telling of the failures
 */
export async function onSomePort(likely, attempt) {
  /** @type {unknown} */
  let telling = new HandrailError("service-away");
  for (const port of new Set([...likely, ...PORTS])) {
    try {
      return { port, answer: await attempt(port) };
    } catch (thrown) {
      if (codeOf(thrown, "service-answer") !== "service-away"
        && codeOf(telling, "service-answer") === "service-away") {
        telling = thrown;
      }
    }
  }
  throw telling;
}

/**
 * @param {Signer} signer
 * @param {number} port
 * @param {string} path
 * @param {object} body
 * @param {string} key
 */
async function askSigned(signer, port, path, body, key) {
  const bytes = canonicalBytes(body);
  const headers = await signedHeaders(
    signer, path, key, await sha256Hex(bytes), "application/json");
  return post(port, path, bytes, headers, QUICK);
}

/**
 * @param {Signer} signer
 * @param {string} path
 * @param {string} key
 * @param {string} sha256
 * @param {string} type
 */
async function signedHeaders(signer, path, key, sha256, type) {
  const mac = await signer.sign(requestText("POST", path, key, sha256));
  return {
    "Authorization": `Handrail ${signer.browser}:${mac}`,
    "Content-Digest": `sha-256=:${base64Of(bytesOf(sha256, 32))}:`,
    "Content-Type": type,
    "Idempotency-Key": key,
  };
}

/**
 * @param {number} port
 * @param {string} path
 * @param {BodyInit} body
 * @param {Record<string, string>} headers
 * @param {number} patience in milliseconds
 * @returns {Promise<unknown>} untrusted
 */
async function post(port, path, body, headers, patience) {
  let response;
  let answer;
  try {
    response = await call(
      port, path, { method: "POST", body, headers, redirect: "error" }, patience);
    answer = await readShort(response);
  } catch (cause) {
    if (cause instanceof HandrailError) {
      throw cause;
    }
    // A closed port, a dropped connection and a time-out look alike, and are meant to.
    throw new HandrailError("service-away", cause);
  }
  const untrusted_answer = decode_object(answer);
  if (!response.ok) {
    throw new HandrailError(decode_errorAnswer(untrusted_answer).error.code);
  }
  return untrusted_answer;
}

/**
 * Call whatever program has a port, and answer when it answers; what it says cannot be read.
 * @param {number} port
 * @param {number} patience in milliseconds
 * @throws {TypeError} when nobody answers
 * @throws {DOMException} TimeoutError, when the call is taken and not answered
 */
export async function callUnread(port, patience) {
  await call(port, "/", { mode: "no-cors" }, patience);
}

/**
 * The one place where a request leaves.
 * @param {number} port
 * @param {string} path
 * @param {RequestInit} request
 * @param {number} patience in milliseconds
 * @returns {Promise<Response>}
 */
function call(port, path, request, patience) {
  return fetch(`http://127.0.0.1:${port}${path}`, {
    ...request, cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer",
    signal: AbortSignal.timeout(patience),
  });
}

/**
 * Read an answer that is as short as every answer of the service is, and not a byte more: another
 * program may send without end.
 * @param {Response} response
 * @returns {Promise<string>}
 */
async function readShort(response) {
  if (!response.body) {
    return "";
  }
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let text = "";
  for (let length = 0; ;) {
    const { done, value } = await reader.read();
    if (done) {
      return text + decoder.decode();
    }
    length += value.length;
    if (length > LONGEST_ANSWER) {
      // Not awaited: what comes of it does not matter.
      reader.cancel().catch(() => undefined);
      throw new HandrailError("service-answer");
    }
    text += decoder.decode(value, { stream: true });
  }
}

function freshKey() {
  return hexOf(crypto.getRandomValues(new Uint8Array(16)));
}
