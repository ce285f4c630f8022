// Looks into a picture that the browser took: its size, whether it shows the strip of
// inject/fresh-mark.js, and a part of it as a picture of its own.

/** @import { Box, MarkPlace, PicturePlaces } from "../inject/inject.js" */

/** @typedef {{ bits: readonly number[], place: MarkPlace }} Mark */

/** What covers a picture on a tile, should it ever be seen. */
const GREY = "#808080";

/**
 * Read the size of a PNG from its first chunk (PNG, third edition, section 11.2.1).
 * @param {Uint8Array<ArrayBuffer>} png
 * @returns {{ width: number, height: number }} in pixels of the picture
 */
export function sizeOf(png) {
  const view = new DataView(png.buffer, png.byteOffset);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** Give fields in an order that nobody can foresee. */
export function freshBits() {
  const bits = [...crypto.getRandomValues(new Uint8Array(24))].map((byte) => byte & 1);
  // Never one plain bar, which a page could have there by itself.
  return bits.every((bit) => bit === bits[0]) ? bits.map((_, at) => at & 1) : bits;
}

/**
 * Open a picture to look into it. Whoever opens it also closes it.
 * @param {Uint8Array<ArrayBuffer>} png
 */
export function openPicture(png) {
  return createImageBitmap(new Blob([png], { type: "image/png" }), {
    colorSpaceConversion: "none",
  });
}

/**
 * Say whether a picture shows the strip.
 * @param {Uint8Array<ArrayBuffer>} png
 * @param {Mark} mark
 * @returns {Promise<boolean>}
 */
export async function showsMark(png, mark) {
  const picture = await openPicture(png);
  const shown = hasMark(picture, mark);
  picture.close();
  return shown;
}

/**
 * Say whether an open picture shows the strip.
 * @param {ImageBitmap} picture
 * @param {Mark} mark
 */
export function hasMark(picture, { place, bits }) {
  // The scale is that of the picture. devicePixelRatio is not: browsers scale pictures otherwise.
  const scale = picture.width / place.windowWidth;
  const canvas = new OffscreenCanvas(picture.width, 1);
  const paint = canvas.getContext("2d", { willReadFrequently: true });
  if (!paint) {
    return false;
  }
  paint.drawImage(picture, 0, -Math.round((place.top + place.height / 2) * scale));
  const row = paint.getImageData(0, 0, canvas.width, 1).data;
  const cell = place.width / bits.length;
  return bits.every((bit, at) => {
    const green = row[Math.floor((place.left + (at + 0.5) * cell) * scale) * 4 + 1] ?? 0;
    return (green > 127 ? 1 : 0) === bit;
  });
}

/**
 * Cut a part out of a picture, and cover places in it.
 * @param {ImageBitmap} picture of the whole window
 * @param {number} windowWidth in CSS pixels
 * @param {Box} box the part, in CSS pixels of the window
 * @param {PicturePlaces} covered places of the window that may show imagery
 * @returns {Promise<Uint8Array<ArrayBuffer>>} PNG
 */
export async function cutOut(picture, windowWidth, box, covered) {
  const scale = picture.width / windowWidth;
  const [left, top] = [Math.round(box.left * scale), Math.round(box.top * scale)];
  const width = Math.max(1, Math.round((box.left + box.width) * scale) - left);
  const height = Math.max(1, Math.round((box.top + box.height) * scale) - top);
  return paintCovered(picture, scale, { left, top, width, height }, [], covered);
}

/**
 * Cover places in a whole picture, and leave one as it is.
 * @param {ImageBitmap} picture of the whole window
 * @param {number} windowWidth in CSS pixels
 * @param {PicturePlaces} covered places of the window that may show imagery
 * @param {Box} shown
 * @returns {Promise<Uint8Array<ArrayBuffer>>} PNG
 */
export function coverPlaces(picture, windowWidth, covered, shown) {
  const whole = { left: 0, top: 0, width: picture.width, height: picture.height };
  return paintCovered(picture, picture.width / windowWidth, whole, [shown], covered);
}

/**
 * @param {ImageBitmap} picture
 * @param {number} scale
 * @param {Box} part in pixels of the picture
 * @param {readonly Box[]} shown
 * @param {PicturePlaces} covered
 */
async function paintCovered(picture, scale, { left, top, width, height }, shown, covered) {
  const canvas = new OffscreenCanvas(width, height);
  const paint = canvas.getContext("2d", { alpha: false });
  if (!paint) {
    throw new TypeError("no canvas");
  }
  paint.drawImage(picture, left, top, width, height, 0, 0, width, height);
  paint.fillStyle = GREY;
  for (const place of covered.places) {
    const { x, y, w, h } = inPixels(place, scale);
    paint.fillRect(x - left, y - top, w, h);
  }
  for (const place of [...shown, ...covered.words]) {
    const { x, y, w, h } = inPixels(place, scale);
    paint.drawImage(picture, x, y, w, h, x - left, y - top, w, h);
  }
  const png = await canvas.convertToBlob({ type: "image/png" });
  return new Uint8Array(await png.arrayBuffer());
}

/** The whole pixels that a part of the window has something of. @param {Box} box @param {number} scale */
function inPixels({ left, top, width, height }, scale) {
  const [x, y] = [Math.floor(left * scale), Math.floor(top * scale)];
  return {
    x, y, w: Math.ceil((left + width) * scale) - x, h: Math.ceil((top + height) * scale) - y,
  };
}
