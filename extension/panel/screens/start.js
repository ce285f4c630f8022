// The first screen: save this view, or more than it; someone to talk to, what to do now. Nothing is
// asked.

import { begin } from "../begin.js";
import { follow, head, icon, make, notice, quiet } from "../parts.js";
import { MORE } from "../saves.js";
import { link } from "./lines.js";
import { firstStep } from "./now.js";
import { openSaved } from "./opening.js";
import { waitingNotices } from "./waiting.js";

/** @import { Context, Shown } from "../context.js" */

/** @param {Context} context @returns {Shown} */
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
        make("button", {
          class: "action primary", type: "button", click: () => begin(context, "view"),
        }, icon("view"), make("span", {}, make("b", {}, t("panel.save_view")),
          make("span", {}, t("panel.save_view_what")))),
        // Someone to talk to stays in sight, also below what is not kept yet.
        ...desk.heldCount() > 0 ? [lifeline(context), more(context)]
          : [more(context), lifeline(context)],
        waiting.place,
        savedAlready(context),
        make("section", { class: "section", "aria-labelledby": "now" },
          make("h2", { id: "now" }, t("panel.now_title")),
          make("div", { class: "card step" },
            make("h3", {}, t(`advice.step.${step}.title`)),
            make("p", {}, t(`advice.step.${step}.what`)),
            make("p", {}, quiet(t("panel.now_all"), () => go("now"))))),
        vault(context)),
    ],
  };
}

/** @param {Context} context */
function more(context) {
  const { t } = context;
  return make("ul", { class: "more", "aria-label": t("panel.more_label") },
    ...suggested(context).map((save) => make("li", {},
      make("button", { type: "button", click: () => begin(context, save) },
        icon(save), make("span", {}, t(`panel.save_${save}`))))));
}

/**
 * What else can be saved. A profile comes first on a profile, as far as its address tells.
 * @param {Context} context
 * @returns {readonly (typeof MORE)[number][]}
 */
function suggested({ advice, desk }) {
  const { profile } = advice.savedFrom([desk.address]);
  return profile ? ["profile", ...MORE.filter((save) => save !== "profile")] : MORE;
}

/** @param {Context} context */
function savedAlready({ t, go, desk }) {
  const count = desk.session.saved().length;
  return (count > 0 || desk.session.refused().length > 0) && make("p", { class: "state-line" },
    count > 0 && make("span", { class: "state" }, icon("check"), t("panel.session_count", { count })),
    " ", quiet(t("panel.session_see"), () => go("session")));
}

/** @param {Context} context */
function heldNotice({ t, go, desk }) {
  const count = desk.heldCount();
  return count > 0 && notice("missing", "missing", t("panel.held_start", { count }),
    make("p", {}, t("panel.held_open")),
    make("p", {}, quiet(t("panel.held_go"), () => go(desk.connected ? "keep" : "connect"))));
}

/** @param {Context} context */
function lifeline({ t, go, advice, desk }) {
  const lines = advice.linesFor(desk.country, desk.answers.age, "yes").slice(0, 2);
  const nearest = lines.flatMap(({ uses, name, ways }) => ways.slice(0, 1).map(
    (way) => link(t, way, "", { name: uses.includes("emergency") ? "" : name })));
  return make("aside", { class: "lifeline", "aria-label": t("panel.lifeline_label") },
    icon("phone"),
    make("div", {},
      make("p", {}, make("a", { href: "#", click: follow(() => go("lines")) },
        t("panel.lifeline_question"))),
      make("p", { class: "links" }, ...nearest)));
}

/** @param {Context} context */
function vault(context) {
  const { t, go, desk } = context;
  if (!desk.connected) {
    return make("p", {}, quiet(t("panel.connect_quiet"), () => go("connect")));
  }
  return make("p", {}, quiet(t("panel.open_saved"), () => openSaved(context)));
}
