// Pieces of a Transformer that write into arrays which are there: a step makes no new ones.
//
// They stay apart from ../layers, which session.js would have to lay out anew at every step: its cache
// of a long prefix is written to in place, lane by lane, and any place of it may be gone back to.
//
// What goes in between is Float64Array: its products need no conversion, which takes most of the
// time otherwise. Every row comes out the same, alone or among others.

import { softmaxRow } from "./arithmetic.js";

/** @typedef {import("./types.js").Floats} Floats */
/** @typedef {import("./types.js").ParameterMap} ParameterMap */
/** @typedef {{out: number, into: (y: Float64Array, x: Float64Array, N: number) => void}} Product */

const EPSILON = 1e-5; // of layer normalisation, where a model does not say another

/**
 * y = x W + b for N rows, of which four at a time share one walk through W.
 * @param {ParameterMap} P
 * @param {string} path
 * @returns {Product}
 */
export function product(P, path) {
  const {
      data,
      shape: [width, out],
    } = P[`${path}.kernel`],
    bias = P[`${path}.bias`].data;
  const W = new Float64Array(width * out); // column by column
  data.forEach((weight, n) => {
    W[(n % out) * width + Math.floor(n / out)] = weight;
  });
  return {
    out,
    into(y, x, N) {
      let n = 0;
      for (; n + 4 <= N; n += 4) fourRows(y, x, n, W, bias, width, out);
      for (; n < N; n++) oneRow(y, x, n, W, bias, width, out);
    },
  };
}

/**
 * Row n of y = x W + b, four columns of W at a time.
 * @param {Float64Array} y
 * @param {Float64Array} x
 * @param {number} n
 * @param {Float64Array} W column by column
 * @param {Float32Array} bias
 * @param {number} width
 * @param {number} out
 */
function oneRow(y, x, n, W, bias, width, out) {
  const from = n * width,
    to = n * out;
  let o = 0;
  for (; o + 4 <= out; o += 4) {
    const p = o * width,
      q = p + width,
      r = q + width,
      s = r + width;
    let a = bias[o],
      b = bias[o + 1],
      c = bias[o + 2],
      d = bias[o + 3];
    for (let k = 0; k < width; k++) {
      const number = x[from + k];
      a += W[p + k] * number;
      b += W[q + k] * number;
      c += W[r + k] * number;
      d += W[s + k] * number;
    }
    y[to + o] = a;
    y[to + o + 1] = b;
    y[to + o + 2] = c;
    y[to + o + 3] = d;
  }
  for (; o < out; o++) {
    let a = bias[o];
    for (let k = 0; k < width; k++) a += W[o * width + k] * x[from + k];
    y[to + o] = a;
  }
}

/**
 * Rows n to n + 3 of y = x W + b.
 * @param {Float64Array} y
 * @param {Float64Array} x
 * @param {number} n
 * @param {Float64Array} W column by column
 * @param {Float32Array} bias
 * @param {number} width
 * @param {number} out
 */
function fourRows(y, x, n, W, bias, width, out) {
  const p = n * width,
    q = p + width,
    r = q + width,
    s = r + width,
    to = n * out;
  for (let o = 0; o < out; o++) {
    const start = bias[o];
    let a = start,
      b = start,
      c = start,
      d = start;
    for (let k = 0, w = o * width; k < width; k++, w++) {
      const weight = W[w];
      a += weight * x[p + k];
      b += weight * x[q + k];
      c += weight * x[r + k];
      d += weight * x[s + k];
    }
    y[to + o] = a;
    y[to + out + o] = b;
    y[to + 2 * out + o] = c;
    y[to + 3 * out + o] = d;
  }
}

/**
 * Each of N rows less its mean, by its spread, times a scale, plus a bias.
 * @param {ParameterMap} P
 * @param {string} path
 */
export function normalisation(P, path, epsilon = EPSILON) {
  const scale = P[`${path}.scale`].data,
    bias = P[`${path}.bias`].data,
    D = scale.length;
  return (/** @type {Floats} */ y, /** @type {Floats} */ x, /** @type {number} */ N) => {
    for (let start = 0; start < N * D; start += D) {
      let mean = 0,
        variance = 0;
      for (let k = 0; k < D; k++) mean += x[start + k] / D;
      for (let k = 0; k < D; k++) variance += (x[start + k] - mean) ** 2 / D;
      const spread = Math.sqrt(variance + epsilon);
      for (let k = 0; k < D; k++) {
        y[start + k] = ((x[start + k] - mean) / spread) * scale[k] + bias[k];
      }
    }
  };
}

/**
 * One head of one query over `seen` places: weights into `weights`, the mixture into `found`.
 * Every array comes with the index where this head's numbers begin; places are D apart.
 * @param {Float64Array} query
 * @param {number} q
 * @param {Float32Array} keys
 * @param {Float32Array} values
 * @param {number} first
 * @param {number} seen
 * @param {number} D
 * @param {number} K
 * @param {Float64Array} weights
 * @param {number} w
 * @param {Float64Array} found
 * @param {number} f
 */
export function attend(query, q, keys, values, first, seen, D, K, weights, w, found, f) {
  const scale = 1 / Math.sqrt(K);
  for (let s = 0, at = first; s < seen; s++, at += D) {
    let score = 0;
    for (let k = 0; k < K; k++) score += query[q + k] * keys[at + k];
    weights[w + s] = score;
  }
  softmaxRow(weights, w, seen, scale, null, 0);
  for (let k = 0; k < K; k++) found[f + k] = 0;
  for (let s = 0, at = first; s < seen; s++, at += D) {
    const share = weights[w + s];
    for (let k = 0; k < K; k++) found[f + k] += share * values[at + k];
  }
}
