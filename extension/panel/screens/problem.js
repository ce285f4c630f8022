// Something did not work: what happened, that nothing is lost, what is next. One screen for all of
// them; the words are in the catalogue under the code of the error.

import { head, make, primary, quiet } from "../parts.js";
import { connectScreen } from "./connect.js";
import { keepScreen } from "./keep.js";
import { nowScreen } from "./now.js";
import { openSaved } from "./opening.js";
import { startScreen } from "./start.js";
import { workingScreen } from "./working.js";

/** @import { Context, Screen } from "../context.js" */
/** @typedef {(context: Context) => void} Again */

/**
 * Codes that have words of their own, and how to try again. Where the person acts elsewhere first
 * there is nothing to press here, only a way back.
 * @type {ReadonlyMap<string, Again | null>}
 */
const NEXT = new Map(/** @type {[string, Again | null][]} */ ([
  ["capture-failed", ({ go }) => go(workingScreen)],
  ["pictures-not-hidden", ({ go }) => go(workingScreen)],
  ["page-not-readable", null],
  ["permission-lost", null],
  ["page-changed", null],
  ["storage-full", ({ go }) => go(keepScreen)],
  ["storage-failed", ({ go }) => go(keepScreen)],
  ["service-away", openAgain],
  ["service-answer", openAgain],
  ["not-paired", ({ go }) => go(connectScreen)],
]));

/** Codes that mean the same to a person. */
const SAME = new Map([["tab-changed", "page-changed"], ["receipt-unverified", "service-answer"]]);

/** After these the view is still held, or it was never about a view. */
const NOT_ABOUT_A_VIEW = new Set([
  "storage-full", "storage-failed", "service-away", "service-answer", "not-paired",
]);

/**
 * @param {string} code
 * @returns {Screen}
 */
export function problemScreen(code) {
  return (context) => {
    const { t, go } = context;
    const same = SAME.get(code) ?? code;
    const known = NEXT.has(same) ? same : "capture-failed";
    const again = NEXT.get(known);
    const key = `panel.problem_${known.replaceAll("-", "_")}`;
    return {
      foot: "danger",
      pieces: [
        head(t(`${key}_title`), make("p", {}, t(`${key}_what`))),
        make("div", { class: "stack" },
          !NOT_ABOUT_A_VIEW.has(known)
            && make("p", {}, make("strong", {}, t("panel.problem_safe"))),
          make("p", {}, t(`${key}_next`)),
          again && primary(t("panel.try_again"), () => again(context)),
          make("button", { class: "button wide", type: "button", click: () => go(startScreen) },
            t("panel.back")),
          make("div", { class: "buttons" },
            known === "service-away"
              && quiet(t("panel.connect_quiet"), () => go(connectScreen)),
            quiet(t("panel.now_title"), () => go(nowScreen)))),
      ],
    };
  };
}

/** @param {Context} context */
async function openAgain(context) {
  if (await openSaved(context)) {
    context.go(startScreen);
  }
}
