// What helps next: advice is data, and this is the whole of its logic.
//
// shared/advice and shared/helplines hold the steps, the rules and the lines, each with its source;
// server/handrail/core/advice.py reads the same files the same way, and a test shows that both
// always agree. Nothing here knows a sentence: words are in the catalogue, under
// advice.step.<id>.title and the like. Reading the files is left to others. A situation is held in
// memory by whoever asks and goes nowhere from here: no log, no storage, no package.

import { kindOfPage } from "./page-kinds.js";

/** @import { Site } from "./page-kinds.js" */

/** What a person may say of their age. */
export const AGES = /** @type {const} */ (["under-18", "18-or-over", "unsure", "unknown"]);
/** @typedef {(typeof AGES)[number]} Age */

/** Whether a person has said that they are, and were, 18 or over. @param {Age} age */
export function isAdult(age) {
  return age === "18-or-over";
}

/** @typedef {"unknown" | "yes" | "no"} Danger */
/** @typedef {"unknown" | "no" | "yes" | "collected"} Paid */
/** @typedef {"read" | "secondary" | "unchecked"} Grade */
/**
 * @typedef {"emergency" | "crisis" | "child" | "directory" | "support" | "report-child"
 *   | "report-adult" | "removal-child" | "removal-adult" | "money"} Use
 */
/** @typedef {Readonly<Record<string, readonly string[]>>} Conditions */

/**
 * What is known about the person's situation. Nothing has to be.
 * @typedef {object} Situation
 * @property {string} country
 * @property {Age} age
 * @property {Danger} danger
 * @property {Paid} paid
 */

/**
 * What has been saved already, as far as an address can tell.
 * @typedef {{ readonly profile: boolean, readonly chat: boolean }} Saved
 */

/**
 * Something a person can do.
 * @typedef {object} Step
 * @property {string} id
 * @property {"now" | "day" | "weeks"} window
 * @property {readonly Use[]} uses
 * @property {"profile" | "chat" | null} done_by
 * @property {readonly string[]} facts
 */

/**
 * Which steps come and go when each named dimension has one of the named values.
 * @typedef {object} Rule
 * @property {string} id
 * @property {Conditions} when
 * @property {readonly string[]} add
 * @property {readonly string[]} remove
 * @property {boolean} only
 */

/**
 * One way to reach a line: as it is dialled or opened, and as it is read.
 * @typedef {object} Way
 * @property {"call" | "text" | "web"} by
 * @property {string} to
 * @property {string} shown
 * @property {string} [body] the word to send
 * @property {string} [source]
 * @property {Grade} [grade] its own, when it is not that of its line
 * @property {string} [checked_on]
 */

/**
 * Somebody to talk to, or a place to report.
 * @typedef {object} Line
 * @property {string} id
 * @property {readonly Use[]} uses
 * @property {readonly Age[]} ages
 * @property {string} name
 * @property {boolean} note there is something to know before
 * @property {readonly Way[]} ways
 * @property {string} source
 * @property {Grade} grade
 * @property {string} checked_on
 */

/**
 * A step, the rules that ask for it, whether it is done, and the lines under it, by id.
 * @typedef {object} PlannedStep
 * @property {string} id
 * @property {readonly string[]} because
 * @property {boolean} done
 * @property {readonly string[]} lines
 */

/**
 * What the files of FILES hold.
 * @typedef {object} Files
 * @property {{ steps: readonly Step[] }} steps
 * @property {{ dimensions: Conditions, rules: readonly Rule[] }} rules
 * @property {{ orders: readonly { when: Conditions, uses: readonly Use[] }[],
 *   countries: readonly { id: string, lines: readonly Line[] }[],
 *   everywhere: readonly Line[] }} lines
 * @property {{ zones: Readonly<Record<string, readonly string[]>> }} zones
 * @property {{ sites: readonly Site[] }} pages
 */

/** @typedef {ReturnType<typeof makeAdvice>} Advice */

/** The country id of everywhere that has no lines of its own. */
export const ELSEWHERE = "other";

/** The files that makeAdvice needs, by name, under shared/. */
export const FILES = Object.freeze({
  steps: "advice/steps.json",
  rules: "advice/rules.json",
  pages: "advice/pages.json",
  lines: "helplines/lines.json",
  zones: "helplines/zones.json",
});

/** @type {Saved} */
export const NOTHING_SAVED = Object.freeze({ profile: false, chat: false });

/**
 * Make the advice that answers questions.
 * @param {Files} files
 */
