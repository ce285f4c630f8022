// The one picture that an adult may leave to be seen on a view (DESIGN D2): lets the person point at it
// while all pictures are hidden, and covers every other one a second time in what was taken.
//
// Which pictures can be pointed at, and whether it is still the same one, is inject/shown-picture.js.

import { HandrailError } from "../core/errors.js";
import { coverPlaces, openPicture } from "./picture.js";

/** @import { ChosenTab } from "../browser/storage.js" */
/** @import { OpenPage } from "../browser/tabs.js" */
/** @import { Pointed, Showing } from "../inject/inject.js" */
/** @import { Doors } from "./looking.js" */

/** Which rule is left out for a picture of its kind. @param {Pointed} pointed @returns {Showing} */
export function showingOf({ what }) {
  return what === "background" ? "background" : "img";
}

/**
 * Let the person point at one picture. Nothing is taken and nothing is shown.
 * @param {object} wish
 * @param {ChosenTab} wish.tab
 * @param {Pick<Doors, "tabs">} wish.doors
 * @param {AbortSignal} wish.signal the person thinks better of it
 * @returns {Promise<Pointed | null>} null: none
 * @throws {HandrailError} no-picture when none can be pointed at; pictures-not-hidden, page-changed,
 *   permission-lost, page-not-readable
 */
export async function pointAtPicture({ tab, doors: { tabs }, signal }) {
  const page = await tabs.openPage(tab);
  const cancel = () => page.stopPicking();
  signal.addEventListener("abort", cancel);
  try {
    if ((await page.hide("pointing")).faults > 0) {
      throw new HandrailError("pictures-not-hidden");
    }
    if (signal.aborted) {
      return null;
    }
    const { picture, found } = await page.pickPicture();
    if (found === 0) {
      throw new HandrailError("no-picture");
    }
    return picture;
  } finally {
    signal.removeEventListener("abort", cancel);
    await page.restore();
  }
}

/**
 * Paint over the places of all other pictures.
 * @param {OpenPage} page
 * @param {Uint8Array<ArrayBuffer>} png of the window
 */
export async function coverOthers(page, png) {
  const { shown, windowWidth, ...covered } = await page.readOtherPictures();
  if (shown === null) {
    throw new HandrailError("picture-gone");
  }
  const picture = await openPicture(png);
  try {
    return await coverPlaces(picture, windowWidth, covered, shown);
  } finally {
    picture.close();
  }
}
