// Who looked where, for the page's engine: maps of a Transformer and of whatever else attends.
//
// A map, who looked where in one layer, is {heads, rows, columns, weights}: the weight of row t for
// column s in head n is weights[(n · rows + t) · columns + s].

import { meanRow } from "./arithmetic.js";

/** @typedef {import("./types.js").AttentionMap} AttentionMap */
/** @typedef {import("./types.js").DecoderMaps} DecoderMaps */
/** @typedef {import("./types.js").Encoded} Encoded */
/** @typedef {import("./types.js").Step} Step */

/**
 * One head's weights as a list of rows.
 * @param {AttentionMap} map
 * @param {number} head
 */
export function headRows({ rows, columns, weights }, head) {
  return Array.from({ length: rows }, (_, t) =>
    weights.subarray((head * rows + t) * columns, (head * rows + t + 1) * columns),
  );
}

/**
 * The mean of all heads: rows · columns numbers.
 * @param {AttentionMap} map
 */
export const meanHead = ({ rows, columns, weights }) => meanRow(weights, rows * columns);

/**
 * Maps of single rows, one below the other; what a row is too short for is 0.
 * @param {AttentionMap[]} steps
 * @returns {AttentionMap}
 */
export function stacked(steps) {
  const rows = steps.length,
    columns = steps[rows - 1].columns,
    { heads } = steps[0];
  const weights = new Float32Array(heads * rows * columns);
  for (const [t, step] of steps.entries()) {
    for (let n = 0; n < heads; n++) weights.set(headRows(step, n)[0], (n * rows + t) * columns);
  }
  return { heads, rows, columns, weights };
}

/**
 * All maps of an answer, {encoder, own, cross}, each a list of layers from the bottom up: empty
 * where a model has none. A decoder of another kind that weighs the encoding counts as one layer
 * of one head. `steps` are what step() gave.
 * @param {Encoded} encoding
 * @param {Pick<Step, "weights" | "maps">[]} steps
 */
export function mapsOf(encoding, steps) {
  const encoder = encoding.maps ?? [];
  if (steps[0]?.maps) {
    const maps = /** @type {DecoderMaps[]} */ (steps.map((step) => step.maps));
    const layers = (/** @type {"own" | "cross"} */ name) =>
      maps[0][name].map((_, n) => stacked(maps.map((step) => step[name][n])));
    return { encoder, own: layers("own"), cross: layers("cross") };
  }
  if (!steps[0]?.weights) return { encoder, own: [], cross: [] };
  const rows = /** @type {Float32Array[]} */ (steps.map((step) => step.weights));
  const one = rows.map((weights) => ({ heads: 1, rows: 1, columns: weights.length, weights }));
  return { encoder, own: [], cross: [stacked(one)] };
}
