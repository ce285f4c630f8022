// Looks into a picture that the browser took: its size, and whether it shows the strip of
// inject/fresh-mark.js.

/** @import { MarkPlace } from "../inject/inject.js" */

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
 * Say whether a picture shows the strip.
 * @param {Uint8Array<ArrayBuffer>} png
 * @param {{ place: MarkPlace, bits: readonly number[] }} mark
 * @returns {Promise<boolean>}
 */
export async function showsMark(png, { place, bits }) {
  // The scale is that of the picture. devicePixelRatio is not: browsers scale pictures otherwise.
  const scale = sizeOf(png).width / place.windowWidth;
  const picture = await createImageBitmap(new Blob([png], { type: "image/png" }), {
    colorSpaceConversion: "none",
  });
  const canvas = new OffscreenCanvas(picture.width, 1);
  const paint = canvas.getContext("2d", { willReadFrequently: true });
  if (!paint) {
    return false;
  }
  paint.drawImage(picture, 0, -Math.round((place.top + place.height / 2) * scale));
  picture.close();
  const row = paint.getImageData(0, 0, canvas.width, 1).data;
  const cell = place.width / bits.length;
  return bits.every((bit, at) => {
    const green = row[Math.floor((place.left + (at + 0.5) * cell) * scale) * 4 + 1] ?? 0;
    return (green > 127 ? 1 : 0) === bit;
  });
}
