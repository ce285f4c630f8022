// What a connected browser asks of the service: to take what waits, and to open the dashboard.
//
// It joins the connection, the outbox and the door to the service, which is given. When the service
// answers on another port than last time, the new one is remembered.

import { HandrailError } from "../core/errors.js";
import { keepConnection, readConnection } from "./connection.js";
import { sign, verify_mac } from "./keyring.js";
import { flush, holding } from "./outbox.js";

/** @import { Signer } from "../browser/service.js" */
/** @import { Connection } from "./connection.js" */
/** @import { Holding } from "./outbox.js" */
/** @typedef {typeof import("../browser/service.js")} Service */

/** @type {Map<boolean, Promise<void>>} calls that wait for their turn, patient ones and others */
const queued = new Map();

/**
 * Send what waits. Without a connection everything stays where it is.
 *
 * A call while another waits for its turn is that one's: whatever is kept by then goes with it. So a
 * long save may call this after every picture.
 * @param {Service} service
 * @param {{ patient: boolean }} how patient: respect the pause that earlier failures set
 * @returns {Promise<void>}
 */
export function sendWaiting(service, { patient }) {
  const waiting = queued.get(patient);
  if (waiting) {
    return waiting;
  }
  const sending = send(service, patient).finally(() => {
    if (queued.get(patient) === sending) {
      queued.delete(patient);
    }
  });
  queued.set(patient, sending);
  return sending;
}

/**
 * @param {Service} service
 * @param {boolean} patient
 */
async function send(service, patient) {
  /** @type {Connection | null} */
  let connection = null;
  /** @type {number[]} */
  const likely = [];
  await flush(async () => {
    queued.delete(patient);
    connection = await readConnection();
    if (!connection) {
      return null;
    }
    const signer = signerOf(connection);
    likely.push(connection.port);
    return {
      recipient: connection.recipient,
      async deliver(item) {
        const { port } = await service.onSomePort(
          likely, (one) => service.deliver(signer, one, item));
        if (port !== likely[0]) {
          likely.unshift(port);
        }
      },
    };
  }, { patient });
  if (connection && likely[0] !== undefined) {
    await rememberPort(connection, likely[0]);
  }
}

/**
 * Say what waits in this browser.
 * @returns {Promise<Holding>}
 */
export async function readHolding() {
  const connection = await readConnection();
  return holding(connection?.recipient ?? null);
}

/**
 * Get an address that opens the dashboard once, within a minute.
 * @param {Service} service
 * @param {string} to a path of the dashboard
 * @returns {Promise<string>}
 */
export async function dashboardAddress(service, to) {
  const connection = await readConnection();
  if (!connection) {
    throw new HandrailError("not-paired");
  }
  const signer = signerOf(connection);
  const { port, answer } = await service.onSomePort(
    [connection.port], (one) => service.readDashboardAddress(signer, one, to));
  await rememberPort(connection, port);
  return answer;
}

/**
 * Give what signs requests with the pairing key, and checks what the service signed.
 * @param {Connection} connection
 * @returns {Signer}
 */
export function signerOf({ browser, key }) {
  return {
    browser,
    sign: (text) => sign(key, text),
    verify: (text, untrusted_mac) => verify_mac(key, text, untrusted_mac),
  };
}

/**
 * Remember where the service answered, unless a new pairing has replaced the connection meanwhile.
 * @param {Connection} used
 * @param {number} port
 */
async function rememberPort(used, port) {
  const present = await readConnection();
  if (present?.browser === used.browser && present.port !== port) {
    await keepConnection({ ...present, port });
  }
}
