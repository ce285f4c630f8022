// Saves what is longer than a window: tile after tile, each kept before the one after the next is
// taken. What is walked through, and how, is given: conversation.js, whole-page.js.
//
// First come a start, the view as it was, and the copy of the page; last the facts, which say how it
// ended and what is missing. Memory holds one tile. A trouble after the first kept tile ends the
// capture well, and the facts name it. The page is put back in every ending; when the panel is closed,
// the page does so itself.

import { HandrailError, codeOf } from "../core/errors.js";
import { canonicalBytes } from "../core/canonical.js";
import {
  beginCapture, exhibitOf, factsExhibit, factsOf, factsOfExhibit, pageExhibit, startOf,
} from "./facts.js";
import { takeHidden } from "./hidden.js";
import { BROWSER_CLOCK, pause, startLooking } from "./looking.js";
import { sizeOf } from "./picture.js";
import { takeTile } from "./tile.js";

/** @import { ChosenTab } from "../browser/storage.js" */
/** @import { OpenPage } from "../browser/tabs.js" */
/** @import { Box, MarkEdge, Place, TileReading } from "../inject/inject.js" */
/** @import { Begun, ExhibitFacts } from "./facts.js" */
/** @import { Step } from "./hidden.js" */
/** @import { Clock, Doors, Looking } from "./looking.js" */
/** @import { Tile } from "./merging.js" */
/** @import { Exhibit } from "./seal.js" */

/** @typedef {{ step: Step, tiles: number, messages: number | null, earliest: string | null }} Progress */
/** @typedef {(capture: string, exhibits: readonly Exhibit[]) => Promise<void>} Keep */

/**
 * @typedef {object} LongWish
 * @property {ChosenTab} tab
 * @property {Doors} doors
 * @property {Keep} keep answers when what it is given is durable
 * @property {AbortSignal | undefined} [signal] the person says: stop here and keep it
 * @property {(progress: Progress) => void} [tell]
 * @property {Clock} [clock]
 */

/**
 * Counts what is in the tiles that were kept.
 * @typedef {object} Counter
 * @property {(tile: Tile & { joined: boolean }) => void} add what was read on a tile
 * @property {() => readonly number[] | null} gaps how many messages lie above each gap
 * @property {number | null} messages
 * @property {string | null} earliest
 * @property {string | null} latest
 */

/**
 * How a kind of source is walked through.
 * @typedef {object} Walk
 * @property {"conversation" | "page"} save
 * @property {Counter} counter
 * @property {(page: OpenPage) => Promise<void>} find throws when there is nothing to walk through
 * @property {(run: Run) => Promise<void>} go takes tile after tile until there is no more
 */

/** What a walk is given. @typedef {ReturnType<typeof makeRun>} Run */

/**
 * Save something long.
 * @param {LongWish} wish
 * @param {Walk} walk
 * @throws {HandrailError} before anything was kept: pictures-not-hidden, page-not-readable,
 *   permission-lost, tab-changed, page-changed, page-moves, capture-stopped, capture-failed, or what
 *   `find` throws
 */
export async function captureLong({
  tab, doors, keep, signal, tell = () => undefined, clock = BROWSER_CLOCK,
}, walk) {
  const started = clock.now();
  const uptime = clock.uptime();
  const looking = startLooking({ tab, doors });
  try {
    await looking.goOn();
    const page = await doors.tabs.openPage(tab);
    const { counter } = walk;
    let tiles = 0;
    /** @param {Step} step @param {number} [kept] */
    const say = (step, kept = tiles) => {
      tiles = kept;
      tell({ step, tiles, messages: counter.messages, earliest: counter.earliest });
    };
    try {
      const before = await page.read();
      if (!before.is_html) {
        throw new HandrailError("page-not-readable");
      }
      await walk.find(page);
      stopIf(signal);
      const begun = beginCapture({
        save: walk.save, before, started, uptime, maker: doors.tabs.readMaker(),
      });
      const { png, count } = await takeHidden(page, looking.look, say);
      say("text");
      const copy = await page.copy();
      stopIf(signal);
      const run = makeRun({
        page, looking, keep, signal, say, counter, begun, clock,
        first: [startOf(begun), exhibitOf(2, "view", png), pageExhibit(3, copy)],
      });
      const ended = await run.toTheEnd(() => walk.go(run));
      const after = await page.read().catch(() => null);
      const facts = factsOf({
        begun, copy, clock,
        after: after ?? before,
        gone: after === null,
        picture: sizeOf(png),
        count: Math.max(count, run.pictures()),
        completeness: { ended, ...run.statement() },
        exhibits: run.exhibits,
      });
      await keep(begun.capture, [factsExhibit(run.exhibits.length + 1, facts)]);
      return { facts };
    } finally {
      say("restoring");
      await page.restore();
    }
  } finally {
    looking.stop();
  }
}

/**
 * One run: takes tiles, has them kept, and remembers what the facts will say.
 * @param {object} given
 * @param {OpenPage} given.page
 * @param {Looking} given.looking
 * @param {Keep} given.keep
 * @param {AbortSignal | undefined} given.signal
 * @param {(step: Step, kept?: number) => void} given.say
 * @param {Counter} given.counter
 * @param {Begun} given.begun
 * @param {Clock} given.clock
 * @param {readonly Exhibit[]} given.first what is kept before the first tile
 */
