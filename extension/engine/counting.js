// Counts messages while a conversation is taken, and remembers the earliest and the latest time that
// the page gave. Tiles overlap, so most rows are read more than once; only the last few readings are
// held. Which row is the same is said as in server/handrail/core/transcript.py, which makes the exact
// list from the readings; where a page moved between two of them the numbers may differ.

/** @import { Row } from "../inject/inject.js" */

const HELD = 4;
const NEAR = 4;

/** @typedef {{ id: number, top: number, height: number, text: string }} Held */
/** @typedef {{ top: number, text: string }} Dated */

/** @returns a counter of one capture */
export function makeCounter() {
  /** @type {Held[][]} */
  let held = [];
  /** The first one: the run comes back to it. @type {Held[][]} */
  let beginning = [];
  let messages = 0;
  /** @type {Record<"time" | "label", { first: Dated | null, last: Dated | null }>} */
  const dated = { time: { first: null, last: null }, label: { first: null, last: null } };

  /** @param {"time" | "label"} kind @param {Dated} found */
  function remember(kind, found) {
    const { first, last } = dated[kind];
    if (!first || found.top < first.top) {
      dated[kind].first = found;
    }
    if (!last || found.top > last.top) {
      dated[kind].last = found;
    }
  }

  return {
    /**
     * @param {readonly Row[]} rows
     * @param {number} top of the tile on the capture's own scale
     * @param {number} height of the tile
     */
    add(rows, top, height) {
      const before = [...beginning, ...held].flat();
      const now = rows.map(({ id, top: place, height: high, text }) => (
        { id, top: top + place, height: high, text }));
      rows.forEach(({ side, time, text }, at) => {
        const row = now[at];
        if (!row) {
          return;
        }
        const known = before.some((one) => (
          Math.abs(one.top - row.top) <= NEAR ? one.id === row.id || one.text === row.text
            // It moved in sight; or else the page uses its element again for the same words.
            : one.id === row.id && one.text === row.text
              && one.top - top > NEAR - one.height && one.top - top < height - NEAR));
        if (!known && side !== "middle") {
          messages += 1;
        }
        if (time) {
          remember("time", { top: row.top, text: time });
        } else if (side === "middle" && text !== "" && text.length <= 100) {
          remember("label", { top: row.top, text });
        }
      });
      beginning = beginning.length > 0 ? beginning : [now];
      held = [...held, now].slice(-HELD);
    },
    /** What was read before is on the other side of a gap. */
    forget() {
      [held, beginning] = [[], []];
    },
    get messages() {
      return messages;
    },
    get earliest() {
      return (dated.time.first ?? dated.label.first)?.text ?? null;
    },
    get latest() {
      return (dated.time.last ?? dated.label.last)?.text ?? null;
    },
  };
}
