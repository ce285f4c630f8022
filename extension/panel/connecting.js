// Finding Handrail on this computer: knock on the ports where it may be, until it answers or the
// person goes elsewhere. It answers only while its page for connecting is open.

import * as service from "../browser/service.js";
import { startPairing } from "../engine/pairing.js";

/** @import { Pairing } from "../engine/pairing.js" */

const BETWEEN_ROUNDS = 1_500;

/**
 * Knock until a pairing begins.
 * @param {AbortSignal} signal
 * @param {() => Promise<void>} notYet called after each round without an answer
 * @returns {Promise<Pairing | null>} null when the person went elsewhere
 */
export async function findHandrail(signal, notYet) {
  while (!signal.aborted) {
    try {
      const { answer } = await service.onSomePort(
        [], (port) => startPairing(service, port, null));
      return signal.aborted ? null : answer;
    } catch {
      // Not there, not open, or another program: all of them mean to knock again.
      await notYet();
    }
    await pause(BETWEEN_ROUNDS, signal);
  }
  return null;
}

/**
 * Wait, unless there is no need any more.
 * @param {number} milliseconds
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
export function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
