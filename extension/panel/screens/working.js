// Saving a view: the steps in words, and a Stop that keeps nothing half-done.

import { codeOf } from "../../core/errors.js";
import { head, make } from "../parts.js";
import { connectScreen } from "./connect.js";
import { keepScreen } from "./keep.js";
import { problemScreen } from "./problem.js";
import { startScreen } from "./start.js";

/** @import { Context, Screen } from "../context.js" */

const STEPS = ["hiding", "checking", "picture", "text", "restoring"];

/** @type {Screen} */
export function workingScreen(context) {
  const { t, say } = context;
  const stopping = new AbortController();
  const rows = new Map(STEPS.map((step) => [step, make("li", { class: "ahead" },
    make("p", {}, t(`panel.step_${step}`), make("span", { class: "hidden" })))]));

  /** @param {string} present */
  function tell(present) {
    const at = STEPS.indexOf(present);
    if (at < 0 || stopping.signal.aborted) {
      return;
    }
    STEPS.forEach((step, index) => {
      const row = rows.get(step);
      const state = index < at ? "done" : index === at ? "now" : "ahead";
      row?.setAttribute("class", state);
      if (row?.firstElementChild?.lastElementChild && state !== "ahead") {
        row.firstElementChild.lastElementChild.textContent = `, ${t(`panel.step_${state}`)}`;
      }
    });
    say(t(`panel.step_${present}`));
  }

  save(context, tell, stopping.signal);

  return {
    foot: "plain",
    stays: true,
    leave: () => stopping.abort(),
    pieces: [
      head(t("panel.working_title"), make("p", { class: "muted" }, t("panel.working_wait"))),
      make("div", { class: "stack" },
        make("div", { class: "card" },
          make("ol", { class: "rail progress open", "aria-label": t("panel.working_steps") },
            ...rows.values())),
        make("button", { class: "button wide", type: "button", click: () => stopping.abort() },
          t("panel.stop")),
        make("p", { class: "small muted" }, t("panel.stop_what"))),
    ],
  };
}

/**
 * @param {Context} context
 * @param {(step: string) => void} tell
 * @param {AbortSignal} signal
 */
async function save({ desk, go }, tell, signal) {
  try {
    await desk.take(tell, signal);
  } catch (thrown) {
    const code = codeOf(thrown, "capture-failed");
    if (signal.aborted || code === "capture-stopped") {
      desk.stopped();
      go(startScreen);
    } else {
      go(problemScreen(code));
    }
    return;
  }
  await desk.refresh();
  go(desk.connected ? keepScreen : connectScreen);
}
