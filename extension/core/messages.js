// What the service answers, field by field: the twin of server/handrail/core/messages.py.
//
// Any program may sit on a port, so an answer is untrusted until one of these has read it: exactly
// these fields, each in its form, nothing coerced. Whether a receipt or the end of a pairing is
// really the service's only the pairing key can tell; that is left to those who hold it. What this
// side asks is written where it is asked. shared/schemas says the same, shared/examples prove it.

import { isHex } from "./bytes.js";
import { HandrailError } from "./errors.js";

/** @import { OwnCode } from "./errors.js" */

/**
 * A form tells whether a value has it.
 * @template Value
 * @typedef {(untrusted_value: unknown) => untrusted_value is Value} Form
 */

/**
 * What a form lets through.
 * @template Shape
 * @typedef {Shape extends Form<infer Value> ? Value : never} Of
 */

// ── Pairing ──────────────────────────────────────────────────────────────────────────────────

/** The service's point and nonce, and the recipient that this browser will seal to. */
export const decode_pairStarted = reader(record({
  pairing: hex(16),
  key: text(/^04[0-9a-f]{128}$/),
  nonce: hex(16),
  recipient: text(/^age1[02-9ac-hj-np-z]{58}$/),
}));

/** Whether the person is asked, or a start code has answered already. */
export const decode_pairRevealed = reader(record({ status: one("asked", "accepted") }));

/** How a pairing stands; `mac` is to prove that the service has the same key. */
export const decode_pairFinished = reader(either(
  record({ status: one("waiting") }),
  record({ status: one("refused") }),
  record({ status: one("accepted"), mac: hex(32) }),
));

// ── Envelopes, status, the way in ────────────────────────────────────────────────────────────

/** The service's word that an envelope is durable; `mac` is to cover the rest. */
export const decode_receipt = reader(record({
  status: one("stored", "duplicate"),
  key: hex(16),
  sha256: hex(32),
  received_at: text(
    /^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z$/),
  mac: hex(32),
}), "receipt-unverified");

/** Whether the vault is locked, how many envelopes wait, and a nonce for a ticket. */
export const decode_status = reader(record({ locked: truth, waiting: count, nonce: hex(16) }));

const decode_anyTicket = reader(record({
  address: text(
    /^http:\/\/[0-9a-f]{16}\.localhost:[0-9]{1,5}\/enter#[0-9a-f]{64}(~\/(?!\/)[a-z0-9/-]{1,100})?$/),
}));

/**
 * An address that opens the dashboard once, of the service that was asked and no other.
 * @param {unknown} untrusted_answer
 * @param {number} port where it was asked
 * @throws {HandrailError} service-answer
 */
export function decode_ticket(untrusted_answer, port) {
  const ticket = decode_anyTicket(untrusted_answer);
  if (!ticket.address.split("/")[2]?.endsWith(`:${port}`)) {
    throw new HandrailError("service-answer");
  }
  return ticket;
}

/** The one shape of every failure. The code is shown only through the catalogue. */
export const decode_errorAnswer = reader(record({
  error: record({ code: text(/^[a-z0-9-]{1,60}$/), message: text(/^[^]{0,300}$/u) }),
}));

// ── Reading ──────────────────────────────────────────────────────────────────────────────────

/**
 * Read the body of an answer as an object; which one it is, is not decided yet.
 * @param {string} untrusted_text
 * @returns {unknown}
 * @throws {HandrailError} service-answer
 */
export function decode_object(untrusted_text) {
  try {
    const value = /** @type {unknown} */ (JSON.parse(untrusted_text));
    if (isObject(value)) {
      return value;
    }
  } catch (cause) {
    throw new HandrailError("service-answer", cause);
  }
  throw new HandrailError("service-answer");
}

/**
 * Make the function that reads answers of one form, and throws for any other.
 * @template Value
 * @param {Form<Value>} form
 * @param {OwnCode} otherwise
 * @returns {(untrusted_answer: unknown) => Value}
 */
function reader(form, otherwise = "service-answer") {
  return (untrusted_answer) => {
    if (!form(untrusted_answer)) {
      throw new HandrailError(otherwise);
    }
    return untrusted_answer;
  };
}

/**
 * Exactly these fields.
 * @template {Record<string, Form<any>>} Fields
 * @param {Fields} fields
 * @returns {Form<{ [Name in keyof Fields]: Of<Fields[Name]> }>}
 */
function record(fields) {
  const names = Object.entries(fields);
  return /** @type {Form<any>} */ ((untrusted_value) => isObject(untrusted_value)
    && Object.keys(untrusted_value).length === names.length
    && names.every(([name, form]) => (
      Object.hasOwn(untrusted_value, name) && form(untrusted_value[name]))));
}

/**
 * One of these forms.
 * @template {Form<any>[]} Forms
 * @param {Forms} forms
 * @returns {Form<Of<Forms[number]>>}
 */
function either(...forms) {
  return /** @type {Form<any>} */ (
    (untrusted_value) => forms.some((form) => form(untrusted_value)));
}

/**
 * One of these words.
 * @template {string} Word
 * @param {...Word} words
 * @returns {Form<Word>}
 */
function one(...words) {
  return /** @type {Form<Word>} */ (
    (untrusted_value) => words.some((word) => word === untrusted_value));
}

/**
 * Bytes in lowercase hex.
 * @param {number} length in bytes
 * @returns {Form<string>}
 */
function hex(length) {
  return (untrusted_value) => isHex(untrusted_value, length);
}

/**
 * A text of whole characters that is this pattern from end to end.
 * @param {RegExp} pattern
 * @returns {Form<string>}
 */
function text(pattern) {
  return /** @type {Form<string>} */ ((untrusted_value) => typeof untrusted_value === "string"
    && untrusted_value.isWellFormed() && pattern.test(untrusted_value));
}

/**
 * @param {unknown} untrusted_value
 * @returns {untrusted_value is boolean}
 */
function truth(untrusted_value) {
  return typeof untrusted_value === "boolean";
}

/**
 * A number of things: whole, and none that another reader would round.
 * @param {unknown} untrusted_value
 * @returns {untrusted_value is number}
 */
function count(untrusted_value) {
  return Number.isSafeInteger(untrusted_value) && Number(untrusted_value) >= 0;
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
