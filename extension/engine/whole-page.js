// Saves a whole page: from its top down to its bottom, or as far as a page that never ends is followed.
//
// Firefox gives a picture of any part of a page, so there the page is loaded once and taken in sheets
// of a few tiles each.
// Elsewhere it is scrolled, and where a tile lies is the scrolling position. What sticks to the window
// is put back in its place or hidden, so that it does not lie over every tile; the view, which is kept
// first, shows it. Taking and keeping is long.js.

import { HandrailError } from "../core/errors.js";
import { captureLong } from "./long.js";

/** @import { Box, MarkEdge, PagePlace } from "../inject/inject.js" */
/** @import { LongWish, Run } from "./long.js" */

/** How far down a page is followed, in CSS pixels. */
const LONGEST_PAGE = 40_000;

/** How high a tile is that is not bound to the window, in CSS pixels. */
const HIGH = 1_600;

/** How many of them are cut out of one picture at most, and how many pixels such a picture has. */
const TOGETHER = 5;
const PIXELS = 12_000_000;

/** How often a tile is tried of a page that does not stay where it was put. */
const TRIES = 4;

/** What two tiles both show, in CSS pixels: a line and a half, so that no line is in neither. */
const OVERLAP = 40;

/** A page has no messages. */
const NOTHING_COUNTED = Object.freeze({
  add: () => undefined, gaps: () => null, messages: null, earliest: null, latest: null,
});

/**
 * Save the whole page that a tab shows.
 * @param {LongWish & { longest?: number }} wish longest: in CSS pixels
 * @throws {HandrailError} what captureLong throws
 */
export function captureWholePage({ longest = LONGEST_PAGE, ...wish }) {
  return captureLong(wish, {
    save: "page",
    counter: NOTHING_COUNTED,
    find: async () => undefined,
    async go(run) {
      const strip = await run.page.markHeight();
      const place = await run.inFront(() => run.page.beginPage());
      const scrolls = place.height > place.box.height;
      await (run.canTakeSheets && place.document && scrolls
        ? takeSheets(run, longest, strip) : goDown(run, longest, strip));
    },
  });
}

/**
 * Take the page sheet after sheet, as it lies.
 * @param {Run} run
 * @param {number} longest
 * @param {number} strip
 */
async function takeSheets(run, longest, strip) {
  const place = await run.inFront(() => run.page.loadAll(longest));
  const end = Math.min(place.height, longest);
  const { left, width } = place.box;
  const scale = run.begun.before.device_pixel_ratio;
  const together = Math.floor(PIXELS / (width * HIGH * scale * scale));
  const sheet = HIGH * Math.min(Math.max(1, together), TOGETHER);
  for (let top = 0; top < end;) {
    // The strip lies on the end of the sheet before; for the first one, below its own end.
    const height = Math.min(sheet, top === 0 ? end - strip : end - top);
    const box = { left, top, width, height };
    await run.take({
      box,
      edge: { below: top === 0 ? height : top - strip },
      sheet: { left, top: Math.max(0, top - strip), width, height: height + strip },
      parts: partsOf(box),
      rows: false, placeOf: () => 0, over: place.overlays,
    });
    run.reach("top");
    top += height;
  }
  if (end < place.height) {
    throw new HandrailError("limit");
  }
  run.reach("bottom");
}

/** The tiles of a sheet, from its top down. @param {Box} sheet */
function partsOf(sheet) {
  const count = Math.ceil(sheet.height / HIGH);
  return Array.from({ length: count }, (_, at) => ({
    ...sheet, top: sheet.top + at * HIGH, height: Math.min(HIGH, sheet.height - at * HIGH),
  }));
}

/**
 * Scroll down, and take tile after tile.
 * @param {Run} run
 * @param {number} longest
 * @param {number} strip
 */
async function goDown(run, longest, strip) {
  const { page } = run;
  const windowHeight = run.begun.before.height;
  let place = await run.inFront(() => page.goTo(0));
  /** How far down the tiles reach. */
  let covered = await takeAt(run, place, partAbove(place, windowHeight, strip));
  run.reach("top");
  while (covered < place.height) {
    if (covered >= longest) {
      throw new HandrailError("limit");
    }
    const next = covered - OVERLAP - hiddenAbove(place, strip);
    place = await run.inFront(() => page.goTo(next));
    const reached = await takeAt(run, place, partBelow(place, strip));
    if (reached <= covered) {
      break; // The page became shorter, or what is left cannot be scrolled to.
    }
    covered = reached;
  }
  if (covered >= place.height - 1) {
    run.reach("bottom");
  }
}

/**
 * Take one tile, and say how far down it reaches on the page.
 * @param {Run} run
 * @param {PagePlace} place
 * @param {{ box: Box, edge: MarkEdge }} part
 */
async function takeAt(run, place, { box, edge }) {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const isTaken = await run.take({
      box, edge, rows: false, over: place.overlays,
      // A page that scrolls by itself is somewhere else by now.
      placeOf: ({ at }) => (at !== null && Math.abs(at - place.top) > 1 ? null : place.top),
    });
    if (isTaken) {
      return place.top + box.top + box.height - place.box.top;
    }
    await run.inFront(() => run.page.goTo(place.top));
  }
  throw new HandrailError("page-moves");
}

/**
 * The first tile: the strip lies below what is kept of it.
 * @param {PagePlace} place
 * @param {number} windowHeight
 * @param {number} strip
 */
function partAbove({ box }, windowHeight, strip) {
  const bottom = Math.min(box.top + box.height, windowHeight - strip);
  return { box: { ...box, height: bottom - box.top }, edge: /** @type {const} */ ("bottom") };
}

/**
 * Every other tile: the strip lies above, where the tile before has shown the page already.
 * @param {PagePlace} place
 * @param {number} strip
 */
function partBelow({ box }, strip) {
  const top = Math.max(box.top, strip);
  return {
    box: { ...box, top, height: box.top + box.height - top }, edge: /** @type {const} */ ("top"),
  };
}

/** How much of the scrolling part lies under the strip. @param {PagePlace} place @param {number} strip */
function hiddenAbove({ box }, strip) {
  return Math.max(0, strip - box.top);
}
