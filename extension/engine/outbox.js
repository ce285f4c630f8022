// The outbox: sealed envelopes wait here, on the disk, until the service has proved that it has
// them. Nothing leaves it in any other way, and nothing is dropped silently.
//
// One flusher at a time, across panel and background (Web Locks). Oldest first, one envelope in
// hand at a time: a long save keeps putting in while this takes out. An envelope that the service
// refuses is kept and marked; an absent service only means waiting. Reaching the service is
// browser/service.js, given as `deliver`.

import { LONGEST, waitAfter } from "../core/backoff.js";
import { codeOf } from "../core/errors.js";
import {
  BY_CAPTURE, BY_RECIPIENT, CAPTURES_BY_RECIPIENT, KEPT, OUTBOX, REFUSED, transact, walkKeys,
} from "./database.js";

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

/**
 * @typedef {NewItem & { order: number, refused?: string, refused_at?: number }} Item
 * `refused` is the code of the refusal
 */

/**
 * @typedef {object} Holding what the outbox holds
 * @property {number} captures that wait, wholly or in part
 * @property {number} refused captures of these that the service did not take
 * @property {number} elsewhere captures of these that are sealed to another vault
 * @property {string | null} trouble why the last try did not go through
 */

/** @typedef {(item: Item) => Promise<void>} Deliver answers only when a receipt was verified */

/** @typedef {{ recipient: string, deliver: Deliver }} Way what is sealed to another stays */

/** @typedef {{ tries: number, after: number, trouble: string | null }} Pause */

const LOCK = "handrail-outbox";
const PAUSE = "pause";

/**
 * How long a refusal is believed, in milliseconds. It is not signed: any program on the port can
 * say it, and what it says must not hold up an envelope for ever.
 */
const BELIEVED = 3_600_000;

const UNREADABLE = "envelope-unreadable";

/** What is about the one envelope: it is marked, and the next may still go through. */
const ABOUT_THE_ENVELOPE = new Set([
  "key-reused", "key-shape", "length-required", "too-large", "encoding-refused", "digest-mismatch",
  "digest-missing", UNREADABLE,
]);

/** What stops every envelope alike. Of any other trouble it is not known: the next one is tried. */
const ABOUT_THE_SERVICE = new Set([
  "service-away", "service-answer", "receipt-unverified", "not-paired", "disk-full",
]);

/** After so many in a row the trouble is the service's. */
const ENOUGH = 3;

/** Tells every open window that the outbox has changed. */
export const CHANGES = "handrail-outbox-changes";

/**
 * Keep some exhibits of a capture: all of them, or none. They are on the disk when this answers.
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
 * Say what waits. Envelopes of one capture are one capture.
 * @param {string | null} recipient of the present connection
 * @returns {Promise<Holding>}
 */
export async function holding(recipient) {
  const captures = await walkKeys(BY_CAPTURE, "nextunique", (capture) => capture);
  const refused = await walkKeys(REFUSED, "nextunique", secondOf);
  const sealed = await walkKeys(CAPTURES_BY_RECIPIENT, "nextunique", (key) => (
    { recipient: firstOf(key), capture: secondOf(key) }));
  const elsewhere = sealed.filter((one) => recipient !== null && one.recipient !== recipient);
  const { trouble } = await readPause();
  return {
    captures: captures.length,
    refused: new Set(refused).size,
    elsewhere: new Set(elsewhere.map(({ capture }) => capture)).size,
    trouble,
  };
}

/**
 * Send what waits, until all is delivered or the service does not answer.
 *
 * What is kept meanwhile is sent too.
 * @param {() => Promise<Way | null>} begin asked when this one's turn has come: to whom, and how
 * @param {{ now?: () => number, chance?: number, patient?: boolean }} [how] patient: respect the
 *   pause that earlier failures set
 * @returns {Promise<void>}
 */
export async function flush(begin, how = {}) {
  await navigator.locks.request(LOCK, async () => {
    const way = await begin();
    if (way) {
      await flushBy(way, how);
    }
  });
}

/**
 * @param {Way} way
 * @param {{ now?: () => number, chance?: number, patient?: boolean }} how
 */
