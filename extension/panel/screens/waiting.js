// What waits in the browser, said wherever it matters. It stays true while it is on the screen:
// the outbox tells of every change.

import { CHANGES } from "../../engine/outbox.js";
import { make, notice, quiet } from "../parts.js";
import { inTurns } from "../turns.js";

/** @import { Context } from "../context.js" */
/** @import { Holding } from "../../engine/outbox.js" */

/**
 * Make a place that says what waits, and keeps saying it until it is stopped.
 * @param {Context} context
 * @param {(holding: Holding) => void} [also] is told too
 * @returns {{ place: HTMLElement, stop: () => void }}
 */
export function waitingNotices(context, also) {
  const place = make("div", { class: "stack", hidden: true });
  const changes = new BroadcastChannel(CHANGES);
  let shown = "";

  const look = inTurns(async () => {
    const holding = await context.desk.readHolding();
    const now = JSON.stringify(holding);
    if (now !== shown) {
      shown = now;
      const notices = noticesOf(context, holding);
      place.replaceChildren(...notices);
      place.hidden = notices.length === 0;
    }
    also?.(holding);
  });

  changes.onmessage = look;
  look();
  return { place, stop: () => changes.close() };
}

/**
 * @param {Context} context
 * @param {Holding} holding
 */
function noticesOf({ t, desk, go }, { captures, refused, elsewhere, trouble }) {
  const count = captures - refused - elsewhere;
  const notices = [];
  if (count > 0) {
    notices.push(notice("waiting", "waiting", t("panel.waiting_title", { count }),
      make("p", {}, t("panel.waiting_safe", { count })),
      make("p", {}, t("panel.waiting_stay")),
      trouble !== null && sentenceOf(t, trouble),
      trouble === "not-paired"
        && make("p", {}, quiet(t("panel.connect_quiet"), () => go("connect")))));
  }
  if (refused > 0) {
    notices.push(notice("missing", "missing", t("panel.refused_title", { count: refused }),
      make("p", {}, t("panel.refused_safe", { count: refused })),
      make("p", {}, quiet(t("panel.refused_retry"), () => desk.retryRefused()))));
  }
  if (elsewhere > 0) {
    notices.push(notice("waiting", "waiting", t("panel.elsewhere_title", { count: elsewhere }),
      make("p", {}, t("panel.elsewhere_safe", { count: elsewhere }))));
  }
  return notices;
}

/** Troubles that need a word; an absent service needs none. */
const WORDS = new Map([
  ["receipt-unverified", "panel.waiting_unverified"],
  ["service-answer", "panel.waiting_unverified"],
  ["disk-full", "panel.waiting_full"],
  ["not-paired", "panel.waiting_unpaired"],
]);

/**
 * @param {Context["t"]} t
 * @param {string} trouble
 */
function sentenceOf(t, trouble) {
  const key = WORDS.get(trouble);
  return key !== undefined && make("p", {}, t(key));
}
