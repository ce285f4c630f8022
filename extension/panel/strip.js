// A conversation as a line: from its beginning to now, broken where something is missing, dotted
// where it was not read. Words beside it say the same, so a screen reader is spared it.

import { dayOf } from "./days.js";
import { gapsOf } from "./gaps.js";
import { make } from "./parts.js";

/** @import { Context } from "./context.js" */
/** @import { ReadFacts } from "./summary.js" */

const SVG = "http://www.w3.org/2000/svg";
/** Where the line begins and ends, in hundredths of its width. */
const FROM = 3;
const TO = 99;
/** How wide a gap is drawn, however long it was: nobody knows. */
const GAP = 5;

/**
 * @param {Context} context
 * @param {ReadFacts} facts
 * @returns {HTMLElement}
 */
export function stripOf({ t, language }, { times, completeness }) {
  const { top, messages, earliest, latest } = completeness;
  const saved = new Date(times.finished);
  const begun = top === "reached";
  const drawing = draw("svg", { height: "28", "aria-hidden": "true", focusable: "false" });
  if (begun) {
    drawing.append(draw("path", { class: "line cap", d: "M14 14H8a4.5 4.5 0 0 0 0 9h5" }));
  }
  let from = begun ? FROM : FROM + GAP;
  if (!begun) {
    drawing.append(line("open", 0, from));
  }
  const { unit, places } = gapsOf(completeness);
  // Which way the pictures went is not known: their gaps are drawn evenly.
  const shares = places.map((place, nth) => (
    unit === "message" && messages ? place / messages : (nth + 1) / (places.length + 1)));
  for (const place of shares) {
    const at = Math.min(Math.max(FROM + place * (TO - FROM), from + 2), TO - GAP - 2);
    if (at > from) {
      drawing.append(line("line", from, at), line("gap", at, at + GAP));
      from = at + GAP;
    }
  }
  drawing.append(line("line", from, TO));
  const first = dayOf(earliest, language, saved);
  return make("div", { class: "strip" }, drawing, make("div", { class: "ends" },
    make("span", {}, first, first !== "" && make("br", {}), begun && t("panel.strip_beginning")),
    make("span", {}, dayOf(latest, language, saved))));
}

/**
 * @param {string} kind
 * @param {number} from
 * @param {number} to
 */
function line(kind, from, to) {
  return draw("line", { class: kind, x1: `${from}%`, x2: `${to}%`, y1: "14", y2: "14" });
}

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 */
function draw(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  return element;
}
