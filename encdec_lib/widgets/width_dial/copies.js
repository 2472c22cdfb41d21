// What the autoencoders of all widths make of one image.

import { sigmoid } from "../../web/engine/arithmetic.js";
import { loadModel } from "../../web/engine/engine.js";

/** @typedef {{vector: Float32Array, pixels: Float32Array, error: number}} Copy */

/**
 * The root of the mean squared difference of two images, 0 to 1.
 * @param {Float32Array} one
 * @param {Float32Array} other
 */
function difference(one, other) {
  const sum = one.reduce((total, value, k) => total + (value - other[k]) ** 2, 0);
  return Math.sqrt(sum / one.length);
}

/**
 * A function that copies an image with every model. `byHand` is an H that the reader has set for
 * one of them, instead of the image's own.
 * @param {import("../../web/engine/types.js").Exported[]} exported models
 * @param {number} side
 * @returns {(image: Float32Array, byHand: {model: number, vector: number[]} | null) => Copy[]}
 */
export function copier(exported, side) {
  const models = exported.map((one) => loadModel(one));
  return (image, byHand) =>
    models.map((model, k) => {
      const own = byHand?.model === k ? { M: 1, vectors: Float32Array.from(byHand.vector) } : null;
      const source = { data: image, height: side, width: side, channels: 1 };
      const encoding = own ?? model.encode(source);
      const pixels = model.paint(encoding).data.map(sigmoid);
      return { vector: encoding.vectors, pixels, error: difference(pixels, image) };
    });
}

/**
 * An error in words: 31%, and 3.1% where it is small.
 * @param {number} share
 */
export const percent = (share) => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)}%`;
