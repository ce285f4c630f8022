// Makes a Chromium begin a new log for what it keeps, before anything is added to it.
//
// Chromium writes an IndexedDB to a log and goes on in the same log after a restart (LevelDB
// `reuse_logs`). A browser that was killed, or a computer without power, can leave half a record at
// its end. What is added after that is read well until the next start; then the half record stands in
// the middle, the log is called damaged, and Chromium deletes everything that the extension keeps
// (measured with Chromium 156; its authors do not go on in an old log on ChromeOS for this reason,
// crbug.com/460568). LevelDB begins a new log when more was written than its buffer holds. So that
// much is written, and removed.
//
// Firefox keeps everything in SQLite, which undoes half a record by itself.

const NAME = "handrail-new-log";
const STORE = "filling";

/** LevelDB's buffer is 4 MiB at most; a value of more than 64 KiB would not go through it. */
const BUFFER = 4 * 1024 * 1024;
const PIECE = 60_000;

/** @type {Promise<void> | undefined} */
let begun;

/**
 * Begin a new log, once for this window or worker. It never fails: a disk that is too full for it is
 * no reason not to keep what still fits.
 * @returns {Promise<void>}
 */
export function beginNewLog() {
  begun ??= isChromium() ? fill().catch(() => undefined) : Promise.resolve();
  return begun;
}

function isChromium() {
  return "userAgentData" in navigator;
}

async function fill() {
  const database = await open();
  try {
    await write(database, (store) => {
      for (let written = 0; written <= BUFFER; written += PIECE) {
        // Drawn at random, because what can be made smaller would be.
        store.put(crypto.getRandomValues(new Uint8Array(PIECE)), written);
      }
    });
    await write(database, (store) => store.clear());
  } finally {
    database.close();
  }
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

/**
 * @param {IDBDatabase} database
 * @param {(store: IDBObjectStore) => void} act
 * @returns {Promise<void>}
 */
function write(database, act) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    act(transaction.objectStore(STORE));
  });
}
