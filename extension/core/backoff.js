// How long the outbox waits before it tries again: half a second, then twice as long each time, a
// minute at most. Pure: the clock and the chance are given.

const FIRST = 500;
/** The longest wait, in milliseconds. */
export const LONGEST = 60_000;

/**
 * Give the milliseconds to wait after a number of failed tries.
 *
 * The wait is somewhere between half and all of the step, so that several windows do not knock at
 * the same moment.
 * @param {number} tries 1 or more
 * @param {number} chance from 0 up to, not including, 1
 * @returns {number}
 */
export function waitAfter(tries, chance) {
  const step = Math.min(LONGEST, FIRST * 2 ** Math.min(tries - 1, 20));
  return Math.round(step / 2 + (step / 2) * chance);
}
