// Something did not work: what happened, that nothing is lost, what is next. One screen for all of
// them; which ones there are is in problems.js, the words are in the catalogue.

import { head, make, primary, quiet } from "../parts.js";
import { connectFor, isAboutRoom, isAboutThePage, nextFor, problemKey } from "../problems.js";
import { troublePlace } from "../trouble.js";
import { openSaved } from "./opening.js";

/** @import { Context, Shown } from "../context.js" */
/** @import { Problem } from "../problems.js" */

/**
 * @param {Context} context
 * @param {Problem} problem
 * @returns {Shown}
 */
export function problemScreen(context, problem) {
  const { t, go } = context;
  const { code, save } = problem;
  const key = problemKey(code);
  const words = `${key}${heldElsewhere(context, problem)}`;
  const next = nextFor(code);
  const advised = make("p", {}, t(`${words}_next`));
  const trouble = code === "service-away" ? troublePlace(context, advised)
    // A private window of Firefox keeps nothing, and its database says only that it failed.
    : code === "storage-failed" ? troublePlace(context, advised, "private-window") : null;
  trouble?.look();
  return {
    foot: "danger",
    pieces: [
      head(t(`${key}_title`), make("p", {}, t(`${words}_what`))),
      make("div", { class: "stack" },
        safety(context, problem),
        advised,
        trouble?.place,
        next && primary(t(next.label), () => tryAgain(context, problem)),
        make("button", { class: "button wide", type: "button", click: () => go("start") },
          t("panel.back")),
        make("div", { class: "buttons" },
          code === "no-scroller" && quiet(t("panel.save_page"), () => go("long", "page")),
          code === "page-not-readable" && save !== undefined
            && quiet(t("panel.session_see"), () => go("session")),
          code === "service-away" && quiet(t("panel.connect_quiet"), () => connectFor(context, save)),
          quiet(t("panel.now_title"), () => go("now")))),
    ],
  };
}

/**
 * Without room, a view is still held; a note is still in its field; the parts of a long save that
 * were kept are kept. Each is said in its own words.
 * @param {Context} context
 * @param {Problem} problem
 */
function heldElsewhere({ desk }, { code, note }) {
  if (!isAboutRoom(code)) {
    return "";
  }
  return note ? "_note" : desk.heldCount() > 0 ? "" : "_part";
}

/**
 * @param {Context} context
 * @param {Problem} problem
 */
function safety({ t }, { code, kept = 0 }) {
  if (kept > 0) {
    return make("p", {}, make("strong", {}, t("panel.problem_kept", { count: kept })));
  }
  return isAboutThePage(code) && make("p", {}, make("strong", {}, t("panel.problem_safe")));
}

/**
 * @param {Context} context
 * @param {Problem} problem
 */
async function tryAgain(context, { code, save, note }) {
  const { go, desk } = context;
  if (note) {
    go("session");
  } else if (isAboutRoom(code) && desk.heldCount() > 0) {
    go("keep");
  } else if (save !== undefined || isAboutThePage(code) || code === "not-paired") {
    nextFor(code)?.act(context, save ?? "view");
  } else if (await openSaved(context)) {
    go("start");
  }
}
