// Layers that compute nothing: rows picked and put together. B examples.

import { gradOf } from "./elementwise.js";

/** @typedef {import("../tape/tape.js").Tape} Tape */
/** @typedef {import("../tape/types.js").Matrix} Matrix */

/**
 * Rows first to first + n, in the same memory: the gradient needs no way back.
 * @param {Matrix} x
 * @param {number} first
 * @param {number} n
 * @returns {Matrix}
 */
export function slice(x, first, n) {
  const start = first * x.cols,
    end = (first + n) * x.cols;
  return {
    rows: n,
    cols: x.cols,
    data: x.data.subarray(start, end),
    grad: x.grad ? x.grad.subarray(start, end) : null,
  };
}

/**
 * y_i = scale · x_{places[i]}: tokens looked up in a table, or rows in another order.
 * @param {Tape} tape
 * @param {Matrix} x
 * @param {ArrayLike<number>} places
 */
export function rows(tape, x, places, scale = 1) {
  const n = places.length,
    D = x.cols,
    y = tape.zeros(n, D),
    from = x.data,
    to = y.data;
  for (let i = 0, at = 0; i < n; i++) {
    for (let k = 0, row = places[i] * D; k < D; k++, at++) to[at] = scale * from[row + k];
  }
  tape.later(() => {
    const dx = x.grad,
      dy = gradOf(y);
    if (!dx) return;
    for (let i = 0, at = 0; i < n; i++) {
      for (let k = 0, row = places[i] * D; k < D; k++, at++) dx[row + k] += scale * dy[at];
    }
  });
  return y;
}

/**
 * The rows of `inner` things in `outer` groups as those of `outer` things in `inner` groups:
 * between time-major, row t · B + b, and batch-major, row b · T + t.
 * @param {Tape} tape
 * @param {Matrix} x
 * @param {number} inner
 */
export function regrouped(tape, x, inner) {
  const outer = x.rows / inner;
  if (inner === 1 || outer === 1) return x;
  const place = (/** @type {unknown} */ _, /** @type {number} */ i) =>
    (i % outer) * inner + Math.floor(i / outer);
  return rows(tape, x, Int32Array.from({ length: x.rows }, place));
}

/**
 * n columns of x from `first` on.
 * @param {Tape} tape
 * @param {Matrix} x
 * @param {number} first
 * @param {number} n
 */
export function columns(tape, x, first, n) {
  const y = tape.zeros(x.rows, n),
    D = x.cols;
  for (let i = 0, to = 0; i < x.rows; i++) {
    for (let k = 0, from = i * D + first; k < n; k++) y.data[to++] = x.data[from++];
  }
  tape.later(() => {
    const dx = x.grad,
      dy = gradOf(y);
    if (!dx) return;
    for (let i = 0, from = 0; i < x.rows; i++) {
      for (let k = 0, to = i * D + first; k < n; k++) dx[to++] += dy[from++];
    }
  });
  return y;
}

/**
 * Matrices of as many rows side by side.
 * @param {Tape} tape
 * @param {Matrix[]} parts
 */
export function beside(tape, parts) {
  const n = parts[0].rows,
    width = parts.reduce((sum, part) => sum + part.cols, 0),
    y = tape.zeros(n, width);
  let first = 0;
  for (const { data, cols } of parts) {
    for (let i = 0, from = 0; i < n; i++) {
      for (let k = 0, to = i * width + first; k < cols; k++) y.data[to++] = data[from++];
    }
    first += cols;
  }
  tape.later(() => {
    const dy = gradOf(y);
    let first = 0;
    for (const { grad, cols } of parts) {
      if (grad) {
        for (let i = 0, to = 0; i < n; i++) {
          for (let k = 0, from = i * width + first; k < cols; k++) grad[to++] += dy[from++];
        }
      }
      first += cols;
    }
  });
  return y;
}

/**
 * Matrices of as many columns, one below the other.
 * @param {Tape} tape
 * @param {Matrix[]} parts
 */
export function below(tape, parts) {
  const cols = parts[0].cols,
    y = tape.zeros(
      parts.reduce((sum, part) => sum + part.rows, 0),
      cols,
    );
  let at = 0;
  for (const { data } of parts) {
    y.data.set(data, at);
    at += data.length;
  }
  tape.later(() => {
    const dy = gradOf(y);
    let at = 0;
    for (const { grad, data } of parts) {
      if (grad) for (let k = 0; k < data.length; k++) grad[k] += dy[at + k];
      at += data.length;
    }
  });
  return y;
}

/**
 * The mean of each example's rows, batch-major.
 * @param {Tape} tape
 * @param {Matrix} x
 * @param {number} B
 */
export function mean(tape, x, B) {
  const M = x.rows / B,
    D = x.cols,
    y = tape.zeros(B, D);
  for (let i = 0, at = 0; i < x.rows; i++) {
    for (let k = 0, to = Math.floor(i / M) * D; k < D; k++) y.data[to + k] += x.data[at++] / M;
  }
  tape.later(() => {
    const dx = x.grad,
      dy = gradOf(y);
    if (!dx) return;
    for (let i = 0, at = 0; i < x.rows; i++) {
      for (let k = 0, from = Math.floor(i / M) * D; k < D; k++) dx[at++] += dy[from + k] / M;
    }
  });
  return y;
}