export function makeAdvice(files) {
  const { dimensions, rules } = files.rules;
  /** @type {Map<string, readonly Line[]>} */
  const lines = new Map(files.lines.countries.map(
    ({ id, lines: own }) => [id, [...own, ...files.lines.everywhere]]));

  return Object.freeze({
    /** Every country that has lines, everywhere else last. */
    countries: files.lines.countries.map(({ id }) => id),

    /**
     * Give the steps of a situation in the order that helps most, each with its reasons.
     * @param {Situation} situation
     * @param {Saved} [saved]
     * @returns {readonly PlannedStep[]}
     */
    firstSteps(situation, saved = NOTHING_SAVED) {
      const values = valuesOf(situation);
      const all = rules.filter(({ when }) => holds(when, values));
      const held = all.some(({ only }) => only) ? all.filter(({ only }) => only) : all;
      const taken = new Set(held.flatMap(({ remove }) => remove));
      // Whom to talk to stands in the same order everywhere.
      const order = orderOf(values);
      return files.steps.steps.flatMap(({ id, done_by, uses }) => {
        const sorted = uses.toSorted((one, other) => order.indexOf(one) - order.indexOf(other));
        const because = held.filter(({ add }) => add.includes(id)).map((rule) => rule.id);
        return because.length === 0 || taken.has(id) ? [] : [{
          id,
          because,
          done: done_by !== null && saved[done_by],
          lines: linesOf(situation.country, situation.age, sorted).map((line) => line.id),
        }];
      });
    },

    /**
     * Give whom to talk to, the emergency number first. Only ways that may be used.
     * @param {string} country
     * @param {Age} age
     * @param {Danger} danger
     * @returns {readonly Line[]}
     */
    linesFor(country, age, danger) {
      const values = valuesOf({ country, age, danger, paid: "unknown" });
      return linesOf(country, age, orderOf(values));
    },

    /**
     * Give one line of a country, if it may be used.
     * @param {string} country
     * @param {string} id
     * @returns {Line}
     */
    line(country, id) {
      const [found] = of(country).filter((line) => line.id === id).flatMap(usable);
      if (found === undefined) {
        throw new RangeError(`no line ${id}`);
      }
      return found;
    },

    /**
     * Give the country that an IANA time zone points to, or ELSEWHERE.
     * @param {string | undefined} zone
     * @returns {string}
     */
    countryOfZone(zone = "") {
      const found = Object.entries(files.zones.zones).find(([, names]) => names.some(
        (name) => zone === name || (name.endsWith("/") && zone.startsWith(name))));
      return found?.[0] ?? ELSEWHERE;
    },

    /**
     * Give what saved pages can tick, by their addresses. A guess, and it claims no more.
     * @param {readonly string[]} untrusted_addresses
     * @returns {Saved}
     */
    savedFrom(untrusted_addresses) {
      const kinds = untrusted_addresses.map((one) => kindOfPage(files.pages.sites, one));
      return { profile: kinds.includes("profile"), chat: kinds.includes("chat") };
    },
  });

  /** @param {Record<string, string>} values */
  function orderOf(values) {
    return files.lines.orders.find(({ when }) => holds(when, values))?.uses ?? [];
  }

  /** @param {string} country */
  function of(country) {
    return lines.get(country) ?? lines.get(ELSEWHERE) ?? [];
  }

  /**
   * @param {string} country
   * @param {Age} age
   * @param {readonly Use[]} uses
   */
  function linesOf(country, age, uses) {
    const found = uses.flatMap((use) => of(country).filter(
      (line) => line.uses.includes(use) && line.ages.includes(age)));
    return [...new Set(found)].flatMap(usable);
  }

  /**
   * Give a situation by dimension; a value that no rule knows is a mistake of ours and throws.
   * @param {Situation} situation
   * @returns {Record<string, string>}
   */
  function valuesOf({ country, age, danger, paid }) {
    const values = { country: lines.has(country) ? country : ELSEWHERE, age, danger, paid };
    for (const [name, value] of Object.entries(values)) {
      if (!dimensions[name]?.includes(value)) {
        throw new RangeError(`${name} is not known to be ${value}`);
      }
    }
    return values;
  }
}

/**
 * @param {Conditions} when
 * @param {Record<string, string>} values
 */
function holds(when, values) {
  return Object.entries(when).every(([name, wanted]) => wanted.includes(values[name] ?? ""));
}

/**
 * Give a line with the ways that may be used; nothing when it had ways and none may be. An
 * emergency number always counts as checked. Any other way that nobody has read is not shown.
 * @param {Line} line
 * @returns {Line[]}
 */
function usable(line) {
  if (line.uses.includes("emergency")) {
    return [line];
  }
  const ways = line.ways.filter((way) => (way.grade ?? line.grade) !== "unchecked");
  return line.ways.length > 0 && ways.length === 0 ? [] : [{ ...line, ways }];
}
