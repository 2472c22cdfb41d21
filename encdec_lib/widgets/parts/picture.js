// A square picture of one dot a number, as wide as what it stands in.

import { ink, paintPixels, pixels } from "./pixels.js";

export const GREEN = [0, 158, 115]; // of attention, as in every figure of the book

/**
 * An empty picture of `side` × `side` dots; it sets its own layout.
 * @param {number} side
 * @param {import("./elements.js").Attributes} [attributes]
 */
export function picture(side, attributes = {}) {
  const node = pixels(side, side, attributes);
  node.style.cssText = "display:block;width:100%;aspect-ratio:1;image-rendering:pixelated";
  return node;
}

/**
 * A square picture as the address of an image, for a drawing; a dot a number.
 * @param {ArrayLike<number>} values row by row
 * @param {(value: number) => import("./pixels.js").Color} colorOf
 */
export function addressOf(values, colorOf) {
  const side = Math.sqrt(values.length);
  const node = pixels(side, side);
  paintPixels(node, values, colorOf);
  return node.toDataURL();
}

/**
 * The picture of a digit, dark on white.
 * @param {Float32Array} digit a square list of ink, 0 to 1
 * @param {import("./elements.js").Attributes} [attributes]
 */
export function digitPicture(digit, attributes = { "aria-hidden": "true" }) {
  const node = picture(Math.sqrt(digit.length), attributes);
  paintPixels(node, digit, ink);
  return node;
}
