// Dates of messages as a person reads them. A page gives a moment or a label of its own; a label is
// shown as it stands.

const MOMENT = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?$/;
/** Seconds or milliseconds since 1970, as data-timestamp has them. */
const COUNTED = /^\d{10}(?:\d{3})?$/;
const LONGEST_LABEL = 60;

/**
 * Give the day of a message in words; the year is left out where it is this year.
 * @param {string | null} untrusted_time as the page gives it
 * @param {string} language
 * @param {Date} now when it is read, or was saved
 * @returns {string} nothing where the page gives none
 */
export function dayOf(untrusted_time, language, now) {
  const given = untrusted_time?.trim() ?? "";
  const at = momentOf(given);
  if (at === null) {
    return given.length > LONGEST_LABEL ? `${given.slice(0, LONGEST_LABEL)}…` : given;
  }
  return new Intl.DateTimeFormat(language, {
    day: "numeric", month: "long",
    ...at.getFullYear() === now.getFullYear() ? {} : { year: "numeric" },
    // A date without a time is that date everywhere.
    ...given.length === 10 && !COUNTED.test(given) ? { timeZone: "UTC" } : {},
  }).format(at);
}

/** @param {string} given */
function momentOf(given) {
  if (COUNTED.test(given)) {
    return new Date(Number(given) * (given.length === 10 ? 1_000 : 1));
  }
  const at = MOMENT.test(given) ? new Date(given) : null;
  return at === null || Number.isNaN(at.valueOf()) ? null : at;
}
