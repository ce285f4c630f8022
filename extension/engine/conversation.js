// Saves a whole conversation: tile after tile from where the person is up to its beginning, then from
// there down to its end, each kept before the one after the next is taken.
//
// Where a chat keeps only a few messages alive, what was missed in scrolling is gone. So every step is
// small and tracked (inject/steps.js), a picture during which something moved is taken again, and
// where the track was lost the facts say: a gap. Memory holds one tile. The page is put back in every
// ending; when the panel is closed, the page does so itself.

import { HandrailError, codeOf } from "../core/errors.js";
import { canonicalBytes } from "../core/canonical.js";
import { makeCounter } from "./counting.js";
import {
  beginCapture, factsExhibit, factsOf, factsOfExhibit, pageExhibit, startOf, viewExhibit,
} from "./facts.js";
import { takeHidden } from "./hidden.js";
import { BROWSER_CLOCK, startLooking } from "./looking.js";
import { sizeOf } from "./picture.js";
import { makeTrack } from "./track.js";
import { takeTile } from "./tile.js";

/** @import { ChosenTab } from "../browser/storage.js" */
/** @import { OpenPage } from "../browser/tabs.js" */
/** @import { Place } from "../inject/inject.js" */
/** @import { Begun, ExhibitFacts } from "./facts.js" */
/** @import { Step } from "./hidden.js" */
/** @import { Clock, Doors, Looking } from "./looking.js" */
/** @import { Exhibit } from "./seal.js" */
/** @import { Patience } from "./track.js" */

/** More than this is taken in a second run. */
export const MAX_TILES = 3_000;

/** @typedef {{ step: Step, tiles: number, messages: number | null, earliest: string | null }} Progress */
/** @typedef {(capture: string, exhibits: readonly Exhibit[]) => Promise<void>} Keep */

/**
 * @typedef {object} ConversationWish
 * @property {"conversation"} [save]
 * @property {ChosenTab} tab
 * @property {Doors} doors
 * @property {Keep} keep answers when what it is given is durable
 * @property {AbortSignal | undefined} [signal] the person says: stop here and keep it
 * @property {(progress: Progress) => void} [tell]
 * @property {Clock} [clock]
 * @property {Partial<Patience>} [patience]
 * @property {number} [most] tiles
 */

/**
 * Save the conversation that a tab shows.
 * @param {ConversationWish} wish
 * @throws {HandrailError} before anything was kept: no-scroller, pictures-not-hidden,
 *   page-not-readable, permission-lost, tab-changed, page-changed, page-moves, capture-stopped or
 *   capture-failed. Afterwards a trouble ends the capture well, and the facts name it.
 */
export async function captureConversation({
  save = "conversation", tab, doors, keep, signal, tell = () => undefined, clock = BROWSER_CLOCK,
  patience = {}, most = MAX_TILES,
}) {
  const started = clock.now();
  const uptime = clock.uptime();
  const looking = startLooking({ tab, doors });
  try {
    await looking.goOn();
    const page = await doors.tabs.openPage(tab);
    const counter = makeCounter();
    const progress = { tiles: 0, ...numbersOf(counter) };
    /** @param {Step} step */
    const say = (step) => tell({ step, ...progress, ...numbersOf(counter) });
    try {
      const before = await page.read();
      if (!before.is_html) {
        throw new HandrailError("page-not-readable");
      }
      if (!await page.findScroller()) {
        throw new HandrailError("no-scroller");
      }
      stopIf(signal);
      const begun = beginCapture({ save, before, started, uptime, maker: doors.tabs.readMaker() });
      const { png, count } = await takeHidden(page, looking.look, say);
      say("text");
      const copy = await page.copy();
      stopIf(signal);
      const run = makeRun({
        page, looking, keep, signal, say, progress, counter, begun, patience, most, clock,
        first: [startOf(begun), viewExhibit(2, png), pageExhibit(3, copy)],
      });
      const ended = await run.go();
      const after = await page.read().catch(() => null);
      say("restoring");
      const facts = factsOf({
        begun, copy, clock,
        after: after ?? before,
        gone: after === null,
        picture: sizeOf(png),
        count: Math.max(count, run.pictures()),
        completeness: { ended, ...run.statement() },
        exhibits: run.exhibits(),
      });
      await keep(begun.capture, [factsExhibit(run.exhibits().length + 1, facts)]);
      return { facts };
    } finally {
      say("restoring");
      await page.restore();
    }
  } finally {
    looking.stop();
  }
}

