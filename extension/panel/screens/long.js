// Saving a whole conversation or a whole page: what is kept so far, what is done now, and a stop
// that keeps it. No end is promised, because nobody knows how long a chat is.

import { codeOf } from "../../core/errors.js";
import { dayOf } from "../days.js";
import { head, make, notice, primary, quiet } from "../parts.js";

/** @import { Context, Shown } from "../context.js" */
/** @import { Progress } from "../long-save.js" */
/** @import { LongSave } from "../saves.js" */

/** A screen reader is told how far it is at most this often, in milliseconds. */
const SAY_EVERY = 10_000;

/**
 * @param {Context} context
 * @param {LongSave} save
 * @returns {Shown}
 */
export function longScreen(context, save) {
  const { t } = context;
  const stopping = new AbortController();
  const pictures = make("strong", {});
  const messages = make("p", { class: "muted" });
  const kept = make("li", { class: "done", hidden: true }, make("p", {}, pictures), messages);
  const step = make("p", {}, t("panel.step_hiding"));
  const paused = notice("waiting", "waiting", t(`panel.long_paused_${save}`),
    make("p", {}, t("panel.long_paused_what")));
  paused.hidden = true;
  const stop = make("div", { class: "stack-tight" },
    make("button", { class: "button wide", type: "button", click: stopHere }, t("panel.stop")),
    make("p", { class: "small muted" }, t("panel.long_stop_nothing")));
  const saying = makeSaying(context, save);

  let here = true;
  let pointing = false;
  let tiles = 0;

  /** @param {Progress} progress */
  function tell(progress) {
    const sentences = sentencesOf(context, progress);
    if (progress.tiles > 0) {
      kept.hidden = false;
      pictures.textContent = sentences.pictures;
      messages.textContent = sentences.messages;
    }
    if (progress.tiles > 0 && tiles === 0 && !stopping.signal.aborted) {
      stop.replaceChildren(primary(t("panel.long_stop"), stopHere),
        make("p", { class: "small muted" }, t("panel.long_stop_what")));
    }
    ({ tiles } = progress);
    paused.hidden = progress.step !== "paused";
    step.textContent = t(`panel.step_${stepOf(progress.step, save)}`);
    if (here) {
      saying(progress, sentences);
    }
  }

  function stopHere() {
    stop.replaceChildren(make("p", { role: "status" }, make("strong", {}, t("panel.long_stopping"))));
    stopping.abort();
  }

  run(context, save, tell, stopping.signal, {
    here: () => here, pointing: () => pointing, tiles: () => tiles,
  });

  return {
    foot: "danger",
    stays: true,
    leave() {
      here = false;
      stopping.abort();
    },
    pieces: [
      head(t(`panel.working_title_${save}`), make("p", { class: "muted" }, t(`panel.long_wait_${save}`))),
      make("div", { class: "stack" },
        paused,
        make("div", { class: "card" },
          make("ol", { class: "rail progress open", "aria-label": t("panel.long_so_far") },
            kept, make("li", { class: "now" }, step))),
        stop,
        make("p", { class: "small muted" }, t("panel.long_each_part")),
        save === "conversation" && make("p", {}, quiet(t("panel.point_other"), () => {
          pointing = true;
          stopHere();
        }))),
    ],
  };
}

/**
 * @param {Context} context
 * @param {LongSave} save
 * @param {(progress: Progress) => void} tell
 * @param {AbortSignal} signal
 * @param {{ here: () => boolean, pointing: () => boolean, tiles: () => number }} now whether the
 *   person still looks at this screen, wants to point at another part, and what is kept
 */
async function run({ desk, go }, save, tell, signal, now) {
  try {
    const taken = await desk.saveLong(save, tell, signal);
    if (now.here()) {
      if (now.pointing()) {
        go("pointing");
      } else {
        go("saved", taken);
      }
    }
  } catch (thrown) {
    const code = codeOf(thrown, "capture-failed");
    const stopped = code === "capture-stopped" || (signal.aborted && now.tiles() === 0);
    if (!stopped) {
      await desk.refused(save, code);
    }
    if (!now.here()) {
      return;
    }
    if (now.pointing()) {
      go("pointing");
    } else if (stopped) {
      desk.stopped();
      go("start");
    } else {
      go("problem", { code, save, kept: now.tiles() });
    }
  }
}

/** @typedef {{ pictures: string, messages: string }} Sentences */

/**
 * @param {Context} context
 * @param {Progress} progress
 * @returns {Sentences}
 */
function sentencesOf({ t, language }, { tiles, messages, earliest }) {
  const day = dayOf(earliest, language, new Date());
  return {
    pictures: t("panel.long_pictures", { count: tiles }),
    messages: messages === null || messages === 0 ? ""
      : day === "" ? t("panel.long_messages", { count: messages })
        : t("panel.long_messages_back", { count: messages, day }),
  };
}

/** One picture follows another: that is one step to a person, whatever is done for each. */
const PART_AFTER_PART = new Set(["picture", "text", "tiles"]);

/**
 * @param {string} step
 * @param {LongSave} save
 */
function stepOf(step, save) {
  return PART_AFTER_PART.has(step) ? `tiles_${save}` : step;
}

/**
 * Tell a screen reader, without chatter: a new step at once, the same one seldom.
 * @param {Context} context
 * @param {LongSave} save
 * @returns {(progress: Progress, sentences: Sentences) => void}
 */
function makeSaying({ t, say }, save) {
  let last = -Infinity;
  let paused = false;
  return (progress, { pictures, messages }) => {
    const waits = progress.step === "paused";
    const now = performance.now();
    if (waits !== paused || now - last >= SAY_EVERY) {
      last = now;
      paused = waits;
      say(waits ? t(`panel.long_paused_${save}`)
        : progress.tiles > 0 ? `${pictures} ${messages}`.trim() : t("panel.step_hiding"));
    }
  };
}
