// Walks through a conversation in small steps until the next tile is due or the end is reached, and
// says when the track was lost. How far a step went is read in the page (inject/steps.js).

import { pause } from "./looking.js";

/** @import { OpenPage } from "../browser/tabs.js" */
/** @import { Place } from "../inject/inject.js" */

/**
 * How long the end is waited at. A chat loads what is earlier when its top comes into sight, and a
 * slow server takes its time, often with nothing on the page that says so. How slow it is is learned
 * on the way: what came late once may come late again.
 * @typedef {object} Patience
 * @property {number} tries steps that lead nowhere, one after another, until it is the end
 * @property {number} wait milliseconds between them
 * @property {number} busyTries the same while the page itself says that it is loading
 * @property {number} unknown milliseconds that must have passed as well, while little is known of it
 */

/** @type {Record<"up" | "down", Patience>} */
const PATIENCE = {
  up: { tries: 8, wait: 300, busyTries: 60, unknown: 10_000 },
  down: { tries: 3, wait: 250, busyTries: 60, unknown: 1_000 },
};

/**
 * What is learned: after so many waits that ended with something, the longest of them times this is
 * waited, and no more than the most, in milliseconds.
 */
const LEARNED = { waits: 4, times: 5, most: 45_000 };
/**
 * What is learned of a list that brings what is earlier before its end is reached: after so many times,
 * each at least this share of the window, nobody had to wait for it, and so many milliseconds are enough.
 */
const IN_TIME = { times: 4, share: 0.5, wait: 5_000 };

/** The share of the window that one step goes. */
const STEP = 0.25;
/** The next tile is due when this share of the last one is out of sight. */
const DUE = 0.72;
/** More than this must not be: two tiles show something that both have. */
const FARTHEST = 0.95;
/** How long the page must rest between steps, and when it is looked for, in milliseconds. */
const QUIET = 40;
const LONG_QUIET = 150;
/**
 * How far back to look for what was seen before. A list that puts a batch of earlier messages in front
 * and then keeps its scrolling position has jumped over all of them.
 */
const LOOK_BACK = { share: 0.5, tries: 30 };

/**
 * @param {object} given
 * @param {OpenPage} given.page
 * @param {Partial<Patience>} given.patience instead of the usual one
 * @param {(place: Place) => Promise<void>} given.goOn answers when it may go on from a place
 * @param {() => void} given.lost something may be missing from here on
 */
export function makeTrack({ page, patience, goOn, lost }) {
  let losses = 0;
  /** How often something came late, and how late at most, in milliseconds. */
  const late = { waits: 0, longest: 0 };
  /** How often something came before it was waited for. */
  let inTime = 0;

  /** How long to wait where nothing comes. @param {number} unknown */
  function enough(unknown) {
    const learned = Math.min(late.longest * LEARNED.times, LEARNED.most);
    if (late.waits >= LEARNED.waits) {
      return learned;
    }
    const usual = inTime < IN_TIME.times ? unknown : Math.min(unknown, IN_TIME.wait);
    return Math.max(usual, learned);
  }

  /** @param {number} direction */
  function rebase(direction) {
    losses += 1;
    lost();
    return page.rebase(direction);
  }

  /**
   * Step, and look around when nothing is in sight that was seen before.
   * @param {number} share
   * @returns {Promise<Place>}
   */
  async function step(share) {
    const place = await page.step(share, QUIET);
    return place.moved === null ? lookAround(Math.sign(share)) : place;
  }

  /**
   * Find what was seen before.
   * @param {number} sign the way it went, up is negative
   * @returns {Promise<Place>}
   */
  async function lookAround(sign) {
    let place = await page.lookWhere(LONG_QUIET);
    for (let tries = 0; place.moved === null && tries < LOOK_BACK.tries; tries += 1) {
      await goOn(place);
      place = await page.step(-sign * LOOK_BACK.share, LONG_QUIET);
    }
    return place.moved === null ? rebase(sign) : place;
  }

  /**
   * Go back when a list jumped so far that the next tile would not join the last one.
   * @param {Place} far
   * @param {number} shotAt
   * @param {number} before how often the track had been lost when the last tile was taken
   */
  async function comeCloser(far, shotAt, before) {
    let place = far;
    for (let tries = 0; losses === before; tries += 1) {
      const away = (place.at - shotAt) / place.box.height;
      if (Math.abs(away) <= FARTHEST) {
        break;
      }
      if (tries === LOOK_BACK.tries) {
        return rebase(Math.sign(away));
      }
      await goOn(place);
      place = await step(-Math.sign(away) * Math.min(Math.abs(away) - DUE, LOOK_BACK.share));
    }
    return place;
  }

  /**
   * Say where it is when it moved by itself.
   * @param {"up" | "down"} way
   * @param {number | null} shotAt where the last tile lies
   */
  async function regain(way, shotAt) {
    const before = losses;
    const place = await lookAround(way === "up" ? -1 : 1);
    return shotAt === null ? place : comeCloser(place, shotAt, before);
  }

  /**
   * Walk until the next tile is due or nothing comes any more.
   * @param {"up" | "down"} way
   * @param {Place & { shotAt: number }} from shotAt: where the last tile lies
   * @returns {Promise<{ place: Place, edge: boolean }>} the edge is not the end while it loads
   */
  async function advance(way, from) {
    const { tries, wait, busyTries, unknown } = { ...PATIENCE[way], ...patience };
    const sign = way === "up" ? -1 : 1;
    const known = losses;
    let still = 0;
    let since = 0;
    /** @type {Place} */
    let place = from;
    for (;;) {
      if (Math.abs(place.at - from.shotAt) >= DUE * place.box.height) {
        return { place: await comeCloser(place, from.shotAt, known), edge: false };
      }
      await goOn(place);
      const [before, length] = [place.at, place.length];
      place = await step(sign * STEP);
      if (still === 0 && place.length - length >= IN_TIME.share * place.box.height) {
        inTime += 1;
      }
      if (Math.abs(place.at - before) > 1) {
        if (still > 0) {
          late.waits += 1;
          late.longest = Math.max(late.longest, performance.now() - since);
        }
        still = 0;
      } else {
        since = still === 0 ? performance.now() : since;
        still += 1;
        if (still >= (place.busy ? busyTries : tries)
          && performance.now() - since >= enough(unknown)) {
          return { place, edge: true };
        }
        await pause(wait);
        if (still % 3 === 0) {
          // A list that loads when it is scrolled must see some scrolling.
          await page.step(-sign * 0.05, QUIET);
        }
      }
    }
  }

  /**
   * Whether there is nothing more one way. It stays where it is.
   * @param {"up" | "down"} way
   */
  async function isAtEnd(way) {
    const sign = way === "up" ? -1 : 1;
    const start = (await page.lookWhere(QUIET)).at;
    for (let tries = 0; tries < 3; tries += 1) {
      const place = await step(sign * STEP);
      if (Math.abs(place.at - start) > 1) {
        await step((start - place.at) / place.box.height);
        return false;
      }
      await pause(150);
    }
    return true;
  }

  return { advance, isAtEnd, regain };
}
