// Something did not work: what happened, that nothing is lost, what is next. One screen for all of
// them; the words are in the catalogue under the code of the error.

import { head, make, primary, quiet } from "../parts.js";
import { connectScreen } from "./connect.js";
import { keepScreen } from "./keep.js";
import { nowScreen } from "./now.js";
import { startScreen } from "./start.js";
import { workingScreen } from "./working.js";

/** @import { Screen } from "../context.js" */

/** Codes that have words of their own, and what the teal button does. */
/** @type {ReadonlyMap<string, Screen>} */
const NEXT = new Map(/** @type {[string, Screen][]} */ ([
  ["pictures-not-hidden", workingScreen],
  ["page-not-readable", startScreen],
  ["permission-lost", startScreen],
  ["page-changed", startScreen],
  ["storage-full", keepScreen],
  ["storage-failed", keepScreen],
  ["service-away", startScreen],
  ["service-answer", startScreen],
  ["not-paired", connectScreen],
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
  return ({ t, go }) => {
    const same = SAME.get(code) ?? code;
    const known = NEXT.has(same) ? same : "capture-failed";
    const next = NEXT.get(known) ?? workingScreen;
    const key = `panel.problem_${known.replaceAll("-", "_")}`;
    return {
      foot: "danger",
      pieces: [
        head(t(`${key}_title`), make("p", {}, t(`${key}_what`))),
        make("div", { class: "stack" },
          !NOT_ABOUT_A_VIEW.has(known)
            && make("p", {}, make("strong", {}, t("panel.problem_safe"))),
          make("p", {}, t(`${key}_next`)),
          primary(t(next === startScreen ? "panel.back" : "panel.try_again"), () => go(next)),
          make("div", { class: "buttons" },
            known === "service-away"
              && quiet(t("panel.connect_quiet"), () => go(connectScreen)),
            quiet(t("panel.now_title"), () => go(nowScreen)))),
      ],
    };
  };
}
