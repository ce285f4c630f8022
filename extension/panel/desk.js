// What the panel works on: what it has taken and not yet kept, what was saved since it opened, and
// whether this browser is connected.
//
// Facts, titles and pictures live here, in memory, and nowhere else until they are sealed. Taking
// is the engine's (saves.js), a long save is long-save.js, sealing engine/seal.js, keeping and
// sending engine/outbox.js.

import * as screenshots from "../browser/screenshots.js";
import * as service from "../browser/service.js";
import { readChosenTab } from "../browser/storage.js";
import { readTabAddress } from "../browser/tab-address.js";
import * as tabs from "../browser/tabs.js";
import { openTab } from "../browser/leaving.js";
import { isAdult } from "../core/advice.js";
import { HandrailError, codeOf } from "../core/errors.js";
import { keepConnection, readConnection } from "../engine/connection.js";
import { makeNote } from "../engine/note.js";
import { pointAtPicture } from "../engine/one-picture.js";
import { forgetRefusals, keep } from "../engine/outbox.js";
import { sealCapture } from "../engine/seal.js";
import { dashboardAddress, readHolding, sendWaiting } from "../engine/sending.js";
import { saveLong } from "./long-save.js";
import { captureView } from "./saves.js";
import { makeSession } from "./session.js";
import { siteOf } from "./summary.js";
import { inTurns } from "./turns.js";

/** @import { Age, Danger, Paid } from "../core/advice.js" */
/** @import { ChosenTab } from "../browser/storage.js" */
/** @import { Connection } from "../engine/connection.js" */
/** @import { Holding } from "../engine/outbox.js" */
/** @import { Pointed } from "../inject/inject.js" */
/** @import { Progress } from "./long-save.js" */
/** @import { LongSave, Save, ShortSave } from "./saves.js" */
/** @import { Session } from "./session.js" */
/** @import { Taken } from "./summary.js" */

/**
 * @typedef {object} Desk
 * @property {string} country whose crisis lines are shown
 * @property {{ age: Age, danger: Danger, paid: Paid }} answers what the person told, here only
 * @property {string} address of the page the button was pressed on, as far as the browser tells it
 * @property {() => Promise<void>} lookAtTab find out that address
 * @property {Session} session
 * @property {() => readonly string[]} savedAddresses of what was kept since the panel opened
 * @property {boolean} connected
 * @property {() => Promise<string | null>} refresh look again whom this browser is connected to:
 *   another page of the extension may have connected it
 * @property {(save: ShortSave, tell: (step: string) => void, signal: AbortSignal,
 *   shown?: Pointed | null) => Promise<void>} take a view and hold it, and look again whether this
 *   browser is connected; with one picture to be seen only for an adult
 * @property {(save: LongSave, tell: (progress: Progress) => void, signal: AbortSignal) =>
 *   Promise<Taken>} saveLong save part after part; each is kept as it is taken
 * @property {(signal: AbortSignal) => Promise<boolean>} point let the person click on the part of
 *   the page that is the conversation; no when they think better of it
 * @property {(signal: AbortSignal) => Promise<Pointed | null>} pointAtPicture let the person click on
 *   the one picture that is to be seen
 * @property {(save: Save, code: string) => Promise<void>} refused remember that this tab refused
 * @property {() => Promise<Taken>} keepHeld seal and keep all that is held; gives the last
 * @property {() => number} heldCount
 * @property {() => void} forgetHeld
 * @property {(capture: string, text: string) => Promise<void>} keepNote
 * @property {() => void} stopped remember that the person stopped
 * @property {() => boolean} takeStopped say so once
 * @property {(connection: Connection) => Promise<void>} connect
 * @property {() => Promise<Holding>} readHolding
 * @property {() => Promise<void>} retryRefused
 * @property {() => Promise<string | null>} openDashboard gives the code of what went wrong
 * @property {() => void} finish end what goes on for long, and keep it
 * @property {() => Promise<void>} settled answers when nothing is being taken or kept
 * @property {() => boolean} busy
 */

/**
 * @param {string} country
 * @returns {Promise<Desk>}
 */
