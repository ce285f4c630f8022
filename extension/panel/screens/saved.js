// A view is saved: that it is safe, where it is, what it is missing, what is next. The picture is
// shown only when it is asked for, from memory, as it was saved.

import { head, icon, fact, make, notice, primary, quiet } from "../parts.js";
import { missingOf, pictureOf, siteOf } from "../summary.js";
import { nowScreen } from "./now.js";
import { openSaved } from "./opening.js";
import { waitingNotices } from "./waiting.js";
import { workingScreen } from "./working.js";

/** @import { Context, Screen } from "../context.js" */
/** @import { Taken } from "../summary.js" */

/**
 * @param {Taken} taken
 * @returns {Screen}
 */
export function savedScreen(taken) {
  return (context) => {
    const { t, go } = context;
    const arrived = make("p", { class: "state", hidden: true }, icon("check"), t("panel.saved_arrived"));
    const waiting = waitingNotices(context, ({ captures }) => {
      arrived.hidden = captures > 0;
    });
    const exhibit = exhibitOf(context, taken);

    return {
      foot: "danger",
      leave() {
        waiting.stop();
        exhibit.stop();
      },
      pieces: [
        head(t("panel.saved_title"),
          make("p", {}, t("panel.saved_at", { time: timeOf(context, taken) })), arrived),
        make("div", { class: "stack" },
          waiting.place,
          ...missingNotices(context, taken),
          exhibit.place,
          make("section", { class: "section", "aria-labelledby": "next" },
            make("h2", { id: "next" }, t("panel.saved_next")),
            make("p", {}, t("panel.saved_next_what")),
            primary(t("panel.now_title"), () => go(nowScreen)),
            make("button", { class: "button wide", type: "button", click: () => go(workingScreen) },
              t("panel.saved_again")),
            make("p", {}, quiet(t("panel.open_saved"), () => openSaved(context)))),
          factsOf(context, taken)),
      ],
    };
  };
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
 * @param {Context} context
 * @param {Taken} taken
 */
function factsOf({ t }, { facts }) {
  const { count } = facts.pictures;
  return make("dl", { class: "facts" },
    fact(t("panel.saved_page"), facts.source.title || t("panel.saved_no_title"), make("br", {}),
      make("span", { class: "how" }, siteOf(facts.source.url))),
    fact(t("panel.saved_pictures"), count === 0
      ? t("panel.saved_pictures_none") : t("panel.saved_pictures_hidden", { count })),
    fact(t("panel.saved_words"), t("panel.saved_words_too")));
}

/**
 * The view as a row that shows no picture until it is asked for.
 * @param {Context} context
 * @param {Taken} taken
 */
function exhibitOf({ t }, taken) {
  let address = "";
  const shown = make("div", { class: "shown", hidden: true });
  const label = make("span", {}, t("panel.saved_show"));
  const button = make("button", {
    class: "button", type: "button", "aria-expanded": "false", click: toggle,
  }, label, make("span", { class: "hidden" }, t("panel.saved_show_spoken")));

  function stop() {
    shown.replaceChildren();
    URL.revokeObjectURL(address);
  }

  function toggle() {
    const picture = shown.hidden ? pictureOf(taken) : null;
    stop();
    if (picture) {
      address = URL.createObjectURL(picture);
      shown.append(make("img", { class: "shot", src: address, alt: t("panel.saved_alt") }));
    }
    shown.hidden = picture === null;
    button.setAttribute("aria-expanded", String(picture !== null));
    label.textContent = t(picture ? "panel.saved_hide" : "panel.saved_show");
  }

  const place = make("section", { class: "section exhibit", "aria-labelledby": "what" },
    make("h2", { id: "what" }, t("panel.saved_what")),
    make("div", { class: "rows" },
      make("div", { class: "row" },
        make("span", { class: "cover" }, icon("covered")),
        make("div", { class: "body" },
          make("p", { class: "title" }, t("panel.saved_picture")),
          make("p", { class: "meta" }, t("panel.saved_picture_covered"))),
        button),
      shown));
  return { place, stop };
}
