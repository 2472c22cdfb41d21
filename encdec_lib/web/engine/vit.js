// The Vision Transformer for the page's engine (chapters 14 and 15): an image cut into patches, and
// the blocks of blocks.js over them. The same equations as in encdec_lib/layers/patches.py,
// models/vision_transformer.py and analysis/rollout.py, for one image at a time.
//
// An image is {data, height, width, channels}, row by row, channels last. P side of a patch, M
// patches, T = M + 1 vectors with a class token, D their width.

import { affine, meanRow } from "./arithmetic.js";
import { linear } from "./attention.js";
import { blocksOf, encoderBlock, layerNorm } from "./blocks.js";
import { meanHead } from "./transformer.js";

/** @typedef {import("./types.js").AttentionMap} AttentionMap */
/** @typedef {import("./types.js").Encoded} Encoded */
/** @typedef {import("./types.js").Image} Image */
/** @typedef {import("./types.js").ParameterMap} ParameterMap */

/**
 * Patches row by row; in each the pixels row by row, the channels of a pixel side by side.
 * @param {Image} image
 * @param {number} patch
 */
export function cut({ data, height, width, channels }, patch) {
  const down = height / patch,
    across = width / patch,
    line = patch * channels;
  const patches = new Float32Array(data.length);
  for (let i = 0, at = 0; i < down; i++) {
    for (let j = 0; j < across; j++) {
      for (let r = 0; r < patch; r++, at += line) {
        const start = ((i * patch + r) * width + j * patch) * channels;
        patches.set(data.subarray(start, start + line), at);
      }
    }
  }
  return patches;
}

/**
 * Chapter 14: a vector for each patch, after layers in which each looks at all; with a class token
 * it is the first of them. `maps` has who looked where, a map of transformer.js a layer.
 * @param {ParameterMap} P
 * @param {import("./types.js").ViTSettings} settings
 */
export function vitEncoder(P, settings) {
  const { side, patch, channels, epsilon } = settings,
    M = (side / patch) ** 2;
  const project = linear(P, "embed.project"),
    last = layerNorm(P, "norm", epsilon);
  const first = P.class_token?.data,
    places = P.positions?.data;
  const blocks = blocksOf(P, (path) => encoderBlock(P, path, settings));
  return (/** @type {Image} */ source) => {
    const { data, height, width, channels: C } = source;
    if (height !== side || width !== side || C !== channels || data.length !== side * side * C) {
      throw new Error(
        `this encoder reads images of ${side}×${side}×${channels} numbers; got ` +
          `${data?.length} numbers for ${height}×${width}×${C}`,
      );
    }
    const embedded = project(cut(source, patch), M),
      T = first ? M + 1 : M,
      maps = [];
    /** @type {Float32Array} */
    let x = embedded;
    if (first) {
      x = new Float32Array(first.length + embedded.length);
      x.set(first);
      x.set(embedded, first.length);
    }
    if (places) x = x.map((value, k) => value + places[k]);
    for (const block of blocks) {
      const layer = block(x, T);
      x = layer.x;
      maps.push(layer.map);
    }
    return { M: T, vectors: last(x, T), maps };
  };
}

/**
 * Chapter 14's last layer: logits from the class token's vector, or from the mean of all.
 * @param {ParameterMap} P
 * @param {{pool: string}} settings
 * @returns {import("./types.js").ClassDecoder}
 */
export function classDecoder(P, { pool }) {
  return {
    classify({ M, vectors }) {
      const D = vectors.length / M;
      let read = vectors.subarray(0, D);
      if (pool === "mean") {
        const sums = new Float64Array(D);
        vectors.forEach((value, k) => {
          sums[k % D] += value / M;
        });
        read = Float32Array.from(sums);
      }
      return affine(read, 1, P["head.kernel"], P["head.bias"]);
    },
  };
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
