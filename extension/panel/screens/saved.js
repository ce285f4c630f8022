// It is saved: that it is safe, where it is, what it is missing, what is next. The picture of a view
// is shown only when it is asked for, from memory, as it was saved.

import { statementOf } from "../completeness.js";
import { notePlace } from "../note.js";
import { fact, head, icon, make, notice, primary, quiet } from "../parts.js";
import { sessionList } from "../session-list.js";
import { stripOf } from "../strip.js";
import { missingOf, siteOf } from "../summary.js";
import { exhibitOf } from "./exhibit.js";
import { openSaved } from "./opening.js";
import { waitingNotices } from "./waiting.js";

/** @import { Context, Shown } from "../context.js" */
/** @import { Taken } from "../summary.js" */

/**
 * @param {Context} context
 * @param {Taken} taken
 * @returns {Shown}
 */
export function savedScreen(context, taken) {
  const { t, go } = context;
  const arrived = make("p", { class: "state", hidden: true }, icon("check"), t("panel.saved_arrived"));
  const waiting = waitingNotices(context, ({ captures }) => {
    arrived.hidden = captures > 0;
  });
  const exhibit = taken.exhibits.length > 0 ? exhibitOf(context, taken) : null;

  return {
    foot: "danger",
    leave() {
      waiting.stop();
      exhibit?.stop();
    },
    pieces: [
      head(t(titleOf(taken)), make("p", {}, t("panel.saved_at", { time: timeOf(context, taken) })),
        arrived),
      make("div", { class: "stack" },
        waiting.place,
        statement(context, taken),
        ...missingNotices(context, taken),
        exhibit?.place,
        make("section", { class: "section", "aria-labelledby": "next" },
          make("h2", { id: "next" }, t("panel.saved_next")),
          make("p", {}, t("panel.saved_next_what")),
          primary(t("panel.now_title"), () => go("now")),
          make("button", { class: "button wide", type: "button", click: () => go("start") },
            t("panel.saved_more")),
          make("p", {}, quiet(t("panel.open_saved"), () => openSaved(context)))),
        notePlace(context, taken.facts.capture),
        otherTabs(context),
        factsOf(context, taken),
        aboutPictures(context, taken)),
    ],
  };
}

/** @param {Taken} taken */
function titleOf({ save, facts }) {
  if (save === "view") {
    return "panel.saved_title";
  }
  const whole = facts.completeness.ended === "done";
  return `panel.saved_title_${whole || save === "profile" ? save : "part"}`;
}

/**
 * @param {Context} context
 * @param {Taken} taken
 */
function timeOf({ language }, { facts }) {
  const finished = new Date(facts.times.finished);
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }).format(finished);
}

/**
 * How complete it is, drawn and said; a plain view needs no such words.
 * @param {Context} context
 * @param {Taken} taken
 */
function statement(context, taken) {
  const { t, go } = context;
  const sentences = statementOf(context, taken);
  return sentences.length > 0 && make("section", { class: "section", "aria-labelledby": "whole" },
    make("h2", { id: "whole" }, t("panel.saved_whole")),
    taken.save === "conversation" && stripOf(context, taken.facts),
    make("ul", { class: "statement" }, ...sentences.map((sentence) => make("li", {}, sentence))),
    taken.save === "conversation"
      && make("p", {}, quiet(t("panel.point_other"), () => go("pointing"))));
}

/**
 * @param {Context} context
 * @param {Taken} taken
 */
function missingNotices({ t }, taken) {
  const parts = missingOf(taken);
  return [
    parts.length > 0 && notice("missing", "missing", t("panel.missing_title"),
      make("ul", {}, ...parts.map(({ key, count }) => make("li", {}, t(key, { count })))),
      make("p", {}, t("panel.missing_rest"))),
    taken.facts.completeness.page_changed && notice("missing", "missing",
      t("panel.changed_title"), make("p", {}, t("panel.changed_what"))),
  ];
}

/**
 * The browser lets Handrail read one tab for each press of its button: how to go on with the next,
 * and what is done already.
 * @param {Context} context
 */
function otherTabs(context) {
  const { t, desk } = context;
  const many = desk.session.saved().length + desk.session.refused().length > 1;
  return make("section", { class: "section", "aria-labelledby": "tabs" },
    make("h2", { id: "tabs" }, t("panel.tabs_title")),
    make("p", {}, t("panel.session_next")),
    many && make("p", { class: "muted" }, t("panel.tabs_so_far")),
    many && sessionList(context));
}

/**
 * Below everything, and for nobody who has said that they are or may have been under 18.
 * @param {Context} context
 * @param {Taken} taken
 */
function aboutPictures({ t, go, desk }, { save, facts }) {
  const { age } = desk.answers;
  return save === "view" && facts.pictures.count > 0 && age !== "under-18" && age !== "unsure"
    && make("p", {}, quiet(t("panel.pictures_link"), () => go("pictures")));
}

/**
 * @param {Context} context
 * @param {Taken} taken
 */
function factsOf({ t }, { save, facts }) {
  const { count, shown } = facts.pictures;
  const hidden = shown === null ? count === 0
    ? t("panel.saved_pictures_none") : t("panel.saved_pictures_hidden", { count })
    : count === 0 ? t("panel.saved_pictures_only_one") : t("panel.saved_pictures_but_one", { count });
  return make("dl", { class: "facts" },
    fact(t("panel.saved_page"), facts.source.title || t("panel.saved_no_title"), make("br", {}),
      make("span", { class: "how" }, siteOf(facts.source.url))),
    fact(t("panel.saved_pictures"), hidden),
    save !== "page" && fact(t("panel.saved_words"), t("panel.saved_words_too")));
}
