// Which crisis lines to show: by the country that the clock's time zone suggests, or the one chosen.
//
// The rows are data in shared/helplines/first.json, each with its source and the day it was checked.
// The guess is only a first offer: it is always shown and can always be changed.

/**
 * @typedef {object} Way
 * @property {"call" | "text" | "web"} by
 * @property {string} to the number or address as it is dialled or opened
 * @property {string} shown the number or address as it is read
 * @property {string} [body] the word to send
 */

/**
 * @typedef {object} Line
 * @property {string} id
 * @property {"emergency" | "crisis" | "child" | "directory"} purpose
 * @property {string} name
 * @property {readonly Way[]} ways
 * @property {boolean} [note] there is something to know before calling
 */

/**
 * @typedef {object} Country
 * @property {string} id ISO 3166-1 alpha-2, or "other"
 * @property {readonly string[]} zones
 * @property {readonly Line[]} lines
 */

/** @typedef {{ countries: readonly Country[] }} Helplines */

/** The country id for everywhere that has no rows of its own. */
export const ELSEWHERE = "other";

/**
 * Guess the country from the time zone of the computer.
 * @param {Helplines} helplines
 * @param {string | undefined} zone an IANA name, "Europe/London"
 * @returns {string} a country id
 */
export function guessCountry(helplines, zone) {
  const found = helplines.countries.find(({ zones }) => zones.some(
    (name) => zone === name || (name.endsWith("/") && zone?.startsWith(name)),
  ));
  return found?.id ?? ELSEWHERE;
}

/**
 * Give a country's rows, or the ones for everywhere.
 * @param {Helplines} helplines
 * @param {string} id
 * @returns {Country}
 */
export function countryOf(helplines, id) {
  const country = helplines.countries.find((one) => one.id === id)
    ?? helplines.countries.find((one) => one.id === ELSEWHERE);
  if (country === undefined) {
    throw new RangeError("the helplines have no rows for everywhere else");
  }
  return country;
}