function makeRun({ page, looking, keep, signal, say, counter, begun, clock, first }) {
  /** @type {ExhibitFacts[]} */
  const exhibits = [];
  /** After how many tiles each gap lies. @type {number[]} */
  const gaps = [];
  /** @type {{ top: "reached" | "not-reached", bottom: "reached" | "not-reached" }} */
  const ends = { top: "not-reached", bottom: "not-reached" };
  let [overlays, pictures, taken, kept] = [0, 0, 0, 0];
  let [joined, broken] = [true, false];
  /** @type {number | null} where the first tile lies on the scale of the page */
  let zero = null;
  /** @type {Promise<void>} the tile before this one, on its way to be kept */
  let keeping = Promise.resolve();

  /** Go on only in front of the person's eyes: a hidden tab shows nothing and gives no picture. */
  async function ready() {
    stopIf(signal);
    let waited = false;
    while (!await looking.isBack() || await page.isAway()) {
      if (!waited) {
        say("paused");
        waited = true;
      }
      // The page stays hidden as long as it hears of us; a tab that is closed ends the run.
      await page.verify();
      await pause(300);
      stopIf(signal);
    }
    if (waited) {
      say("tiles");
    }
  }

  /**
   * Do something that needs the tab in front; do it again when the person was elsewhere meanwhile.
   * @template T
   * @param {() => Promise<T>} action
   * @returns {Promise<T>}
   */
  async function inFront(action) {
    for (;;) {
      await ready();
      try {
        return await action();
      } catch (thrown) {
        if (codeOf(thrown, "capture-failed") !== "tab-changed") {
          throw thrown;
        }
      }
    }
  }

  /**
   * Take the tile that is in sight, and have it kept while the next one is looked for.
   * @param {object} wish
   * @param {Box} wish.box
   * @param {MarkEdge} wish.edge
   * @param {Box | null} [wish.sheet] what to take a picture of instead of the window
   * @param {readonly Box[]} [wish.parts] the tiles in the box, without rows; else it is one
   * @param {boolean} wish.rows
   * @param {(reading: TileReading) => number | null} wish.placeOf where the window is on the scale of
   *   the page; null when that cannot be told, and then nothing is taken
   * @param {number} [wish.over] how much is hidden that lay over it, when rows are not read
   */
  async function take({ box, edge, sheet = null, rows, placeOf, over = 0, parts = [box] }) {
    const { reading, pngs } = await inFront(() => (
      takeTile({ page, look: looking.look, box, edge, sheet, rows, parts })));
    const place = placeOf(reading);
    if (place === null) {
      return false;
    }
    const hidden = Math.max(over, reading.overlays);
    overlays = Math.max(overlays, hidden);
    pictures = Math.max(pictures, reading.hidden.count);
    const before = keeping;
    const at = clock.now().toISOString();
    pngs.forEach((png, index) => {
      const part = parts[index] ?? box;
      zero ??= place + part.top;
      const top = Math.round(place + part.top - zero);
      taken += 1;
      const number = first.length + 2 * taken - 1;
      const record = {
        v: 1, capture: begun.capture, tile: number, at, box: part, top, joined, overlays: hidden,
        pictures: reading.hidden.count, rows: reading.rows,
      };
      joined = true;
      keeping = keeping.then(() => store(number, png, record));
      // Whoever waits for it later hears of a failure.
      keeping.catch(() => undefined);
      png.catch(() => undefined);
    });
    await before;
    return true;
  }

  /**
   * @param {number} number
   * @param {Promise<Uint8Array<ArrayBuffer>>} png
   * @param {Tile & { joined: boolean }} record
   */
  async function store(number, png, record) {
    if (exhibits.length === 0) {
      await keep(begun.capture, first);
      exhibits.push(...await Promise.all(first.map(factsOfExhibit)));
    }
    const pair = [
      exhibitOf(number, "tile", await png),
      exhibitOf(number + 1, "reading", canonicalBytes(record)),
    ];
    const facts = await Promise.all(pair.map(factsOfExhibit));
    await keep(begun.capture, pair);
    exhibits.push(...facts);
    if (!record.joined && kept > 0) {
      gaps.push(kept);
    }
    counter.add(record);
    kept += 1;
    say("tiles", kept);
  }

  return {
    page,
    begun,
    exhibits,
    inFront,
    /** Go on from a place, unless the person stopped; wait while the tab is hidden. @param {Place} place */
    async goOn(place) {
      stopIf(signal);
      if (place.away) {
        await ready();
      }
    },
    take,
    canTakeSheets: looking.canTakeSheets,
    taken: () => taken,
    pictures: () => pictures,
    hasGaps: () => broken,
    /** Whether the next tile lies on the other side of a gap. */
    isApart: () => !joined,
    /** There is nothing more on one side. @param {"top" | "bottom"} end */
    reach(end) {
      ends[end] = "reached";
    },
    /** Something may be missing before the next tile. If none comes, this is where it ended. */
    gap() {
      joined = false;
      broken ||= taken > 0;
    },
    /**
     * Walk, and answer how it ended.
     * @param {() => Promise<void>} go
     */
    async toTheEnd(go) {
      /** @type {string} */
      let ended = "done";
      try {
        await go();
      } catch (thrown) {
        ended = codeOf(thrown, "capture-failed");
        if (taken === 0) {
          throw thrown;
        }
      }
      try {
        await keeping;
      } catch (thrown) {
        ended = codeOf(thrown, "capture-failed");
        if (exhibits.length <= first.length) {
          throw thrown;
        }
      }
      return ended === "capture-stopped" ? "stopped" : ended;
    },
    statement() {
      const places = counter.gaps();
      return {
        ...ends, tiles: kept, messages: counter.messages,
        earliest: counter.earliest, latest: counter.latest, overlays_hidden: overlays,
        gaps: gaps.map((after, at) => ({ after_tile: after, after_message: places?.[at] ?? null })),
      };
    },
  };
}

/** @param {AbortSignal | undefined} signal */
function stopIf(signal) {
  if (signal?.aborted) {
    throw new HandrailError("capture-stopped");
  }
}
