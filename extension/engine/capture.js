// Saves one view of a page: a picture with all imagery hidden, a copy of the text, and the facts.
//
// The order is the promise. Nothing is taken before everything is hidden and that is proved twice:
// by the computed style of every element, and by a mark that is on the screen. Every picture is
// checked again afterwards, and thrown away when anything could have been shown in between. The page
// is put back in every ending. Sealing and keeping are engine/seal.js and engine/outbox.js.

import { canonicalBytes } from "../core/canonical.js";
import { sha256Hex } from "../core/digest.js";
import { hexOf, utf8 } from "../core/bytes.js";
import { HandrailError } from "../core/errors.js";
import { freshBits, showsMark, sizeOf } from "./picture.js";

/** @import { OpenPage } from "../browser/tabs.js" */
/** @import { ChosenTab } from "../browser/storage.js" */
/** @import { PageReading } from "../inject/inject.js" */
/** @import { Exhibit } from "./seal.js" */

/** @typedef {typeof import("../browser/tabs.js")} Tabs */
/** @typedef {typeof import("../browser/screenshots.js")} Screenshots */
/** @typedef {{ now: () => Date, uptime: () => number }} Clock */
/** @typedef {"hiding" | "checking" | "picture" | "text" | "restoring"} Step */
/** @typedef {Awaited<ReturnType<typeof captureView>>["facts"]} Facts */

/**
 * @typedef {object} Wish
 * @property {ChosenTab} tab
 * @property {{ tabs: Tabs, screenshots: Screenshots }} doors
 * @property {AbortSignal} [signal] the person stops
 * @property {(step: Step) => void} [tell] what is being done now
 * @property {Clock} [clock]
 */

/** How often hiding is begun again before the view is refused. */
const ROUNDS = 3;
/** How many pictures may be older than the hiding before it is given up. */
const STALE_PICTURES = 16;

/** @type {Clock} */
const BROWSER_CLOCK = { now: () => new Date(), uptime: () => performance.now() };

/**
 * Take the view that a tab shows.
 * @param {Wish} wish
 * @throws {HandrailError} pictures-not-hidden, page-not-readable, permission-lost, tab-changed,
 *   page-changed, capture-stopped or capture-failed; then nothing was taken
 */
export async function captureView({
  tab, doors, signal, tell = () => undefined, clock = BROWSER_CLOCK,
}) {
  const { tabs, screenshots } = doors;
  const started = clock.now();
  const uptime = clock.uptime();
  const watch = tabs.watchTab(tab);

  /** Stop here if the person did, or if another tab came to the front. */
  async function goOn() {
    if (signal?.aborted) {
      throw new HandrailError("capture-stopped");
    }
    watch.check();
    await tabs.checkShown(tab);
  }

  /** Take a picture, and be sure of which tab it is. */
  async function look() {
    await goOn();
    const png = await screenshots.takePicture(tab.windowId);
    await goOn();
    return png;
  }

  try {
    await goOn();
    const page = await tabs.openPage(tab);
    try {
      const before = await page.read();
      if (!before.is_html) {
        throw new HandrailError("page-not-readable");
      }
      const { png, count } = await takeHidden(page, look, tell);
      tell("text");
      const copy = await page.copy();
      const after = await page.read();
      await goOn();
      const finished = clock.now();
      return await recordOf({
        before, after, png, copy, count, started, finished, uptime, maker: tabs.readMaker(),
      });
    } finally {
      tell("restoring");
      await page.restore();
    }
  } finally {
    watch.stop();
  }
}

/**
 * Take a picture of which it is proved that it shows no imagery.
 * @param {OpenPage} page
 * @param {() => Promise<Uint8Array<ArrayBuffer>>} look
 * @param {(step: Step) => void} tell
 */
async function takeHidden(page, look, tell) {
  for (let round = 0; round < ROUNDS; round += 1) {
    // 1. Hide, and prove it by computed style.
    tell("hiding");
    const hidden = await page.hide();
    if (hidden.faults > 0) {
      continue;
    }
    // 2. Prove that what is hidden is also what the screen shows: a later frame has the mark.
    tell("checking");
    const { mark, size } = await seeMark(page, look);
    await page.removeMark();
    // 3. Take the picture: a frame after that one, without the mark.
    tell("picture");
    const png = await seeNoMark(mark, look);
    // 4. Prove again that everything was hidden until now, and that the window kept its size; if
    //    not, the picture is thrown away.
    const still = await page.verify();
    const { width, height } = sizeOf(png);
    if (still.faults === 0 && width === size.width && height === size.height) {
      return { png, count: still.count };
    }
  }
  throw new HandrailError("pictures-not-hidden");
}

