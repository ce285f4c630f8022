// Whom this browser is connected to: kept across restarts, replaced only by a new pairing.
//
// The key is stored as a CryptoKey object that cannot be read out (structured clone keeps it so).

import { KEPT, transact } from "./database.js";

/**
 * @typedef {object} Connection
 * @property {string} browser the pairing's id, 32 hex
 * @property {CryptoKey} key HMAC-SHA256, not extractable
 * @property {string} recipient what captures are sealed to, "age1…"
 * @property {number} port where the service answered last
 */

const NAME = "connection";

/** @returns {Promise<Connection | null>} */
export async function readConnection() {
  const kept = await transact(KEPT, "readonly", (store) => store.get(NAME));
  return /** @type {Connection | undefined} */ (kept) ?? null;
}

/** @param {Connection} connection */
export async function keepConnection(connection) {
  await transact(KEPT, "readwrite", (store) => store.put(connection, NAME));
}
