// Sealing and keeping what is held: a moment, with a sentence. What fails stays held.

import { codeOf } from "../../core/errors.js";
import { head, make } from "../parts.js";

/** @import { Context, Shown } from "../context.js" */

/** @param {Context} context @returns {Shown} */
export function keepScreen({ t, desk, go, say }) {
  say(t("panel.step_sealing"));
  desk.keepHeld().then(
    (taken) => go("saved", taken),
    (thrown) => go("problem", { code: codeOf(thrown, "storage-failed") }),
  );
  return {
    foot: "plain",
    stays: true,
    pieces: [head(t("panel.keep_title"), make("p", {}, t("panel.step_sealing")))],
  };
}
