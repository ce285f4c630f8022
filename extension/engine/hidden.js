// Takes a picture of which it is proved that it shows no imagery.
//
// Nothing is taken before everything is hidden and that is proved twice: by the computed style of
// every element, and by a mark that is on the screen. The picture is checked again afterwards, and
// thrown away when anything could have been shown in between.

import { HandrailError } from "../core/errors.js";
import { coverOthers } from "./one-picture.js";
import { freshBits, showsMark, sizeOf } from "./picture.js";

/** @import { OpenPage } from "../browser/tabs.js" */
/** @import { Look } from "./looking.js" */
/** @import { HidingReport, Showing } from "../inject/inject.js" */
/** @import { Mark } from "./picture.js" */

/** @typedef {"hiding" | "checking" | "picture" | "text" | "tiles" | "paused" | "restoring"} Step */

/** How often hiding is begun again before the picture is refused. */
const ROUNDS = 3;
/** How many pictures may be older than the hiding before it is given up. */
const STALE_PICTURES = 16;

/**
 * Hide all imagery, and take the whole window.
 * @param {OpenPage} page
 * @param {Look} look
 * @param {(step: Step) => void} tell
 * @param {Showing | null} [showing] the kind of the one picture that is left to be seen
 * @returns {Promise<{ png: Uint8Array<ArrayBuffer>, count: number }>}
 */
export async function takeHidden(page, look, tell, showing = null) {
  for (let round = 0; round < ROUNDS; round += 1) {
    // 1. Hide, and prove it by computed style.
    tell("hiding");
    const hidden = await page.hide(showing);
    stopIfGone(hidden);
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
    stopIfGone(still);
    const { width, height } = sizeOf(png);
    if (still.faults === 0 && width === size.width && height === size.height) {
      return { png: showing ? await coverOthers(page, png) : png, count: still.count };
    }
  }
  throw new HandrailError("pictures-not-hidden");
}

/** Show nothing in the place of a picture that is another one by now. @param {HidingReport} report */
function stopIfGone({ holds }) {
  if (!holds) {
    throw new HandrailError("picture-gone");
  }
}

/**
 * Look until a picture shows the mark. It is placed anew for every look, because a window may change
 * its size meanwhile: the panel that just opened makes it narrower.
 * @param {OpenPage} page
 * @param {Look} look
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
 * @param {Look} look
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
