// What was saved since the panel opened, tab by tab, and how to go on with the next one.

import { notePlace } from "../note.js";
import { head, make } from "../parts.js";
import { sessionList } from "../session-list.js";

/** @import { Context, Shown } from "../context.js" */

/** @param {Context} context @returns {Shown} */
export function sessionScreen(context) {
  const { t, go } = context;
  return {
    foot: "danger",
    pieces: [
      head(t("panel.session_title"), make("p", {}, t("panel.session_next"))),
      make("div", { class: "stack" },
        sessionList(context, ({ facts }) => notePlace(context, facts.capture)),
        make("button", { class: "button wide", type: "button", click: () => go("start") },
          t("panel.back"))),
    ],
  };
}
