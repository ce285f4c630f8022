// Talk to someone now: crisis lines, the emergency number first. While this is shown, nothing else
// matters and saving waits.
//
// Which lines there are, and in which order, is decided in core/advice.js.

import { head, icon, make, quiet } from "../parts.js";

/** @import { Context, Shown } from "../context.js" */
/** @import { Line, Way } from "../../core/advice.js" */

/** @param {Context} context @returns {Shown} */
export function linesScreen(context) {
  const { t, advice, desk, go } = context;
  const list = make("div", {}, crisisLines(context));

  /** @param {Event} event */
  function choose(event) {
    desk.country = /** @type {HTMLSelectElement} */ (event.target).value;
    list.replaceChildren(crisisLines(context));
  }

  const options = advice.countries.map((id) => make(
    "option", { value: id, selected: id === desk.country }, t(`advice.country.${id.toLowerCase()}`)));

  return {
    foot: "safe",
    stays: true,
    pieces: [
      head(t("panel.lines_title"), make("p", {}, t("panel.lines_first"))),
      make("div", { class: "stack" },
        list,
        make("div", { class: "field" },
          make("label", { for: "country" }, t("panel.lines_country")),
          make("select", { id: "country", "aria-describedby": "guess", change: choose }, ...options),
          make("p", { class: "small muted", id: "guess" }, t("panel.lines_guess"))),
        make("section", { class: "section", "aria-labelledby": "while" },
          make("h2", { id: "while" }, t("panel.lines_while")),
          make("ul", {}, ...["stay", "away", "hand"].map(
            (what) => make("li", {}, t(`panel.lines_while_${what}`))))),
        make("p", {}, quiet(t("panel.back"), () => go("start")))),
    ],
  };
}

/**
 * The crisis lines of the country, in the order for the person's age.
 * @param {Context} context
 */
export function crisisLines(context) {
  const { advice, desk } = context;
  return rows(context, advice.linesFor(desk.country, desk.answers.age, "yes"));
}

/**
 * @param {Context} context
 * @param {readonly Line[]} lines
 * @param {"h2" | "h3"} [heading]
 */
export function rows(context, lines, heading = "h2") {
  return make("ul", { class: "rows lines" }, ...lines.map((line) => (
    line.uses.includes("emergency") ? emergency(context, line) : other(context, line, heading))));
}

/**
 * @param {Context} context
 * @param {Line} line
 */
function emergency({ t }, { id, ways }) {
  return make("li", { class: "first" },
    make("h2", {}, t("advice.emergency")),
    ways.length === 0
      ? make("p", {}, t(`advice.line.${id}`))
      : make("div", { class: "ways" }, ...ways.map((way, at) => link(
        t, way, at === 0 ? "button life" : "button", { before: at === 0 && icon("phone") }))));
}

/**
 * @param {Context} context
 * @param {Line} line
 * @param {"h2" | "h3"} heading
 */
function other({ t, language }, line, heading) {
  const { id, name, ways, note } = line;
  const [seen] = ways.filter((way) => (way.grade ?? line.grade) === "secondary").map(
    (way) => way.checked_on ?? line.checked_on).sort();
  const day = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" });
  return make("li", {},
    make("div", {}, make(heading, {}, name),
      make("p", { class: "small muted" }, t(`advice.line.${id}`))),
    make("div", { class: "ways" }, ...ways.map((way) => link(t, way, "button"))),
    note && make("p", { class: "small muted note" }, t(`advice.line.${id}.note`)),
    seen !== undefined && make("p", { class: "small muted note" },
      t("advice.seen", { day: day.format(new Date(seen)) })));
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
    ? { class: style, href: way.to, target: "_blank", rel: "noreferrer" }
    : { class: style, href: addressOf(way) };
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
    return t("advice.way.web", { name: shown });
  }
  if (by === "text" && body !== undefined) {
    return t("advice.way.text-word", { number, word: body });
  }
  return t(by === "text" ? "advice.way.text" : "advice.way.call", { number });
}
