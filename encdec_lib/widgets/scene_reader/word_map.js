// Where on the picture the decoder looked while it wrote one word.

import { sharesOn } from "../parts/patch_map.js";
import { NAMES } from "../parts/scene_rule.js";
import { percent } from "../parts/weight_cells.js";

/** @typedef {import("../parts/head_pictures.js").HeadMap} HeadMap */

/**
 * The map of word t alone: the patches of every head, as a square.
 * @param {HeadMap} all of a layer, a row a word
 * @param {number} t
 * @returns {HeadMap}
 */
export function wordMap({ heads, rows, columns: patches, weights: all }, t) {
  const weights = new Float32Array(heads * patches);
  for (let n = 0; n < heads; n++) {
    const start = (n * rows + t) * patches;
    weights.set(all.subarray(start, start + patches), n * patches);
  }
  const side = Math.sqrt(patches);
  return { heads, rows: side, columns: side, weights };
}

/**
 * The map with its largest weight made 1, so that small shares can be seen.
 * @param {HeadMap} map
 * @returns {HeadMap}
 */
export function brightened(map) {
  const most = Math.max(...map.weights);
  return { ...map, weights: map.weights.map((weight) => weight / most) };
}

/**
 * "the three 61%, the other three 9%, elsewhere 30%"
 * @param {ArrayLike<number>} shares
 * @param {import("../parts/scene_rule.js").Place[]} boxes
 * @param {number} side of the picture
 */
export function onDigits(shares, boxes, side) {
  const found = sharesOn(shares, boxes, side);
  const met = new Set();
  const said = found.map((share, k) => {
    const { label } = boxes[k];
    const other = met.has(label) ? "other " : "";
    met.add(label);
    return `the ${other}${NAMES[label]} ${percent(share)}`;
  });
  const elsewhere = Math.max(
    0,
    found.reduce((left, share) => left - share, 1),
  );
  return `${said.join(", ")}, elsewhere ${percent(elsewhere)}`;
}
