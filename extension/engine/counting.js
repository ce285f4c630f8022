// Counts messages while a conversation is taken, remembers the earliest and the latest time that the
// page gave, and says after how many messages from the top each gap lies. What is one message is
// decided in merging.js.

import { makeRun } from "./merging.js";

/** @import { Tile } from "./merging.js" */

/** @typedef {{ top: number, text: string }} Dated */

/** @returns a counter of one capture */
export function makeCounter() {
  /** What is joined, in the order of the capture. @type {ReturnType<typeof makeRun>[]} */
  const runs = [];
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
    /** @param {Tile & { joined: boolean }} tile in the order of the capture */
    add(tile) {
      let run = runs.at(-1);
      if (!run || !tile.joined) {
        run = makeRun();
        runs.push(run);
      }
      const start = run.add(tile);
      for (const { side, time, text, top } of tile.rows) {
        if (time) {
          remember("time", { top: start + top, text: time });
        } else if (side === "middle" && text !== "" && text.length <= 100) {
          remember("label", { top: start + top, text });
        }
      }
    },
    /**
     * Say how many messages lie above each gap, the gaps in the order of the capture. Each run after
     * the first brought one: at its end if it lies above the first run, else at its beginning.
     */
    gaps() {
      const order = [...runs].sort((a, b) => a.first - b.first);
      const above = order.indexOf(/** @type {typeof order[number]} */ (runs[0]));
      return runs.slice(1).map((run) => {
        const place = order.indexOf(run);
        return sum(order.slice(0, place < above ? place + 1 : place));
      });
    },
    get messages() {
      return sum(runs);
    },
    get earliest() {
      return (dated.time.first ?? dated.label.first)?.text ?? null;
    },
    get latest() {
      return (dated.time.last ?? dated.label.last)?.text ?? null;
    },
  };
}

/** @param {readonly { messages: number }[]} runs */
function sum(runs) {
  return runs.reduce((before, { messages }) => before + messages, 0);
}