export async function makeDesk(country) {
  /** @typedef {Taken & { tab: number }} Held */
  /** @type {Held[]} */
  let held = [];
  /** @type {Set<Promise<unknown>>} what is being taken or kept */
  const work = new Set();
  const session = makeSession();
  // A long save asks for it after every part.
  const send = inTurns(() => sendWaiting(service, { patient: false }));
  let wasStopped = false;
  let finishing = new AbortController();

  /**
   * @template T
   * @param {() => Promise<T>} act
   * @returns {Promise<T>}
   */
  function during(act) {
    const acting = act();
    work.add(acting);
    return acting.finally(() => work.delete(acting));
  }

  /**
   * Seal and keep what is held, one view after another: each is kept whole, or not at all and held.
   * @returns {Promise<Taken>} the last
   */
  async function keepAll() {
    const { recipient } = await connected();
    const last = held.at(-1);
    if (!last) {
      throw new HandrailError("not-paired");
    }
    for (const one of held) {
      const { tab, save, facts, exhibits } = one;
      await keep(await sealCapture(facts.capture, exhibits, recipient, facts.times.finished));
      held = held.filter((other) => other !== one);
      session.keepSaved(tab, save, facts);
      send();
    }
    return last;
  }

  /** @type {Desk} */
  const desk = {
    country,
    answers: { age: "unknown", danger: "unknown", paid: "unknown" },
    address: "",
    session,
    connected: await readConnection() !== null,
    savedAddresses: () => session.saved().map(({ facts }) => facts.source.url),

    async lookAtTab() {
      const tab = await readChosenTab();
      desk.address = tab ? await readTabAddress(tab) : "";
    },

    async refresh() {
      const connection = await readConnection();
      desk.connected = connection !== null;
      return connection?.browser ?? null;
    },

    take: (save, tell, signal, shown = null) => during(async () => {
      if (shown !== null && !isAdult(desk.answers.age)) {
        throw new HandrailError("picture-not-shown");
      }
      const tab = await chosenTab();
      const { facts, exhibits } = await captureView(
        { save, shown, tab, doors: { tabs, screenshots }, signal, tell });
      held.push({ save, facts, exhibits, tab: tab.tabId });
      // A part of taking: whoever waits for it to settle must see what follows at once.
      await desk.refresh();
    }),

    async saveLong(save, tell, signal) {
      const [tab, { recipient }] = await Promise.all([chosenTab(), connected()]);
      finishing = new AbortController();
      const { facts } = await during(() => saveLong({
        save, tab, recipient, tell, kept: send, signal: AbortSignal.any([signal, finishing.signal]),
      }));
      session.keepSaved(tab.tabId, save, facts);
      send();
      return { save, facts, exhibits: [] };
    },

    async point(signal) {
      const page = await tabs.openPage(await chosenTab());
      if (signal.aborted) {
        return false;
      }
      const cancel = () => {
        page.stopPicking();
      };
      signal.addEventListener("abort", cancel);
      try {
        return await page.pickScroller();
      } finally {
        signal.removeEventListener("abort", cancel);
      }
    },

    pointAtPicture: async (signal) => (
      pointAtPicture({ tab: await chosenTab(), doors: { tabs }, signal })),

    async refused(save, code) {
      const tab = await readChosenTab();
      if (tab) {
        const site = siteOf(await readTabAddress(tab));
        session.keepRefused({ save, site, code, tab: tab.tabId });
      }
    },

    keepHeld: () => during(keepAll),

    heldCount: () => held.length,
    forgetHeld() {
      held = [];
    },

    keepNote: (capture, text) => during(async () => {
      const { recipient } = await connected();
      const note = makeNote(capture, text);
      await keep(await sealCapture(capture, [note], recipient, new Date().toISOString()));
      send();
    }),

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
      send();
    },

    readHolding,
    async retryRefused() {
      await forgetRefusals();
      await send();
    },

    async openDashboard() {
      try {
        await openTab(await dashboardAddress(service, "/"));
        return null;
      } catch (thrown) {
        return codeOf(thrown, "service-answer");
      }
    },

    finish: () => finishing.abort(),
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

  await desk.lookAtTab();
  send();
  return desk;
}

/** @returns {Promise<ChosenTab>} */
async function chosenTab() {
  const tab = await readChosenTab();
  if (!tab) {
    throw new HandrailError("permission-lost");
  }
  return tab;
}

/** @returns {Promise<Connection>} */
async function connected() {
  const connection = await readConnection();
  if (!connection) {
    throw new HandrailError("not-paired");
  }
  return connection;
}
