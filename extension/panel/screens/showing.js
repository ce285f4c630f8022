// Pointing at the one picture to show: the person clicks on it in the page while all are hidden, and
// the view is saved with it. Whoever has not said that they are an adult is led back.

import { isAdult } from "../../core/advice.js";
import { codeOf } from "../../core/errors.js";
import { head, make } from "../parts.js";
import { picturesScreen } from "./pictures.js";

/** @import { Context, Shown } from "../context.js" */

/** @param {Context} context @returns {Shown} */
export function showingScreen(context) {
  const { t, go, desk, say } = context;
  if (!isAdult(desk.answers.age)) {
    return picturesScreen(context);
  }
  const leaving = new AbortController();
  say(t("panel.showing_how"));
  desk.pointAtPicture(leaving.signal).then(
    (shown) => leaving.signal.aborted || (shown ? go("working", "view", shown) : go("pictures")),
    (thrown) => leaving.signal.aborted || go("problem", {
      code: codeOf(thrown, "capture-failed"), save: "view",
    }),
  );
  return {
    foot: "danger",
    stays: true,
    leave: () => leaving.abort(),
    pieces: [
      head(t("panel.one_point"), make("p", {}, t("panel.showing_how"))),
      make("div", { class: "stack" },
        make("p", { class: "muted" }, t("panel.showing_safe")),
        make("button", { class: "button wide", type: "button", click: () => go("start") },
          t("panel.one_keep")),
        make("p", { class: "small muted" }, t("panel.showing_keys"))),
    ],
  };
}
