// Saves a whole conversation: from where the person is up to its beginning, then from there down to
// its end. A person may have begun in the middle.
//
// Where a chat keeps only a few messages alive, what was missed in scrolling is gone. So every step is
// small and tracked (track.js), and where the track was lost the facts say: a gap. Taking and keeping
// is long.js, one tile is tile.js.

import { HandrailError } from "../core/errors.js";
import { makeCounter } from "./counting.js";
import { captureLong } from "./long.js";
import { makeTrack } from "./track.js";

/** @import { Box, MarkEdge, Place } from "../inject/inject.js" */
/** @import { LongWish, Run } from "./long.js" */
/** @import { Patience } from "./track.js" */

/** More than this is taken in a second run. */
const MAX_TILES = 3_000;

/** How often a tile is tried that does not lie where it should, or nobody knows where. */
const TRIES = 4;
/** How long the page must rest before the first tile, in milliseconds. */
const FIRST_REST = 120;

/** @typedef {"up" | "down"} Way */

/**
 * Save the conversation that a tab shows.
 * @param {LongWish & { patience?: Partial<Patience>, most?: number }} wish most: tiles
 * @throws {HandrailError} no-scroller, frame-chat, or what captureLong throws
 */
export function captureConversation({ patience = {}, most = MAX_TILES, ...wish }) {
  return captureLong(wish, {
    save: "conversation",
    counter: makeCounter(),
    async find(page) {
      if (!await page.findScroller()) {
        throw new HandrailError(await page.isFrame() ? "frame-chat" : "no-scroller");
      }
    },
    async go(run) {
      try {
        await goEverywhere(run, patience, most);
      } finally {
        // Back to where the person was; the page has gone when it cannot.
        if (run.taken() > 0) {
          await run.page.goBack().catch(() => undefined);
        }
      }
    },
  });
}

/**
 * @param {Run} run
 * @param {Partial<Patience>} patience
 * @param {number} most
 */
async function goEverywhere(run, patience, most) {
  const { page } = run;
  const track = makeTrack({
    page, patience, goOn: (place) => run.goOn(place), lost: () => run.gap(),
  });
  const sizes = { window: run.begun.before.height, strip: await page.markHeight() };

  await run.inFront(() => page.beginSteps());
  const atEnd = await run.inFront(() => track.isAtEnd("down"));
  const start = await run.inFront(() => page.lookWhere(FIRST_REST));
  const begun = await takeSurely(start, "up");
  if (atEnd) {
    run.reach("bottom");
  }
  await goAll("up", begun);
  if (atEnd) {
    return;
  }
  const back = await run.inFront(() => page.goBack());
  if (back.moved === null) {
    run.gap();
    await goAll("down", await takeSurely(await page.rebase(1), "down"));
  } else if (run.hasGaps()) {
    // The last tile is not joined to the beginning. A joined tile would be taken for its neighbour.
    run.gap();
    await goAll("down", await takeSurely(back, "down"));
  } else {
    await goAll("down", { ...back, shotAt: begun.shotAt });
  }

  /**
   * Go one way until nothing comes any more. What still says that it is loading is not the end.
   * @param {Way} way
   * @param {Place & { shotAt: number }} from shotAt: where the last tile lies
   */
  async function goAll(way, from) {
    let at = from;
    for (;;) {
      const here = at;
      const { place, edge } = await run.inFront(() => track.advance(way, here));
      if (Math.abs(place.at - here.shotAt) > 1) {
        if (run.taken() >= most) {
          throw new HandrailError("limit");
        }
        at = await takeSurely(place, way, here.shotAt);
      }
      if (edge) {
        if (!place.busy) {
          run.reach(way === "up" ? "top" : "bottom");
        }
        return;
      }
    }
  }

  /**
   * Take the tile that is in sight.
   * @param {Place} place
   * @param {Way} way
   * @param {number | null} [before] where the tile before lies
   */
  async function takeSurely(place, way, before = null) {
    // The strip lies where the tile before shows the conversation already, or the next one will.
    const upper = way === "down" || run.taken() === 0;
    let now = place;
    for (let tries = 0; tries < TRIES; tries += 1) {
      /** @type {number | null} */
      let shotAt = null;
      const part = partOf(now.box, sizes.window, sizes.strip, upper);
      const isTaken = await run.take({
        ...part,
        rows: true,
        placeOf({ at }) {
          if (before !== null && at !== null && Math.abs(at - before) > part.box.height) {
            // It moved on just before the picture, and no part of the two tiles is the same.
            if (!run.isApart() && tries < TRIES - 1) {
              return null;
            }
            run.gap();
          }
          shotAt = at;
          return at;
        },
      });
      if (isTaken && shotAt !== null) {
        return { ...now, at: shotAt, shotAt };
      }
      now = await run.inFront(() => track.regain(way, before));
    }
    throw new HandrailError("lost-place");
  }
}

/**
 * Give the part of the window that a tile keeps, and the edge where the strip goes: beside the
 * conversation if there is room, otherwise at the cost of a few pixels that another tile has.
 * @param {Box} whole what can be seen of the conversation
 * @param {number} windowHeight
 * @param {number} strip how high the strip is
 * @param {boolean} upper whether the few pixels may be the upper ones
 * @returns {{ box: Box, edge: MarkEdge }}
 */
function partOf(whole, windowHeight, strip, upper) {
  const { left, top, width } = whole;
  const bottom = top + whole.height;
  if (top >= strip) {
    return { box: whole, edge: "top" };
  }
  if (bottom <= windowHeight - strip) {
    return { box: whole, edge: "bottom" };
  }
  return upper
    ? { box: { left, top: strip, width, height: bottom - strip }, edge: "top" }
    : { box: { left, top, width, height: windowHeight - strip - top }, edge: "bottom" };
}