/** @param {AbortSignal | undefined} signal */
function stopIf(signal) {
  if (signal?.aborted) {
    throw new HandrailError("capture-stopped");
  }
}

/** @param {ReturnType<typeof makeCounter>} counter */
function numbersOf({ messages, earliest }) {
  return { messages, earliest };
}

/**
 * The run through one conversation.
 * @param {object} given
 * @param {OpenPage} given.page
 * @param {Looking} given.looking
 * @param {Keep} given.keep
 * @param {AbortSignal | undefined} given.signal
 * @param {(step: Step) => void} given.say
 * @param {{ tiles: number }} given.progress
 * @param {ReturnType<typeof makeCounter>} given.counter
 * @param {Begun} given.begun
 * @param {Partial<Patience>} given.patience
 * @param {number} given.most
 * @param {Clock} given.clock
 * @param {readonly Exhibit[]} given.first what is kept before the first tile
 */
function makeRun({
  page, looking, keep, signal, say, progress, counter, begun, patience, most, clock, first,
}) {
  /** @type {ExhibitFacts[]} */
  const exhibits = [];
  /** @type {{ after_tile: number, after_message: number }[]} */
  const gaps = [];
  /** @type {{ top: "reached" | "not-reached", bottom: "reached" | "not-reached" }} */
  const ends = { top: "not-reached", bottom: "not-reached" };
  let [overlays, pictures, taken] = [0, 0, 0];
  let joined = true;
  /** @type {number | null} where the first tile lies on the scale of the page */
  let zero = null;
  /** @type {number | null} where the last tile lies; null: nowhere near */
  let lastAt = null;
  let markHeight = 0;
  let windowHeight = 0;
  /** @type {Promise<void>} the tile before this one, on its way to be kept */
  let keeping = Promise.resolve();

  const track = makeTrack({
    page, patience,
    async ready() {
      await ready();
    },
    lost() {
      joined = false;
      if (taken > 0) {
        gaps.push({ after_tile: taken, after_message: counter.messages });
      }
      counter.forget();
    },
  });

  /** Go on only in front of the person's eyes: a hidden tab shows nothing and gives no picture. */
  async function ready() {
    stopIf(signal);
    let waited = 0;
    while (!await looking.isBack() || (await page.isAway())) {
      if (waited === 0) {
        say("paused");
      }
      // The page stays hidden as long as it hears of us; a tab that is closed ends the run.
      await page.verify();
      await pause(300);
      waited += 1;
      stopIf(signal);
    }
    if (waited > 0) {
      say("tiles");
    }
  }

  /**
   * Take the tile that is in sight, and have it kept while the next one is looked for.
   * @param {Place} place
   * @param {"up" | "down"} way the run goes
   */
  async function shoot(place, way) {
    // The strip lies where the tile before covers the page, or the one after.
    const { box, edge } = partOf(place.box, windowHeight, markHeight, way === "down" || taken === 0);
    const { reading, png } = await inFront(() => (
      takeTile({ page, look: looking.look, box, edge, rows: true })));
    if (reading.at === null) {
      return false;
    }
    const at = clock.now();
    zero ??= reading.at + box.top;
    const top = Math.round(reading.at + box.top - zero);
    counter.add(reading.rows, top);
    overlays = Math.max(overlays, reading.overlays);
    pictures = Math.max(pictures, reading.hidden.count);
    taken += 1;
    const number = first.length + 2 * taken - 1;
    const record = {
      v: 1, capture: begun.capture, tile: number, at: at.toISOString(), box, top, joined,
      overlays: reading.overlays, pictures: reading.hidden.count, rows: reading.rows,
    };
    joined = true;
    lastAt = reading.at;
    const before = keeping;
    keeping = before.then(() => store(number, png, record));
    // Whoever waits for it later hears of a failure.
    keeping.catch(() => undefined);
    await before;
    return true;
  }

  /**
   * @param {number} number
   * @param {Promise<Uint8Array<ArrayBuffer>>} png
   * @param {object} record
   */
  async function store(number, png, record) {
    if (exhibits.length === 0) {
      await keep(begun.capture, first);
      exhibits.push(...await Promise.all(first.map(factsOfExhibit)));
    }
    /** @type {Exhibit[]} */
    const pair = [
      { number, kind: "tile", media_type: "image/png", bytes: await png },
      {
        number: number + 1, kind: "reading", media_type: "application/json",
        bytes: canonicalBytes(record),
      },
    ];
    const facts = await Promise.all(pair.map(factsOfExhibit));
    await keep(begun.capture, pair);
    exhibits.push(...facts);
    progress.tiles += 1;
    say("tiles");
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
   * Go one way until nothing comes any more.
   * @param {"up" | "down"} way
   */
  async function goAll(way) {
    for (;;) {
      const { place, edge } = await inFront(() => track.advance(way, lastAt));
      const isNew = lastAt === null || Math.abs(place.at - lastAt) > 1;
      if (isNew) {
        await shootSurely(place, way);
      }
      if (edge) {
        ends[way === "up" ? "top" : "bottom"] = "reached";
        return;
      }
    }
  }

  /** @param {Place} place @param {"up" | "down"} way */
  async function shootSurely(place, way) {
    if (taken >= most) {
      throw new HandrailError("limit");
    }
    let now = place;
    for (let tries = 0; tries < 4; tries += 1) {
      if (await shoot(now, way)) {
        return;
      }
      now = await inFront(() => page.lookWhere(150));
    }
    throw new HandrailError("lost-place");
  }

  async function goEverywhere() {
    markHeight = await page.markHeight();
    windowHeight = begun.before.height;
    await inFront(() => page.beginSteps());
    say("tiles");
    const atBottom = await inFront(() => track.isAtEnd("down"));
    await shootSurely(await inFront(() => page.lookWhere(120)), "up");
    const beginning = lastAt;
    if (atBottom) {
      ends.bottom = "reached";
    }
    await goAll("up");
    if (!atBottom) {
      await goDownFrom(beginning);
    }
  }

  /** Go on where the first tile was taken. @param {number | null} beginning */
  async function goDownFrom(beginning) {
    const back = await inFront(() => page.goBack());
    if (back.moved === null) {
      await track.giveUp("down");
    }
    lastAt = back.moved === null ? null : beginning;
    await goAll("down");
  }

  return {
    /** Answers how it ended. */
    async go() {
      /** @type {string} */
      let ended = "done";
      try {
        await goEverywhere();
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
    exhibits: () => exhibits,
    pictures: () => pictures,
    statement: () => ({
      ...ends, tiles: progress.tiles, messages: counter.messages,
      earliest: counter.earliest, latest: counter.latest, overlays_hidden: overlays, gaps,
    }),
  };
}

/**
 * Give the part of the window that a tile keeps, and the edge where the strip goes: beside the
 * conversation if there is room, otherwise at the cost of a few pixels that another tile has.
 * @param {import("../inject/inject.js").Box} whole what can be seen of the conversation
 * @param {number} windowHeight
 * @param {number} strip how high the strip is
 * @param {boolean} upper whether the few pixels may be the upper ones
 */
function partOf(whole, windowHeight, strip, upper) {
  const { left, width } = whole;
  const [top, bottom] = [whole.top, whole.top + whole.height];
  if (top >= strip) {
    return { box: { left, top, width, height: bottom - top }, edge: /** @type {const} */ ("top") };
  }
  if (bottom <= windowHeight - strip) {
    return { box: { left, top, width, height: bottom - top }, edge: /** @type {const} */ ("bottom") };
  }
  return upper
    ? { box: { left, top: strip, width, height: bottom - strip }, edge: /** @type {const} */ ("top") }
    : {
      box: { left, top, width, height: windowHeight - strip - top },
      edge: /** @type {const} */ ("bottom"),
    };
}

/** @param {number} milliseconds */
function pause(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}
