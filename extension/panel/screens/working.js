// Saving what is seen at one moment: the steps in words, and a Stop that keeps nothing half-done.

import { codeOf } from "../../core/errors.js";
import { head, make } from "../parts.js";

/** @import { Context, Shown } from "../context.js" */
/** @import { Pointed } from "../../inject/inject.js" */
/** @import { ShortSave } from "../saves.js" */

const STEPS = ["hiding", "checking", "picture", "text", "restoring"];

/**
 * @param {Context} context
 * @param {ShortSave} save
 * @param {Pointed | null} [shown] the one picture that is to be seen
 * @returns {Shown}
 */
export function workingScreen(context, save, shown = null) {
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

  let here = true;
  take(context, { save, shown }, tell, stopping.signal, () => here);

  return {
    foot: "danger",
    stays: true,
    leave() {
      here = false;
      stopping.abort();
    },
    pieces: [
      head(t(`panel.working_title_${shown ? "shown" : save}`),
        make("p", { class: "muted" }, t("panel.working_wait"))),
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
 * @param {{ save: ShortSave, shown: Pointed | null }} wanted
 * @param {(step: string) => void} tell
 * @param {AbortSignal} signal
 * @param {() => boolean} here whether the person still looks at this screen: one who has gone to
 *   talk to someone is left there
 */
async function take({ desk, go }, { save, shown }, tell, signal, here) {
  try {
    await desk.take(save, tell, signal, shown);
  } catch (thrown) {
    const code = codeOf(thrown, "capture-failed");
    if (signal.aborted || code === "capture-stopped") {
      if (here()) {
        desk.stopped();
        go("start");
      }
      return;
    }
    await desk.refused(save, code);
    if (here()) {
      go("problem", { code, save });
    }
    return;
  }
  if (!here()) {
    // Taken in the last moment: what can be kept is kept, the rest is held and said to be.
    await desk.keepHeld().catch(() => undefined);
    return;
  }
  go(desk.connected ? "keep" : "connect");
}
