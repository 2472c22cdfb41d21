// What the Vision Transformer looked at, for the page's engine, as in
// encdec_lib/analysis/rollout.py; the model itself is in models/images.js.

import { meanRow } from "./arithmetic.js";
import { cutImages } from "./layers/patches.js";
import { meanHead } from "./transformer.js";

/** @typedef {import("./types.js").AttentionMap} AttentionMap */
/** @typedef {import("./types.js").Encoded} Encoded */
/** @typedef {import("./types.js").Image} Image */

/**
 * The patches of a square image, as the model reads them.
 * @param {Image} image
 * @param {number} patch
 */
export function cut({ data, height, channels }, patch) {
  const patches = new Float32Array(data.length);
  cutImages(patches, data, 1, { side: height, patch, channels });
  return patches;
}

/**
 * Attention rollout: A_L ⋯ A_2 A_1 with A = r I + (1 − r) · (mean of the heads), T × T numbers.
 * @param {AttentionMap[]} maps
 */
export function rollout(maps, around = 0.5) {
  const T = maps[0].rows;
  /** @type {Float64Array | null} */
  let rolled = null;
  for (const map of maps) {
    const layer = Float64Array.from(
      meanHead(map),
      (weight, k) => (1 - around) * weight + (k % (T + 1) ? 0 : around),
    );
    rolled = rolled ? square(layer, rolled, T) : layer;
  }
  return Float32Array.from(rolled ?? []);
}

/**
 * The product of two T × T matrices.
 * @param {Float64Array} one
 * @param {Float64Array} other
 * @param {number} T
 */
function square(one, other, T) {
  const product = new Float64Array(T * T);
  for (let t = 0; t < T; t++) {
    for (let j = 0; j < T; j++) {
      const share = one[t * T + j];
      for (let s = 0; s < T; s++) product[t * T + s] += share * other[j * T + s];
    }
  }
  return product;
}

/**
 * Whose look the classifier reads, as M shares of the patches and the class token's own share of
 * itself: the row of the class token, or with mean pooling, of which own is null, the mean of the
 * rows. `how` is "last", the top layer's mean of heads, or "rollout".
 * @param {Pick<Encoded, "maps">} encoding
 * @param {{pool: string}} settings
 * @param {string} how
 * @returns {{own: number | null, shares: Float32Array}}
 */
export function looks({ maps = [] }, { pool }, how) {
  const all = how === "rollout" ? rollout(maps) : meanHead(maps[maps.length - 1]);
  const T = maps[0].rows;
  if (pool === "class") return { own: all[0], shares: all.slice(1, T) };
  return { own: null, shares: meanRow(all, T) };
}