async function flushBy({ recipient, deliver }, how) {
  const { now = Date.now, chance = Math.random(), patient = false } = how;
  let pause = await readPause();
  if (patient && lasts(pause.after - now(), LONGEST)) {
    return;
  }
  /** @param {number} tries @param {string | null} trouble */
  const note = async (tries, trouble) => {
    if (tries > 0 || pause.tries > 0 || pause.trouble !== null) {
      pause = { tries, trouble, after: tries > 0 ? now() + waitAfter(tries, chance) : 0 };
      await keepPause(pause);
    }
  };
  /** @type {string | null} */
  let trouble = null;
  let inARow = 0;
  for (let item = await nextItem(recipient, 0, now()); item;
    item = await nextItem(recipient, item.order, now())) {
    const code = await tryOne(item, deliver);
    if (code === null) {
      inARow = 0;
      await remove(item.order);
      if (trouble === null) {
        await note(0, null);
      }
    } else if (ABOUT_THE_ENVELOPE.has(code)) {
      await put({ ...item, refused: code, refused_at: now() });
    } else {
      trouble = code;
      inARow += 1;
      if (ABOUT_THE_SERVICE.has(code) || inARow === ENOUGH) {
        break;
      }
    }
  }
  await note(trouble === null ? 0 : pause.tries + 1, trouble);
}

/**
 * Deliver one envelope, and say what was in the way.
 * @param {Item} item
 * @param {Deliver} deliver
 * @returns {Promise<string | null>} a code, or null when it was delivered
 */
async function tryOne(item, deliver) {
  try {
    await deliver(item);
    return null;
  } catch (thrown) {
    const code = codeOf(thrown, "service-answer");
    // Bytes that this disk does not give back look like a service that is away.
    return code === "service-away" && !await isReadable(item.sealed) ? UNREADABLE : code;
  }
}

/** @param {Blob} sealed */
async function isReadable(sealed) {
  try {
    await sealed.arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

/** Forget the marks of refusal, so that the next flush tries everything again. */
export async function forgetRefusals() {
  await transact(OUTBOX, "readwrite", (store) => {
    const marked = store.index(REFUSED).openCursor();
    marked.onsuccess = () => {
      const cursor = marked.result;
      if (cursor) {
        const item = /** @type {Item} */ (cursor.value);
        delete item.refused;
        delete item.refused_at;
        cursor.update(item);
        cursor.continue();
      }
    };
  });
  tellOthers();
}

/**
 * Find the next envelope to send, without touching those before it.
 * @param {string} recipient
 * @param {number} order of the last one that was tried
 * @param {number} now
 * @returns {Promise<Item | null>}
 */
async function nextItem(recipient, order, now) {
  /** @type {Item | null} */
  let found = null;
  await transact(OUTBOX, "readonly", (store) => {
    const range = IDBKeyRange.bound([recipient, order], [recipient, Infinity], true);
    const walking = store.index(BY_RECIPIENT).openCursor(range);
    walking.onsuccess = () => {
      const cursor = walking.result;
      if (cursor) {
        const item = /** @type {Item} */ (cursor.value);
        if (isRefused(item, now)) {
          cursor.continue();
        } else {
          found = item;
        }
      }
    };
  });
  return found;
}

/**
 * Tell whether a refusal still holds an envelope back.
 * @param {Item} item
 * @param {number} now
 */
function isRefused({ refused, refused_at }, now) {
  return refused !== undefined && refused_at !== undefined
    && lasts(refused_at + BELIEVED - now, BELIEVED);
}

/**
 * Tell whether a wait is still to be waited. One that is longer than any we set means that the
 * clock was put back meanwhile, and is over.
 * @param {number} left
 * @param {number} longest
 */
function lasts(left, longest) {
  return left > 0 && left <= longest;
}

/** @param {IDBValidKey} key */
function firstOf(key) {
  return Array.isArray(key) ? key[0] : key;
}

/** @param {IDBValidKey} key */
function secondOf(key) {
  return Array.isArray(key) ? key[1] : key;
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
