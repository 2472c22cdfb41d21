// Products with weights.

import { addRows, gradOf } from "./elementwise.js";

/** @typedef {import("../tape/tape.js").Tape} Tape */
/** @typedef {import("../tape/types.js").Floats} Floats */
/** @typedef {import("../tape/types.js").Matrix} Matrix */
/** @typedef {import("../tape/types.js").Parameters} Parameters */

/**
 * y = x W + b; b may be left out. With `out` the first columns of W alone.
 * @param {Tape} tape
 * @param {Matrix} x
 * @param {Matrix} W
 * @param {Matrix | null} [b]
 */
export function linear(tape, x, W, b = null, out = W.cols) {
  const n = x.rows,
    D = x.cols,
    wide = W.cols,
    y = tape.zeros(n, out);
  if (b) for (let i = 0; i < n; i++) y.data.set(b.data, i * out);
  tape.mul(n, out, D, x.data, D, W.data, wide, y.data, out, b !== null);
  tape.later(() => {
    const dy = gradOf(y);
    if (x.grad) {
      tape.mul(n, D, out, dy, out, tape.transposed(W.data, D, wide), D, x.grad, D, true);
    }
    if (W.grad) tape.addTransposedMul(D, out, n, x.data, D, dy, out, W.grad, wide);
    if (b) addRows(b.grad, dy);
  });
  return y;
}

/**
 * y = x Wᵀ: an output matrix that is the table of embeddings, V × D.
 * @param {Tape} tape
 * @param {Matrix} x
 * @param {Matrix} W
 */
export function tied(tape, x, W) {
  const n = x.rows,
    D = x.cols,
    V = W.rows,
    y = tape.zeros(n, V);
  tape.mul(n, V, D, x.data, D, tape.transposed(W.data, V, D), V, y.data, V, false);
  tape.later(() => {
    const dy = gradOf(y);
    if (x.grad) tape.mul(n, D, V, dy, V, W.data, D, x.grad, D, true);
    if (W.grad) tape.addTransposedMul(V, D, n, dy, V, x.data, D, W.grad, D);
  });
  return y;
}

/**
 * The layer at `path`: its kernel and, if it has one, its bias.
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {string} path
 * @param {Matrix} x
 */
export const dense = (tape, P, path, x) =>
  linear(tape, x, P[`${path}.kernel`], P[`${path}.bias`] ?? null);
