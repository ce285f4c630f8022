// The browser's own database: what waits to be sent, and whom this browser is connected to.
//
// Nothing readable goes in: envelopes are sealed before they come here, and the pairing key is a
// CryptoKey that no script can read out. What is kept is in engine/outbox.js and
// engine/connection.js.

import { HandrailError } from "../core/errors.js";

const NAME = "handrail";
const VERSION = 1;

export const OUTBOX = "outbox";
export const KEPT = "kept";

/**
 * Open the database, making it on the first day.
 * @returns {Promise<IDBDatabase>}
 */
export function openDatabase() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, VERSION);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore(OUTBOX, { keyPath: "order", autoIncrement: true });
      opening.result.createObjectStore(KEPT);
    };
    opening.onsuccess = () => {
      const database = opening.result;
      // Another window may bring a newer version; let it.
      database.onversionchange = () => database.close();
      resolve(database);
    };
    opening.onerror = () => reject(storageError(opening.error));
    opening.onblocked = () => reject(new HandrailError("storage-failed"));
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
  } finally {
    database.close();
  }
}

/** @param {unknown} cause */
function storageError(cause) {
  const full = cause instanceof DOMException && cause.name === "QuotaExceededError";
  return new HandrailError(full ? "storage-full" : "storage-failed", cause ?? undefined);
}
