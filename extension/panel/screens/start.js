// The first screen: save this view, someone to talk to, what to do now. Nothing is asked.

import { head, icon, make, notice, quiet } from "../parts.js";
import { connectScreen } from "./connect.js";
import { keepScreen } from "./keep.js";
import { link, linesScreen } from "./lines.js";
import { firstStep, nowScreen } from "./now.js";
import { openSaved } from "./opening.js";
import { waitingNotices } from "./waiting.js";
import { workingScreen } from "./working.js";

/** @import { Context, Screen } from "../context.js" */

/** @type {Screen} */
export function startScreen(context) {
  const { t, go, desk } = context;
  const waiting = waitingNotices(context);
  const step = firstStep(context)?.id ?? "stop";

  return {
    foot: "plain",
    leave: waiting.stop,
    pieces: [
      head(t("panel.start_title"), make("p", { class: "muted" }, t("panel.start_pictures"))),
      make("div", { class: "stack" },
        desk.takeStopped() && notice("", "check", t("panel.stopped")),
        heldNotice(context),
        make("button", { class: "action primary", type: "button", click: () => go(workingScreen) },
          icon("view"),
          make("span", {}, make("b", {}, t("panel.save_view")),
            make("span", {}, t("panel.save_view_what")))),
        lifeline(context),
        waiting.place,
        make("section", { class: "section", "aria-labelledby": "now" },
          make("h2", { id: "now" }, t("panel.now_title")),
          make("div", { class: "card step" },
            make("h3", {}, t(`advice.step.${step}.title`)),
            make("p", {}, t(`advice.step.${step}.what`)),
            make("p", {}, quiet(t("panel.now_all"), () => go(nowScreen))))),
        vault(context)),
    ],
  };
}

/** @param {Context} context */
function heldNotice({ t, go, desk }) {
  const count = desk.heldCount();
  return count > 0 && notice("missing", "missing", t("panel.held_start", { count }),
    make("p", {}, t("panel.held_open")),
    make("p", {}, quiet(t("panel.held_go"), () => go(desk.connected ? keepScreen : connectScreen))));
}

/** @param {Context} context */
function lifeline({ t, go, advice, desk }) {
  const lines = advice.linesFor(desk.country, desk.answers.age, "yes").slice(0, 2);
  const nearest = lines.flatMap(({ uses, name, ways }) => ways.slice(0, 1).map(
    (way) => link(t, way, "", { name: uses.includes("emergency") ? "" : name })));
  return make("aside", { class: "lifeline", "aria-label": t("panel.lifeline_label") },
    icon("phone"),
    make("div", {},
      make("p", {}, make("a", { href: "#", click: follow(() => go(linesScreen)) },
        t("panel.lifeline_question"))),
      make("p", { class: "links" }, ...nearest)));
}

/** @param {Context} context */
function vault(context) {
  const { t, go, desk } = context;
  if (!desk.connected) {
    return make("p", {}, quiet(t("panel.connect_quiet"), () => go(connectScreen)));
  }
  return make("p", {}, quiet(t("panel.open_saved"), () => openSaved(context)));
}

/**
 * Follow a link inside the panel.
 * @param {() => void} act
 * @returns {(event: Event) => void}
 */
export function follow(act) {
  return (event) => {
    event.preventDefault();
    act();
  };
}
