// Gated recurrent units and embeddings for the page's engine. S source positions, E embedding
// width, D state width.

import { affine, row, sigmoid } from "./arithmetic.js";

/** @typedef {import("./types.js").Floats} Floats */
/** @typedef {import("./types.js").ParameterMap} ParameterMap */
/** @typedef {import("./types.js").Tensor} Tensor */
/** @typedef {{W_in: Tensor, W_rec: Tensor, b_in: Tensor, b_rec: Tensor}} GRU */

/**
 * One step of a GRU from a = x W_in + b_in, already worked out, and the state h:
 *   q = h W_rec + b_rec,  r = σ(a_r + q_r),  z = σ(a_z + q_z),  n = tanh(a_n + r ⊙ q_n),
 *   h' = (1 − z) ⊙ n + z ⊙ h.
 * @param {GRU} gru
 * @param {Floats} a
 * @param {Float32Array} h
 */
export function gruStep(gru, a, h) {
  const D = h.length,
    q = affine(h, 1, gru.W_rec, gru.b_rec),
    next = new Float32Array(D);
  for (let k = 0; k < D; k++) {
    const r = sigmoid(a[k] + q[k]),
      z = sigmoid(a[D + k] + q[D + k]);
    const n = Math.tanh(a[2 * D + k] + r * q[2 * D + k]);
    next[k] = (1 - z) * n + z * h[k];
  }
  return next;
}

/**
 * The states of a GRU, each where its token stands; `reverse` walks from the last token back.
 * @param {GRU} gru
 * @param {Float32Array} x
 * @param {number} S
 */
export function gruStates(gru, x, S, reverse = false) {
  const D = gru.W_rec.shape[0],
    projected = affine(x, S, gru.W_in, gru.b_in);
  /** @type {Float32Array[]} */
  const states = new Array(S);
  let h = new Float32Array(D);
  for (let k = 0; k < S; k++) {
    const j = reverse ? S - 1 - k : k;
    h = gruStep(gru, projected.subarray(j * 3 * D, (j + 1) * 3 * D), h);
    states[j] = h;
  }
  return states;
}

/**
 * @param {ParameterMap} P
 * @param {string} path
 * @returns {GRU}
 */
export function gruOf(P, path) {
  const [W_in, W_rec, b_in, b_rec] = ["W_in", "W_rec", "b_in", "b_rec"].map(
    (name) => P[`${path}.${name}`],
  );
  return { W_in, W_rec, b_in, b_rec };
}

/**
 * @param {Tensor} table
 * @param {number[]} ids
 */
export function embed(table, ids) {
  const E = table.shape[1],
    x = new Float32Array(ids.length * E);
  for (const [j, id] of ids.entries()) x.set(row(table, id), j * E);
  return x;
}

/**
 * A function of a token that is worked out once a token and remembered.
 * @param {(token: number) => Float32Array} compute
 */
export function remembered(compute) {
  /** @type {Map<number, Float32Array>} */
  const known = new Map();
  return (/** @type {number} */ token) => {
    const before = known.get(token);
    if (before) return before;
    const numbers = compute(token);
    known.set(token, numbers);
    return numbers;
  };
}
