// What self-attention computes for one symbol of a string, in the first block of a Transformer with
// one head: the same equations as encdec_lib/layers/attention.py, with every number kept.

import { affine, softmax } from "../../web/engine/arithmetic.js";
import { sinusoidal } from "../../web/engine/positions.js";

/** @typedef {import("../../web/engine/types.js").ParameterMap} ParameterMap */

/** @typedef {{positions: string, scaled: boolean, pre_norm: boolean}} Settings of the encoder */

const EPSILON = 1e-5; // of layer normalisation

/**
 * One row: d_k numbers of the query, S keys and values, S scores and weights, the mixture.
 * @typedef {object} Row
 * @property {number} asking which symbol asks
 * @property {Float32Array} query
 * @property {Float32Array[]} keys
 * @property {Float32Array[]} values
 * @property {number[]} products query times key
 * @property {number[]} scores divided by √d_k, if the model divides
 * @property {boolean} scaled whether it does
 * @property {Float32Array} weights
 * @property {number[]} mixture Σ weight · value
 */

/** @type {(a: Float32Array, b: Float32Array) => number} */
const dot = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);

/**
 * √D times the vector of a symbol, plus that of its place.
 * @param {ParameterMap} P
 * @param {number} id
 * @param {number} place
 * @param {string} positions
 */
function placed(P, id, place, positions) {
  const { data, shape } = P["encoder.tokens.embedding.embedding"];
  const D = shape[1];
  const told = positions === "sinusoidal" ? sinusoidal(place, D) : new Float32Array(D);
  return Float32Array.from(told, (value, k) => value + Math.sqrt(D) * data[id * D + k]);
}

/**
 * @param {ParameterMap} P
 * @param {string} path
 * @param {Float32Array} x
 */
function normalised(P, path, x) {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
  const [scale, bias] = [P[`${path}.scale`].data, P[`${path}.bias`].data];
  const by = 1 / Math.sqrt(variance + EPSILON);
  return x.map((value, k) => (value - mean) * by * scale[k] + bias[k]);
}

/**
 * @param {ParameterMap} P
 * @param {Settings} settings
 * @param {number[]} ids
 * @param {number} asking
 * @returns {Row}
 */
export function rowOf(P, { positions, scaled, pre_norm: preNorm }, ids, asking) {
  const block = "encoder.blocks.0";
  const X = ids.map((id, place) => {
    const x = placed(P, id, place, positions);
    return preNorm ? normalised(P, `${block}.residual_attention.norm`, x) : x;
  });
  const linear = (/** @type {string} */ name, /** @type {Float32Array} */ x) => {
    const path = `${block}.attention.${name}`;
    return affine(x, 1, P[`${path}.kernel`], P[`${path}.bias`]);
  };
  const query = linear("query", X[asking]);
  const keys = X.map((x) => linear("key", x));
  const values = X.map((x) => linear("value", x));
  const products = keys.map((key) => dot(query, key));
  const by = scaled ? Math.sqrt(query.length) : 1;
  const scores = products.map((product) => product / by);
  const weights = softmax(scores);
  const mixture = Array.from(values[0], (_, k) =>
    values.reduce((sum, value, j) => sum + weights[j] * value[k], 0),
  );
  return { asking, query, keys, values, products, scores, scaled, weights, mixture };
}
