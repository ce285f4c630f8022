// Takes one tile: a part of the window, in a picture of which it is proved that it shows no imagery.
// Where the browser gives a picture of what the window does not show, several are cut out of one.
//
// One look a tile. The strip of inject/fresh-mark.js is in that very picture, with bits that nobody
// could foresee, at the edge of the window and outside the part that is kept. Before the look
// everything is hidden again, after it everything is checked again; and when the window shows other
// words in other places than before, the picture is thrown away. As a second belt, the places of
// pictures are painted grey. What a tile is for is decided in conversation.js and whole-page.js.

import { HandrailError } from "../core/errors.js";
import { cutOut, freshBits, hasMark, openPicture } from "./picture.js";

/** @import { OpenPage } from "../browser/tabs.js" */
/** @import { Box, MarkEdge, PicturePlaces, TileReading } from "../inject/inject.js" */
/** @import { Look } from "./looking.js" */

/** How often a tile is taken again before it is given up. */
const PATIENCE = 12;
/** How often of these because something moved. */
const MOVES = 6;

/**
 * @typedef {object} Tile
 * @property {Promise<Uint8Array<ArrayBuffer>>[]} pngs the parts, once they are cut out
 * @property {TileReading} reading what the window showed in it
 */

/**
 * Take a tile of the window as it stands.
 * @param {object} wish
 * @param {OpenPage} wish.page already hidden by hide()
 * @param {Look} wish.look
 * @param {Box} wish.box the part to keep, without the place of the strip
 * @param {MarkEdge} wish.edge where the strip goes: the part must not reach so far
 * @param {Box | null} [wish.sheet] a part of the page to take a picture of instead of the window;
 *   the page must be at its beginning then
 * @param {boolean} [wish.rows] whether the messages in it are read as well
 * @param {readonly Box[]} [wish.parts] what to cut out of the box, each a picture of its own
 * @returns {Promise<Tile>}
 * @throws {HandrailError} pictures-not-hidden, page-moves, or what the browser refused
 */
export async function takeTile({
  page, look, box, edge, sheet = null, rows = false, parts = [box],
}) {
  let code = "pictures-not-hidden";
  let moves = 0;
  for (let again = 0; again < PATIENCE && moves < MOVES; again += 1) {
    const bits = freshBits();
    const before = await page.beforeTile({ bits, edge, box, rows });
    if (before.hidden.faults > 0) {
      code = "pictures-not-hidden";
      continue;
    }
    const png = await look(sheet);
    const [reading, picture] = await Promise.all([
      page.afterTile({ box, rows }), openPicture(png)]);
    const width = sheet ? widthOf(sheet, picture) : before.place.windowWidth;
    const onPicture = from(sheet);
    const place = { ...onPicture(before.place), windowWidth: width };
    const fresh = hasMark(picture, { bits, place });
    if (reading.hidden.faults === 0 && fresh && reading.sight === before.sight) {
      const { places, words } = reading.pictures;
      const covered = { places: places.map(onPicture), words: words.map(onPicture) };
      return { reading, pngs: cutAll(picture, width, parts.map(onPicture), covered) };
    }
    picture.close();
    const moved = reading.hidden.faults === 0 && reading.sight !== before.sight;
    moves += moved ? 1 : 0;
    // A strip that is missing from the picture of a page that moves was moved out of it.
    code = reading.hidden.faults === 0 && moves > 0 ? "page-moves" : "pictures-not-hidden";
  }
  throw new HandrailError(code);
}

/**
 * Cut out one part after the other, and close the picture.
 * @param {ImageBitmap} picture
 * @param {number} width
 * @param {readonly Box[]} parts
 * @param {PicturePlaces} covered
 */
function cutAll(picture, width, parts, covered) {
  /** @type {Promise<unknown>} */
  let before = Promise.resolve();
  const pngs = parts.map((part) => {
    const png = before.then(() => cutOut(picture, width, part, covered));
    before = png;
    return png;
  });
  before.catch(() => undefined).finally(() => picture.close());
  return pngs;
}

/**
 * How wide a sheet is at the scale of its picture. A picture has whole pixels only, and the error of a
 * side is the smaller the longer the side is: at the foot of a high sheet it would be some pixels.
 * @param {Box} sheet
 * @param {{ width: number, height: number }} picture
 */
function widthOf(sheet, picture) {
  return sheet.height > sheet.width ? picture.width * sheet.height / picture.height : sheet.width;
}

/** Give the place of something on a picture that begins elsewhere. @param {Box | null} sheet */
function from(sheet) {
  /** @type {<Place extends Box>(place: Place) => Place} */
  return (place) => (
    { ...place, left: place.left - (sheet?.left ?? 0), top: place.top - (sheet?.top ?? 0) });
}
