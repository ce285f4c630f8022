// What to do now: the first steps, the same for everyone, with no question asked before them.

import { head, make, quiet } from "../parts.js";
import { linesScreen } from "./lines.js";
import { startScreen } from "./start.js";

/** @import { Screen } from "../context.js" */

/** @type {Screen} */
export function nowScreen({ t, go }) {
  const steps = ["stop", "keep", "save", "report", "tell"].map((step) => make("li", { class: "step" },
    make("h2", {}, t(`panel.steps_${step}_title`)),
    make("p", {}, t(`panel.steps_${step}_what`))));

  return {
    foot: "danger",
    pieces: [
      head(t("panel.now_title"), make("p", { class: "muted" }, t("panel.steps_lead"))),
      make("div", { class: "stack" },
        make("ol", { class: "rail steps", "aria-label": t("panel.steps_label") },
          make("li", { class: "step" },
            make("h2", {}, t("panel.steps_safe_title")),
            make("p", {}, t("panel.steps_safe_what")),
            make("p", {}, quiet(t("panel.lines_title"), () => go(linesScreen)))),
          make("li", { class: "step now" },
            make("h2", {}, t("panel.now_first")),
            make("p", {}, t("panel.now_first_more"))),
          ...steps),
        make("p", {}, t("panel.steps_either_way")),
        make("button", { class: "button wide", type: "button", click: () => go(startScreen) },
          t("panel.back")),
        make("section", { class: "section small", "aria-labelledby": "leaving" },
          make("h2", { id: "leaving" }, t("panel.steps_leaving_title")),
          make("p", { class: "muted" }, t("panel.steps_leaving_what")))),
    ],
  };
}
