// Talk to someone now: crisis lines, the emergency number first. While this is shown, nothing else
// matters and saving waits.

import { countryOf } from "../../core/helplines.js";
import { head, icon, make, quiet } from "../parts.js";
import { startScreen } from "./start.js";

/** @import { Context, Screen } from "../context.js" */
/** @import { Line, Way } from "../../core/helplines.js" */

/** @type {Screen} */
export function linesScreen(context) {
  const { t, helplines, desk, go } = context;
  const list = make("div", {}, linesOf(context, desk.country));

  /** @param {Event} event */
  function choose(event) {
    desk.country = /** @type {HTMLSelectElement} */ (event.target).value;
    list.replaceChildren(linesOf(context, desk.country));
  }

  const options = helplines.countries.map(({ id }) => make(
    "option", { value: id, selected: id === desk.country }, t(`panel.country_${id.toLowerCase()}`)));

  return {
    foot: "safe",
    stays: true,
    pieces: [
      head(t("panel.lines_title"), make("p", {}, t("panel.lines_first"))),
      make("div", { class: "stack" },
        list,
        make("p", { class: "small muted" }, t("panel.lines_any_phone")),
        make("div", { class: "field" },
          make("label", { for: "country" }, t("panel.lines_country")),
          make("select", { id: "country", "aria-describedby": "guess", change: choose }, ...options),
          make("p", { class: "small muted", id: "guess" }, t("panel.lines_guess"))),
        make("section", { class: "section", "aria-labelledby": "while" },
          make("h2", { id: "while" }, t("panel.lines_while")),
          make("ul", {}, ...["stay", "away", "hand"].map(
            (what) => make("li", {}, t(`panel.lines_while_${what}`))))),
        make("p", {}, quiet(t("panel.back"), () => go(startScreen)))),
    ],
  };
}

/**
 * @param {Context} context
 * @param {string} id of a country
 */
function linesOf({ t, helplines }, id) {
  return make("ul", { class: "rows lines" },
    ...countryOf(helplines, id).lines.map((line) => (
      line.purpose === "emergency" ? emergency(t, line) : other(t, line))));
}

/**
 * @param {Context["t"]} t
 * @param {Line} line
 */
function emergency(t, { ways }) {
  return make("li", { class: "first" },
    make("h2", {}, t("panel.line_emergency")),
    ways.length === 0
      ? make("p", {}, t("panel.line_emergency_other"))
      : make("div", { class: "ways" }, ...ways.map((way, at) => link(
        t, way, at === 0 ? "button life" : "button", { before: at === 0 && icon("phone") }))));
}

/**
 * @param {Context["t"]} t
 * @param {Line} line
 */
function other(t, { id, name, ways, note }) {
  const key = `panel.line_${id.replaceAll("-", "_")}`;
  return make("li", {},
    make("div", {}, make("h2", {}, name), make("p", { class: "small muted" }, t(key))),
    make("div", { class: "ways" }, ...ways.map((way) => link(t, way, "button"))),
    note === true && make("p", { class: "small muted note" }, t(`${key}_note`)));
}

/**
 * A link that calls, texts or opens.
 * @param {Context["t"]} t
 * @param {Way} way
 * @param {string} style
 * @param {{ before?: Node | false, name?: string }} [more] an icon, a name to say with the number
 */
export function link(t, way, style, { before = false, name = "" } = {}) {
  const attributes = way.by === "web"
    ? { class: style || false, href: way.to, target: "_blank", rel: "noreferrer" }
    : { class: style || false, href: addressOf(way) };
  return make("a", attributes, before, make("span", {}, labelOf(t, way, name)));
}

/** @param {Way} way */
function addressOf({ by, to, body }) {
  if (by === "text") {
    return body === undefined ? `sms:${to}` : `sms:${to}?body=${encodeURIComponent(body)}`;
  }
  return `tel:${to}`;
}

/**
 * @param {Context["t"]} t
 * @param {Way} way
 * @param {string} name
 */
function labelOf(t, { by, shown, body }, name) {
  // A number is read in one piece.
  const number = shown.replaceAll(" ", "\u00a0");
  if (by === "call" && name !== "" && name !== shown) {
    return t("panel.way_named", { name, number });
  }
  if (by === "web") {
    return t("panel.way_web", { name: shown });
  }
  if (by === "text" && body !== undefined) {
    return t("panel.way_text_word", { number, word: body });
  }
  return t(by === "text" ? "panel.way_text" : "panel.way_call", { number });
}
