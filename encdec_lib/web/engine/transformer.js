// The Transformer for the page's engine: the same equations as in encdec_lib/models/transformer.py,
// for one source at a time, and the maps of who looked where. Shape letters as in attention.js.
//
// A map, who looked where in one layer, is {heads, rows, columns, weights}: the weight of row t for
// column s in head n is weights[(n · rows + t) · columns + s].

import { meanRow } from "./arithmetic.js";
import { linear } from "./attention.js";
import { blocksOf, decoderBlock, encoderBlock, layerNorm } from "./blocks.js";
import { placedTokens, positionsOf } from "./positions.js";

/** @typedef {import("./attention.js").KeysValues} KeysValues */
/** @typedef {import("./types.js").AttentionMap} AttentionMap */
/** @typedef {import("./types.js").DecoderMaps} DecoderMaps */
/** @typedef {import("./types.js").Encoded} Encoded */
/** @typedef {import("./types.js").ParameterMap} ParameterMap */
/** @typedef {import("./types.js").Step} Step */
/** @typedef {import("./types.js").TransformerSettings} TransformerSettings */

/**
 * @param {ParameterMap} P
 * @param {TransformerSettings} settings
 */
function tokensOf(P, { positions }) {
  const table = P["tokens.embedding.embedding"];
  return placedTokens(table, positionsOf(positions, table.shape[1], P["tokens.positions.table"]));
}

/**
 * With pre-norm, the normalisation after the top block.
 * @param {ParameterMap} P
 * @returns {import("./blocks.js").Layer}
 */
const lastNorm = (P) => ("norm.scale" in P ? layerNorm(P, "norm") : (x) => x);

/**
 * Chapters 10 to 12: every token looks at every other, layer after layer.
 * @param {ParameterMap} P
 * @param {TransformerSettings} settings
 */
export function transformerEncoder(P, settings) {
  const tokens = tokensOf(P, settings),
    last = lastNorm(P);
  const blocks = blocksOf(P, (path) => encoderBlock(P, path, settings));
  return (/** @type {number[]} */ source) => {
    const M = source.length,
      maps = [];
    /** @type {Float32Array} */
    let x = tokens(source);
    for (const block of blocks) {
      const layer = block(x, M);
      x = layer.x;
      maps.push(layer.map);
    }
    return { M, vectors: last(x, M), maps };
  };
}

/** @typedef {{done: number, caches: KeysValues[], memory: KeysValues[]}} TransformerState */

/**
 * Chapter 12. A step works out one position and keeps its keys and values; its `maps` are
 * {own, cross}, a map of one row for each layer, and its `weights` the mean of the top layer's
 * heads over the encoding.
 * @param {ParameterMap} P
 * @param {TransformerSettings} settings
 * @returns {import("./types.js").TokenDecoder<TransformerState>}
 */
export function transformerDecoder(P, settings) {
  const tokens = tokensOf(P, settings),
    last = lastNorm(P),
    logitsOf = outputOf(P);
  const blocks = blocksOf(P, (path) => decoderBlock(P, path, settings));
  const D = P["tokens.embedding.embedding"].shape[1];
  return {
    start({ M, vectors }) {
      const width = vectors.length / M;
      if (width !== D) throw new Error(`this decoder reads vectors of width ${D}, not ${width}`);
      return {
        done: 0,
        caches: blocks.map(() => ({ keys: [], values: [] })),
        memory: blocks.map((block) => block.memory(vectors, M)),
      };
    },
    step({ done, caches, memory }, token) {
      const layers = [];
      /** @type {Float32Array} */
      let x = tokens([token], done);
      for (const [n, block] of blocks.entries()) {
        const layer = block.step(x, done, caches[n], memory[n]);
        x = layer.x;
        layers.push(layer);
      }
      const own = layers.map((layer) => layer.own),
        cross = layers.map((layer) => layer.cross);
      return {
        state: { done: done + 1, caches: layers.map((layer) => layer.cache), memory },
        logits: logitsOf(last(x, 1)),
        weights: meanHead(cross[cross.length - 1]),
        maps: { own, cross },
      };
    },
  };
}

/**
 * From one vector to logits: by a matrix of its own, or, tied, by the table of embeddings.
 * @param {ParameterMap} P
 * @returns {(y: Float32Array) => Float32Array}
 */
function outputOf(P) {
  if ("output.kernel" in P) {
    const untied = linear(P, "output");
    return (y) => untied(y, 1);
  }
  const table = P["tokens.embedding.embedding"],
    [V, D] = table.shape;
  return (y) =>
    Float32Array.from({ length: V }, (_, token) => {
      let product = 0;
      for (let k = 0, at = token * D; k < D; k++, at++) product += y[k] * table.data[at];
      return product;
    });
}

// ---------------------------------------------------------------- maps

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
function stacked(steps) {
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
