// The outbox: sealed envelopes wait here, on the disk, until the service has proved that it has
// them. Nothing leaves it in any other way, and nothing is dropped silently.
//
// One flusher at a time, across panel and background (Web Locks). Oldest first. An envelope that
// the service refuses is kept and marked; an absent service only means waiting. Reaching the
// service is browser/service.js, given as `deliver`.

import { waitAfter } from "../core/backoff.js";
import { codeOf } from "../core/errors.js";
import { KEPT, OUTBOX, transact } from "./database.js";

/**
 * @typedef {object} NewItem
 * @property {string} key the idempotency key, 32 hex
 * @property {string} capture
 * @property {number} number
 * @property {string} kind
 * @property {Blob} sealed
 * @property {string} sha256 of the sealed bytes
 * @property {string} recipient whom it is sealed to
 * @property {string} at
 */

/** @typedef {NewItem & { order: number, refused?: string }} Item */

/**
 * @typedef {object} Holding what the outbox holds
 * @property {number} captures that wait
 * @property {number} refused captures of these that the service did not take
 * @property {number} elsewhere captures of these that are sealed to another vault
 * @property {string | null} trouble why the last try did not go through
 */

/** @typedef {(item: Item) => Promise<void>} Deliver answers only when a receipt was verified */

/** @typedef {{ tries: number, after: number, trouble: string | null }} Pause */

const LOCK = "handrail-outbox";
const PAUSE = "pause";

/** Refusals that are about the one envelope: the next may still go through. */
const ABOUT_THE_ENVELOPE = new Set([
  "key-reused", "length-required", "too-large", "encoding-refused", "digest-mismatch",
]);

/** Tells every open window that the outbox has changed. */
export const CHANGES = "handrail-outbox-changes";

/**
 * Keep a whole capture: all of its envelopes, or none. It is on the disk when this answers.
 * @param {readonly NewItem[]} items
 */
export async function keep(items) {
  // Asked again each time, because a browser may answer differently once it knows us. A no, or a
  // browser that cannot be asked, is no reason not to keep: `unlimitedStorage` protects as well.
  await navigator.storage.persist().catch(() => false);
  await transact(OUTBOX, "readwrite", (store) => {
    for (const item of items) {
      store.add(item);
    }
  });
  tellOthers();
}

/**
 * Say what waits.
 * @param {string | null} recipient of the present connection
 * @returns {Promise<Holding>}
 */
export async function holding(recipient) {
  const items = await readItems();
  const { trouble } = await readPause();
  const captures = (/** @type {(item: Item) => boolean} */ which) => (
    new Set(items.filter(which).map(({ capture }) => capture)).size);
  return {
    captures: captures(() => true),
    refused: captures(({ refused }) => refused !== undefined),
    elsewhere: captures((item) => recipient !== null && item.recipient !== recipient),
    trouble,
  };
}

/**
 * Send what waits, until all is delivered or the service does not answer.
 * @param {string} recipient envelopes sealed to another vault stay for that vault
 * @param {Deliver} deliver
 * @param {{ now?: number, chance?: number, patient?: boolean }} [how] patient: respect the pause
 *   that earlier failures set
 * @returns {Promise<void>}
 */
export async function flush(recipient, deliver, how = {}) {
  const { now = Date.now(), chance = Math.random(), patient = false } = how;
  await navigator.locks.request(LOCK, async () => {
    let { tries, after } = await readPause();
    if (patient && now < after) {
      return;
    }
    for (let item = await nextItem(recipient); item; item = await nextItem(recipient)) {
      try {
        await deliver(item);
      } catch (thrown) {
        const code = codeOf(thrown, "service-answer");
        if (ABOUT_THE_ENVELOPE.has(code)) {
          await put({ ...item, refused: code });
          continue;
        }
        tries += 1;
        after = now + waitAfter(tries, chance);
        await keepPause({ tries, after, trouble: code });
        return;
      }
      tries = 0;
      await remove(item.order);
    }
    await keepPause({ tries: 0, after: 0, trouble: null });
  });
}

/** Forget the marks of refusal, so that the next flush tries everything again. */
export async function forgetRefusals() {
  for (const { refused, ...item } of await readItems()) {
    if (refused !== undefined) {
      await put(item);
    }
  }
}

/** @param {string} recipient */
async function nextItem(recipient) {
  const items = await readItems();
  return items.find((item) => item.refused === undefined && item.recipient === recipient) ?? null;
}

/** @returns {Promise<Item[]>} oldest first */
function readItems() {
  return transact(OUTBOX, "readonly", (store) => store.getAll());
}

/** @param {Item} item */
async function put(item) {
  await transact(OUTBOX, "readwrite", (store) => store.put(item));
  tellOthers();
}

/** @param {number} order */
async function remove(order) {
  await transact(OUTBOX, "readwrite", (store) => store.delete(order));
  tellOthers();
}

/** @returns {Promise<Pause>} */
async function readPause() {
  const kept = await transact(KEPT, "readonly", (store) => store.get(PAUSE));
  return /** @type {Pause | undefined} */ (kept) ?? { tries: 0, after: 0, trouble: null };
}

/** @param {Pause} pause */
async function keepPause(pause) {
  await transact(KEPT, "readwrite", (store) => store.put(pause, PAUSE));
  tellOthers();
}

function tellOthers() {
  const channel = new BroadcastChannel(CHANGES);
  channel.postMessage(null);
  channel.close();
}
