// Layer normalisation.

import { gradOf } from "./elementwise.js";

/** @typedef {import("../tape/tape.js").Tape} Tape */
/** @typedef {import("../tape/types.js").Floats} Floats */
/** @typedef {import("../tape/types.js").Matrix} Matrix */

const EPSILON = 1e-5; // what Flax models of this book add to the variance, unless they say another

/**
 * Each row less its mean, by its spread, times a scale, plus a bias.
 * @param {Tape} tape
 * @param {Matrix} x
 * @param {Matrix} scale
 * @param {Matrix} bias
 */
export function layerNorm(tape, x, scale, bias, epsilon = EPSILON) {
  const { rows: n, cols: D } = x,
    y = tape.zeros(n, D),
    hat = tape.numbers(n * D),
    inverse = tape.numbers(n);
  const from = x.data,
    to = y.data,
    s = scale.data,
    b = bias.data;
  for (let i = 0, at = 0; i < n; i++, at += D) {
    let mean = 0,
      square = 0;
    for (let k = 0; k < D; k++) mean += from[at + k];
    mean /= D;
    for (let k = 0; k < D; k++) square += (from[at + k] - mean) ** 2;
    const r = 1 / Math.sqrt(square / D + epsilon);
    inverse[i] = r;
    for (let k = 0; k < D; k++) {
      const h = (from[at + k] - mean) * r;
      hat[at + k] = h;
      to[at + k] = h * s[k] + b[k];
    }
  }
  tape.later(() => normBackward(x, y, scale, bias, hat, inverse));
  return y;
}

/**
 * dx = (d − mean(d) − hat · mean(d · hat)) / spread, with d = dy · scale.
 * @param {Matrix} x
 * @param {Matrix} y
 * @param {Matrix} scale
 * @param {Matrix} bias
 * @param {Floats} hat
 * @param {Floats} inverse
 */
function normBackward(x, y, scale, bias, hat, inverse) {
  const { rows: n, cols: D } = x,
    dy = gradOf(y),
    dx = x.grad,
    ds = gradOf(scale),
    db = gradOf(bias),
    s = scale.data;
  for (let i = 0, at = 0; i < n; i++, at += D) {
    let sum = 0,
      along = 0;
    for (let k = 0; k < D; k++) {
      const d = dy[at + k],
        h = hat[at + k];
      ds[k] += d * h;
      db[k] += d;
      sum += d * s[k];
      along += d * s[k] * h;
    }
    if (!dx) continue;
    sum /= D;
    along /= D;
    for (let k = 0; k < D; k++) {
      dx[at + k] += inverse[i] * (dy[at + k] * s[k] - sum - hat[at + k] * along);
    }
  }
}
