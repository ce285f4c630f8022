// Why does it not connect? Says what can be proved, and nothing that is only likely.
//
// What cannot be told apart from here, measured in Chromium 156 and Firefox 153: a service that is
// not running, one that does not know this browser and cuts the call, and one on a port of its own
// choice. All three are service-not-running, and the sentence for it has to fit all three. `handrail
// doctor`, which stands on the other side, can tell them apart. A blocker in another extension does
// not reach our calls; a filter between browser and computer shows itself because it also answers at
// ports where nobody is.

import { readConnection } from "./connection.js";
import { holding } from "./outbox.js";
import { signerOf } from "./sending.js";

/** @import { Heard } from "../browser/knocking.js" */
/** @import { Signer } from "../browser/service.js" */

/**
 * @typedef {"service-not-running" | "service-other-port" | "port-taken" | "service-blocked"
 *   | "paired-elsewhere" | "private-window"} Reason
 */

/**
 * @typedef {object} Diagnosis
 * @property {Reason | null} code null: it connects
 * @property {readonly number[]} ports where it was heard
 */

/**
 * @typedef {object} Doors
 * @property {{ PORTS: readonly number[] }} service
 * @property {{ knock: (port: number, signer: Signer | null) => Promise<Heard> }} knocking
 * @property {{ isPrivateWindow: () => Promise<boolean> }} privateWindow
 */

/** Ports where nobody is expected: below every system's dynamic range, and not ours. */
const ELSEWHERE = { first: 20_000, count: 8_000, howMany: 3 };

/**
 * Look for the reason. Nothing is changed and nothing is sent that anybody could use.
 * @param {Doors} doors
 * @returns {Promise<Diagnosis>}
 */
export async function diagnose({ service, knocking, privateWindow }) {
  if (await privateWindow.isPrivateWindow()) {
    return { code: "private-window", ports: [] };
  }
  const connection = await readConnection();
  const signer = connection && signerOf(connection);
  const usual = connection?.port;
  const ports = [...new Set([...usual === undefined ? [] : [usual], ...service.PORTS])];
  const nowhere = portsElsewhere(ports);
  const [heard, echoes] = await Promise.all([
    Promise.all(ports.map((port) => knocking.knock(port, signer))),
    Promise.all(nowhere.map((port) => knocking.knock(port, null))),
  ]);
  /** @param {readonly Heard[]} which */
  const where = (...which) => ports.filter((_, at) => which.some((one) => one === heard[at]));

  const here = where("handrail");
  if (here.length > 0) {
    const { elsewhere } = await holding(connection?.recipient ?? null);
    return elsewhere > 0 ? { code: "paired-elsewhere", ports: here }
      : usual !== undefined && here.includes(usual) ? { code: null, ports: [usual] }
        : { code: "service-other-port", ports: here };
  }
  const strangers = where("stranger");
  if (strangers.length > 0) {
    return { code: "paired-elsewhere", ports: strangers };
  }
  const others = where("other", "holds");
  if (echoes.every((echo) => echo !== "silent")) {
    return { code: "service-blocked", ports: others };
  }
  return others.length > 0 ? { code: "port-taken", ports: others }
    : { code: "service-not-running", ports: [] };
}

/**
 * Choose some ports at random where nobody is expected.
 * @param {readonly number[]} besides
 */
function portsElsewhere(besides) {
  /** @type {Set<number>} */
  const chosen = new Set();
  while (chosen.size < ELSEWHERE.howMany) {
    const [random = 0] = crypto.getRandomValues(new Uint16Array(1));
    const port = ELSEWHERE.first + random % ELSEWHERE.count;
    if (!besides.includes(port)) {
      chosen.add(port);
    }
  }
  return [...chosen];
}
