// Sealing and keeping what is held: a moment, with a sentence. What fails stays held.

import { codeOf } from "../../core/errors.js";
import { head, make } from "../parts.js";
import { problemScreen } from "./problem.js";
import { savedScreen } from "./saved.js";

/** @import { Screen } from "../context.js" */

/** @type {Screen} */
export function keepScreen({ t, desk, go, say }) {
  say(t("panel.step_sealing"));
  desk.keepHeld().then(
    (taken) => go(savedScreen(taken)),
    (thrown) => go(problemScreen(codeOf(thrown, "storage-failed"))),
  );
  return {
    foot: "plain",
    stays: true,
    pieces: [head(t("panel.working_title"), make("p", {}, t("panel.step_sealing")))],
  };
}
