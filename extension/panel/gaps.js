// Where the gaps of a save lie, as a person counts: after which message from the top. A save without
// messages has pictures: then it is after which picture, in the order in which they are listed.
//
// server/handrail/core/gaps.py says the same in the dashboard and in the package.

/** @import { Completeness } from "./summary.js" */

/**
 * Give the places of all gaps, each once and from the top; 0 lies before the first message.
 * @param {Completeness} said
 * @returns {{ unit: "message" | "picture", places: number[] }}
 */
export function gapsOf({ gaps, messages }) {
  const after = gaps.map(({ after_message }) => after_message);
  const counted = after.filter((place) => place !== null);
  return messages && counted.length === after.length
    ? { unit: "message", places: inOrder(counted) }
    : { unit: "picture", places: inOrder(gaps.map(({ after_tile }) => after_tile)) };
}

/** @param {readonly number[]} places */
function inOrder(places) {
  return [...new Set(places)].sort((a, b) => a - b);
}