/** @typedef {{ bits: readonly number[], place: import("../inject/inject.js").MarkPlace }} Mark */

/**
 * Look until a picture shows the mark. It is placed anew for every look, because a window may change
 * its size meanwhile: the panel that just opened makes it narrower.
 * @param {OpenPage} page
 * @param {() => Promise<Uint8Array<ArrayBuffer>>} look
 */
async function seeMark(page, look) {
  const bits = freshBits();
  for (let again = 0; again < STALE_PICTURES; again += 1) {
    /** @type {Mark} */
    const mark = { bits, place: await page.showMark(bits) };
    const png = await look();
    if (await showsMark(png, mark)) {
      return { mark, size: sizeOf(png) };
    }
  }
  throw new HandrailError("pictures-not-hidden");
}

/**
 * Look until a picture shows the mark no more.
 * @param {Mark} mark
 * @param {() => Promise<Uint8Array<ArrayBuffer>>} look
 */
async function seeNoMark(mark, look) {
  for (let again = 0; again < STALE_PICTURES; again += 1) {
    const png = await look();
    if (!await showsMark(png, mark)) {
      return png;
    }
  }
  throw new HandrailError("pictures-not-hidden");
}

/**
 * Write down what was taken and how.
 * @param {object} taken
 * @param {PageReading} taken.before
 * @param {PageReading} taken.after
 * @param {Uint8Array<ArrayBuffer>} taken.png
 * @param {import("../inject/inject.js").PageCopy} taken.copy
 * @param {number} taken.count
 * @param {Date} taken.started
 * @param {Date} taken.finished
 * @param {number} taken.uptime
 * @param {ReturnType<Tabs["readMaker"]>} taken.maker
 */
async function recordOf({
  before, after, png, copy, count, started, finished, uptime, maker,
}) {
  const { source, cut } = sourceOf(before);
  /** @type {readonly Exhibit[]} */
  const taken = [
    { number: 1, kind: "view", media_type: "image/png", bytes: png },
    {
      number: 2, kind: "page", media_type: "text/html;charset=utf-8",
      bytes: utf8(copy.html.toWellFormed()),
    },
  ];
  const facts = {
    v: 1,
    capture: hexOf(crypto.getRandomValues(new Uint8Array(16))),
    save: "view",
    source,
    times: {
      started: started.toISOString(),
      finished: finished.toISOString(),
      zone: before.zone,
      offset_minutes: before.offset_minutes,
      uptime_ms: Math.round(uptime),
    },
    window: {
      width: after.width,
      height: after.height,
      page_width: after.page_width,
      page_height: after.page_height,
      scroll_x: after.scroll_x,
      scroll_y: after.scroll_y,
      // Browsers give 1.100000023841858 for a zoom of 110 %.
      device_pixel_ratio: String(Number(after.device_pixel_ratio.toFixed(6))),
    },
    picture: sizeOf(png),
    made_by: maker,
    pictures: { hidden: true, count, verified: true, shown: null },
    completeness: {
      reached: "view",
      overlays_hidden: 0,
      gaps: [],
      not_read: Object.entries({ ...copy.not_read, ...cut }).sort().map(([what, number]) => (
        { what, count: number })),
      page_changed: before.url !== after.url || before.title !== after.title,
    },
    exhibits: await Promise.all(taken.map(async ({ number, kind, media_type, bytes }) => (
      { number, kind, media_type, length: bytes.length, sha256: await sha256Hex(bytes) }))),
  };
  const record = {
    number: 3, kind: "facts", media_type: "application/json", bytes: canonicalBytes(facts),
  };
  return { facts, exhibits: /** @type {readonly Exhibit[]} */ ([...taken, record]) };
}

/** The most that a record may hold of each text; server/handrail/core/records.py says the same. */
const LONGEST = /** @type {const} */ ({
  url: 65_536, title: 4_096, referrer: 65_536, language: 100,
});

/**
 * Write down what the page says of itself: as it is, whole characters only, and no longer than a
 * record may be.
 * @param {PageReading} page
 */
function sourceOf(page) {
  /** @type {Record<string, number>} */
  const cut = {};
  /** @param {keyof typeof LONGEST} name */
  const text = (name) => {
    const longest = LONGEST[name];
    if (page[name].length > longest) {
      cut[`long-${name}`] = 1;
    }
    return page[name].slice(0, longest).toWellFormed();
  };
  const source = {
    url: text("url"),
    title: text("title"),
    referrer: text("referrer") || null,
    language: text("language") || null,
  };
  return { source, cut };
}
