// Attention of several heads, and of one. B examples, T queries, S places looked at, H heads side
// by side in D columns. Rows are batch-major, b · T + t; those of weights are (b · H + h) · T + t.

import { transpose } from "../tape/product.js";
import { gradOf } from "./elementwise.js";
import { dense } from "./linear.js";
import { turned } from "./places.js";
import { softmax } from "./softmax.js";

/** @typedef {import("../tape/tape.js").Tape} Tape */
/** @typedef {import("../tape/types.js").Floats} Floats */
/** @typedef {import("../tape/types.js").Matrix} Matrix */
/** @typedef {import("../tape/types.js").Parameters} Parameters */
/** @typedef {import("./softmax.js").Sight} Sight */

/**
 * From head h of the first row of example b on.
 * @param {Floats} x
 * @param {number} rows of an example
 * @param {number} D columns, of all heads
 * @param {number} b
 * @param {number} start the head's first column
 */
const cut = (x, rows, D, b, start) => x.subarray(b * rows * D + start, (b + 1) * rows * D);

/**
 * The products of every query with every key of its head.
 * @param {Tape} tape
 * @param {Matrix} Q (B · T) × D
 * @param {Matrix} K (B · S) × D
 * @param {number} B
 * @param {number} H
 */
export function scoresOf(tape, Q, K, B, H) {
  const D = Q.cols,
    d = D / H,
    T = Q.rows / B,
    S = K.rows / B;
  const scores = tape.zeros(B * H * T, S),
    Kt = tape.numbers(D * S);
  const of = (/** @type {Floats} */ x, /** @type {number} */ map) =>
    x.subarray(map * T * S, (map + 1) * T * S);
  for (let b = 0; b < B; b++) {
    transpose(Kt, K.data.subarray(b * S * D, (b + 1) * S * D), S, D);
    for (let h = 0; h < H; h++) {
      const queries = cut(Q.data, T, D, b, h * d);
      tape.mul(
        T,
        S,
        d,
        queries,
        D,
        Kt.subarray(h * d * S),
        S,
        of(scores.data, b * H + h),
        S,
        false,
      );
    }
  }
  tape.later(() => {
    for (let b = 0; b < B; b++) {
      for (let h = 0; h < H; h++) {
        const ds = of(gradOf(scores), b * H + h);
        if (Q.grad) {
          const keys = cut(K.data, S, D, b, h * d);
          tape.mul(T, d, S, ds, S, keys, D, cut(Q.grad, T, D, b, h * d), D, true);
        }
        if (K.grad) {
          const queries = cut(Q.data, T, D, b, h * d);
          tape.addTransposedMul(S, d, T, ds, S, queries, D, cut(K.grad, S, D, b, h * d), D);
        }
      }
    }
  });
  return scores;
}

/**
 * Every query's mixture of the values, by its weights: Σ_s weight_ts · value_s, head by head.
 * @param {Tape} tape
 * @param {Matrix} weights (B · H · T) × S
 * @param {Matrix} U values (B · S) × D
 * @param {number} B
 * @param {number} H
 */
export function mixture(tape, weights, U, B, H) {
  const D = U.cols,
    d = D / H,
    S = U.rows / B,
    T = weights.rows / (B * H),
    y = tape.zeros(B * T, D);
  const of = (/** @type {Floats} */ x, /** @type {number} */ map) =>
    x.subarray(map * T * S, (map + 1) * T * S);
  for (let b = 0; b < B; b++) {
    for (let h = 0; h < H; h++) {
      const values = cut(U.data, S, D, b, h * d),
        found = cut(y.data, T, D, b, h * d);
      tape.mul(T, d, S, of(weights.data, b * H + h), S, values, D, found, D, false);
    }
  }
  tape.later(() => {
    const Ut = tape.numbers(S * D);
    for (let b = 0; b < B; b++) {
      transpose(Ut, U.data.subarray(b * S * D, (b + 1) * S * D), S, D);
      for (let h = 0; h < H; h++) {
        const dy = cut(gradOf(y), T, D, b, h * d),
          map = b * H + h;
        if (U.grad) {
          const values = cut(U.grad, S, D, b, h * d);
          tape.addTransposedMul(S, d, T, of(weights.data, map), S, dy, D, values, D);
        }
        if (weights.grad) {
          tape.mul(T, S, d, dy, D, Ut.subarray(h * d * S), S, of(weights.grad, map), S, true);
        }
      }
    }
  });
  return y;
}

/**
 * softmax(scale · Q Kᵀ) U of every head: what they found, side by side, and the weights.
 * @param {Tape} tape
 * @param {Matrix} Q
 * @param {Matrix} K
 * @param {Matrix} U
 * @param {number} B
 * @param {number} H
 * @param {Sight} sight
 */
export function attend(tape, Q, K, U, B, H, sight) {
  const weights = softmax(tape, scoresOf(tape, Q, K, B, H), B, Q.rows / B, sight);
  return { out: mixture(tape, weights, U, B, H), weights };
}

/**
 * The queries of a layer of several heads; with rotary positions, turned by their places.
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {string} path
 * @param {Matrix} x (B · T) × D
 * @param {{B: number, heads: number, rotary: boolean, first?: number}} how
 */
export function queries(tape, P, path, x, { B, heads, rotary, first = 0 }) {
  const asked = dense(tape, P, `${path}.query`, x);
  return rotary ? turned(tape, asked, B, heads, first) : asked;
}

/**
 * The keys and the values of what is looked at.
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {string} path
 * @param {Matrix} z (B · S) × D
 * @param {{B: number, heads: number, rotary: boolean, first?: number}} how
 */
export function keysValues(tape, P, path, z, { B, heads, rotary, first = 0 }) {
  const keys = dense(tape, P, `${path}.key`, z),
    values = dense(tape, P, `${path}.value`, z);
  return { keys: rotary ? turned(tape, keys, B, heads, first) : keys, values };
}

/**
 * The second half of a layer of several heads: who looks where, and what comes of it.
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {string} path
 * @param {Matrix} asked
 * @param {{keys: Matrix, values: Matrix}} seen
 * @param {{B: number, heads: number, scaled: boolean}} how
 * @param {Sight} sight
 */
export function multiHead(tape, P, path, asked, { keys, values }, { B, heads, scaled }, sight) {
  const scale = scaled ? 1 / Math.sqrt(asked.cols / heads) : 1;
  const { out, weights } = attend(tape, asked, keys, values, B, heads, { ...sight, scale });
  return { out: dense(tape, P, `${path}.output`, out), weights };
}
