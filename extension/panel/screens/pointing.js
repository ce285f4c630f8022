// Pointing at the conversation: the person clicks on it in the page, and it is saved from there.

import { codeOf } from "../../core/errors.js";
import { head, make } from "../parts.js";

/** @import { Context, Shown } from "../context.js" */

/** @param {Context} context @returns {Shown} */
export function pointingScreen(context) {
  const { t, go, desk, say } = context;
  const leaving = new AbortController();
  say(t("panel.point_how"));
  desk.point(leaving.signal).then(
    (pointed) => leaving.signal.aborted || (pointed ? go("long", "conversation") : go("start")),
    (thrown) => leaving.signal.aborted || go("problem", {
      code: codeOf(thrown, "capture-failed"), save: "conversation",
    }),
  );
  return {
    foot: "danger",
    stays: true,
    leave: () => leaving.abort(),
    pieces: [
      head(t("panel.point_title"), make("p", {}, t("panel.point_how"))),
      make("div", { class: "stack" },
        make("p", { class: "muted" }, t("panel.point_safe")),
        make("button", { class: "button wide", type: "button", click: () => go("start") },
          t("panel.point_cancel")),
        make("p", { class: "small muted" }, t("panel.point_escape"))),
    ],
  };
}
