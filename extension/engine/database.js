// The browser's own database: what waits to be sent, and whom this browser is connected to.
//
// Nothing readable goes in: envelopes are sealed before they come here, and the pairing key is a
// CryptoKey that no script can read out. What is kept is in engine/outbox.js and
// engine/connection.js.

import { HandrailError } from "../core/errors.js";
import { beginNewLog } from "./new-log.js";

const NAME = "handrail";
const VERSION = 2;

/** How long an older window may take to finish what it is writing, in milliseconds. */
const PATIENCE = 10_000;

export const OUTBOX = "outbox";
export const KEPT = "kept";

/** The outbox by capture. */
export const BY_CAPTURE = "capture";
/** What waits for one vault, in the order in which it was kept. */
export const BY_RECIPIENT = "recipient, order";
/** The captures that wait for each vault. */
export const CAPTURES_BY_RECIPIENT = "recipient, capture";
/** The captures of which the service refused something. */
export const REFUSED = "refused, capture";

/**
 * What each version added, oldest first. A version that people have is never edited: what it
 * holds is theirs, and the next one is built on it.
 * @type {readonly ((database: IDBDatabase, transaction: IDBTransaction) => void)[]}
 */
const VERSIONS = [
  (database) => {
    database.createObjectStore(OUTBOX, { keyPath: "order", autoIncrement: true });
    database.createObjectStore(KEPT);
  },
  (_, transaction) => {
    // Indexes only: no envelope is written anew, so none can be lost on the way.
    const outbox = transaction.objectStore(OUTBOX);
    outbox.createIndex(BY_CAPTURE, "capture");
    outbox.createIndex(BY_RECIPIENT, ["recipient", "order"]);
    outbox.createIndex(CAPTURES_BY_RECIPIENT, ["recipient", "capture"]);
    outbox.createIndex(REFUSED, ["refused", "capture"]);
  },
];

/**
 * Open the database, making it on the first day and bringing an older one up to today.
 * @returns {Promise<IDBDatabase>}
 */
export function openDatabase() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, VERSION);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let late;
    let gaveUp = false;
    opening.onupgradeneeded = ({ oldVersion }) => {
      clearTimeout(late);
      const transaction = /** @type {IDBTransaction} */ (opening.transaction);
      for (const step of VERSIONS.slice(oldVersion)) {
        step(opening.result, transaction);
      }
    };
    opening.onsuccess = () => {
      clearTimeout(late);
      const database = opening.result;
      if (gaveUp) {
        database.close();
        return;
      }
      // Another window may bring a newer version; let it.
      database.onversionchange = () => database.close();
      resolve(database);
    };
    opening.onerror = () => {
      clearTimeout(late);
      reject(storageError(opening.error));
    };
    opening.onblocked = () => {
      // An older window still writes. It lets go as soon as that is on the disk.
      late = setTimeout(() => {
        gaveUp = true;
        reject(new HandrailError("storage-failed"));
      }, PATIENCE);
    };
  });
}

/**
 * Do one thing in one transaction, and answer when it is on the disk.
 *
 * "strict": the browser reports success only after the operating system was told to write through
 * (Indexed Database API 3.0, section 2.7.1).
 * @template T
 * @param {string} store
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T> | void} act
 * @returns {Promise<T>}
 */
export async function transact(store, mode, act) {
  if (mode === "readwrite") {
    await beginNewLog();
  }
  const database = await openDatabase();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode, { durability: "strict" });
      /** @type {IDBRequest<T> | void} */
      let request;
      transaction.oncomplete = () => resolve(/** @type {T} */ (request?.result));
      transaction.onabort = () => reject(storageError(transaction.error));
      try {
        request = act(transaction.objectStore(store));
      } catch (cause) {
        // What was asked for before the failure must not stay: all or nothing.
        reject(storageError(cause));
        transaction.abort();
      }
    });
  } catch (cause) {
    // Also a database that was closed under us, between opening it and asking.
    throw storageError(cause);
  } finally {
    database.close();
  }
}

/**
 * Walk over an index and answer with what `pick` gives for each step, in the order of the index.
 *
 * Only keys are read: an envelope's bytes stay on the disk, however many wait.
 * @template Value
 * @param {string} index of the outbox
 * @param {"next" | "nextunique"} direction
 * @param {(key: IDBValidKey, order: IDBValidKey) => Value} pick
 * @returns {Promise<Value[]>}
 */
export async function walkKeys(index, direction, pick) {
  /** @type {Value[]} */
  const picked = [];
  await transact(OUTBOX, "readonly", (store) => {
    const walking = store.index(index).openKeyCursor(null, direction);
    walking.onsuccess = () => {
      const cursor = walking.result;
      if (cursor) {
        picked.push(pick(cursor.key, cursor.primaryKey));
        cursor.continue();
      }
    };
  });
  return picked;
}

/** @param {unknown} cause */
function storageError(cause) {
  if (cause instanceof HandrailError) {
    return cause;
  }
  const full = cause instanceof DOMException && cause.name === "QuotaExceededError";
  return new HandrailError(full ? "storage-full" : "storage-failed", cause ?? undefined);
}
