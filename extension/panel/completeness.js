// The completeness statement in plain words: one sentence for each thing that is known, and no
// sentence for what is not.
//
// "312 messages, from 3 March to 9 March. One gap after message 120. The top of the chat was
// reached." What is stated is decided in the engine; the words are in the catalogue.

import { dayOf } from "./days.js";
import { gapsOf } from "./gaps.js";

/** @import { Translate } from "../core/text.js" */
/** @import { Saved } from "./session.js" */
/** @import { Completeness } from "./summary.js" */

/** More gaps than these are not listed one by one. */
const MOST_GAPS = 6;

/** Ways to end before the end that have a sentence of their own. */
const ENDS = new Set([
  "stopped", "limit", "page-changed", "tab-changed", "lost-place", "pictures-not-hidden",
  "permission-lost", "page-moves",
]);

/**
 * Say how complete a save is.
 * @param {{ t: Translate, language: string }} words
 * @param {Saved} saved
 * @returns {string[]} the sentences in the order in which they are read; none for a plain view
 */
export function statementOf(words, { save, facts }) {
  const { t } = words;
  const said = facts.completeness;
  /** @type {(string | false)[]} */
  const sentences = [
    save === "conversation" && messages(words, facts),
    save === "page" && t("panel.said_pictures", { count: said.tiles }),
    ...gaps(words, said),
    ending(t, said),
    ...ends(t, save, said),
    said.overlays_hidden > 0 && t(
      save === "conversation" ? "panel.said_overlays_chat" : "panel.said_overlays_page",
      { count: said.overlays_hidden }),
    facts.pictures.shown !== null && t("panel.said_one_shown"),
  ];
  return sentences.filter((sentence) => sentence !== false);
}

/**
 * @param {{ t: Translate, language: string }} words
 * @param {Saved["facts"]} facts
 */
function messages({ t, language }, { times, completeness }) {
  const { messages: count, earliest, latest, tiles } = completeness;
  const saved = new Date(times.finished);
  if (count === null || count === 0) {
    return t("panel.said_no_words", { count: tiles });
  }
  const from = dayOf(earliest, language, saved);
  const to = dayOf(latest, language, saved);
  if (from === "" || to === "") {
    return t("panel.said_messages", { count });
  }
  return from === to ? t("panel.said_messages_day", { count, day: from })
    : t("panel.said_messages_span", { count, from, to });
}

/**
 * @param {{ t: Translate, language: string }} words
 * @param {Completeness} said
 * @returns {(string | false)[]} one sentence for all of them; one before the first message has its own
 */
function gaps({ t, language }, said) {
  const { unit, places: all } = gapsOf(said);
  const places = all.filter((place) => place > 0);
  const [first] = places;
  const at = places.length > MOST_GAPS ? String(first)
    : new Intl.ListFormat(language, { type: "conjunction" }).format(places.map(String));
  const key = places.length > MOST_GAPS ? `panel.said_gaps_first_${unit}` : `panel.said_gaps_${unit}`;
  return [
    all.includes(0) && t("panel.said_gap_before"),
    first !== undefined && t(key, { count: places.length, at }),
  ];
}

/**
 * @param {Translate} t
 * @param {Completeness} said
 */
function ending(t, { ended }) {
  if (ended === "done") {
    return false;
  }
  return t(`panel.said_end_${ENDS.has(ended) ? ended.replaceAll("-", "_") : "other"}`);
}

/**
 * Which ends were reached. Where the person or something else stopped it, that is said already.
 * @param {Translate} t
 * @param {Saved["save"]} save
 * @param {Completeness} said
 * @returns {(string | false)[]}
 */
function ends(t, save, { ended, top, bottom }) {
  const what = save === "conversation" ? "chat" : "page";
  return [
    save === "conversation" && top === "reached" && t("panel.said_top_reached"),
    ended === "done" && top === "not-reached" && t(`panel.said_top_missed_${what}`),
    save === "page" && bottom === "reached" && t("panel.said_bottom_reached"),
    ended === "done" && bottom === "not-reached" && t(`panel.said_bottom_missed_${what}`),
  ];
}
