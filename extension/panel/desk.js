// What the panel works on: the views it has taken and not yet kept, the one it kept last, and
// whether this browser is connected.
//
// Facts, titles and pictures live here, in memory, and nowhere else until they are sealed. Taking
// a view is engine/capture.js, sealing engine/seal.js, keeping and sending engine/outbox.js.

import * as screenshots from "../browser/screenshots.js";
import * as service from "../browser/service.js";
import { readChosenTab } from "../browser/storage.js";
import * as tabs from "../browser/tabs.js";
import { openTab } from "../browser/leaving.js";
import { HandrailError, codeOf } from "../core/errors.js";
import { captureView } from "../engine/capture.js";
import { keepConnection, readConnection } from "../engine/connection.js";
import { forgetRefusals, keep } from "../engine/outbox.js";
import { sealCapture } from "../engine/seal.js";
import { dashboardAddress, readHolding, sendWaiting } from "../engine/sending.js";

/** @import { Age, Danger, Paid } from "../core/advice.js" */
/** @import { Connection } from "../engine/connection.js" */
/** @import { Holding } from "../engine/outbox.js" */
/** @import { Taken } from "./summary.js" */

/**
 * @typedef {object} Desk
 * @property {string} country whose crisis lines are shown
 * @property {{ age: Age, danger: Danger, paid: Paid }} answers what the person told, here only
 * @property {readonly string[]} savedAddresses of the views kept since the panel opened
 * @property {boolean} connected
 * @property {() => Promise<string | null>} refresh look again whom this browser is connected to:
 *   another page of the extension may have connected it
 * @property {(tell: (step: string) => void, signal: AbortSignal) => Promise<void>} take a view,
 *   and hold it
 * @property {() => Promise<Taken>} keepHeld seal and keep all that is held; gives the last
 * @property {() => number} heldCount
 * @property {() => void} forgetHeld
 * @property {() => void} stopped remember that the person stopped
 * @property {() => boolean} takeStopped say so once
 * @property {(connection: Connection) => Promise<void>} connect
 * @property {() => Promise<Holding>} readHolding
 * @property {() => Promise<void>} retryRefused
 * @property {() => Promise<string | null>} openDashboard gives the code of what went wrong
 * @property {() => Promise<void>} settled answers when nothing is being taken or kept
 * @property {() => boolean} busy
 */

/**
 * @param {string} country
 * @returns {Promise<Desk>}
 */
export async function makeDesk(country) {
  /** @type {Taken[]} */
  let held = [];
  /** @type {Set<Promise<unknown>>} what is being taken or kept */
  const work = new Set();
  let wasStopped = false;

  /**
   * @template T
   * @param {Promise<T>} promise
   * @returns {Promise<T>}
   */
  function during(promise) {
    work.add(promise);
    return promise.finally(() => work.delete(promise));
  }

  /** @type {Desk} */
  const desk = {
    country,
    answers: { age: "unknown", danger: "unknown", paid: "unknown" },
    savedAddresses: [],
    connected: await readConnection() !== null,

    async refresh() {
      const connection = await readConnection();
      desk.connected = connection !== null;
      return connection?.browser ?? null;
    },

    async take(tell, signal) {
      const tab = await readChosenTab();
      if (!tab) {
        throw new HandrailError("permission-lost");
      }
      const taken = await during(
        captureView({ tab, doors: { tabs, screenshots }, signal, tell }));
      held.push(taken);
    },

    async keepHeld() {
      const { kept, last } = await during(keepAll(held));
      held = held.filter((one) => !kept.includes(one));
      desk.savedAddresses = [...desk.savedAddresses, ...kept.map(({ facts }) => facts.source.url)];
      sendWaiting(service, { patient: false });
      return last;
    },

    heldCount: () => held.length,
    forgetHeld() {
      held = [];
    },

    stopped() {
      wasStopped = true;
    },
    takeStopped() {
      const was = wasStopped;
      wasStopped = false;
      return was;
    },

    async connect(connection) {
      await keepConnection(connection);
      desk.connected = true;
      sendWaiting(service, { patient: false });
    },

    readHolding,
    async retryRefused() {
      await forgetRefusals();
      await sendWaiting(service, { patient: false });
    },

    async openDashboard() {
      try {
        await openTab(await dashboardAddress(service, "/"));
        return null;
      } catch (thrown) {
        return codeOf(thrown, "service-answer");
      }
    },

    async settled() {
      while (work.size > 0) {
        await Promise.allSettled(work);
        // What was taken is handed on to be kept in the turns that follow.
        await new Promise((resolve) => {
          setTimeout(resolve);
        });
      }
    },
    busy: () => work.size > 0,
  };

  sendWaiting(service, { patient: false });
  return desk;
}

/**
 * Seal and keep views one after another: each is kept whole, or not at all.
 * @param {readonly Taken[]} held
 * @returns {Promise<{ kept: readonly Taken[], last: Taken }>}
 */
async function keepAll(held) {
  const connection = await readConnection();
  const last = held.at(-1);
  if (!connection || !last) {
    throw new HandrailError("not-paired");
  }
  for (const { facts, exhibits } of held) {
    await keep(await sealCapture(
      facts.capture, exhibits, connection.recipient, facts.times.finished));
  }
  return { kept: [...held], last };
}
