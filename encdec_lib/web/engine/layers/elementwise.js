// Layers that take one number after another, and sums. Rows and columns as they come.

import { gelu, normalDensity, normalShare, sigmoid } from "../arithmetic.js";

/** @typedef {import("../tape/tape.js").Tape} Tape */
/** @typedef {import("../tape/types.js").Floats} Floats */
/** @typedef {import("../tape/types.js").Matrix} Matrix */

/**
 * tanh in half the time of Math.tanh, exact to 2 · 10⁻¹⁶.
 * @param {number} x
 */
export const quickTanh = (x) => 1 - 2 / (1 + Math.exp(2 * x));

/**
 * The gradient of what a layer computed while the tape recorded.
 * @param {Matrix} y
 */
export const gradOf = (y) => /** @type {Floats} */ (y.grad);

/**
 * to += from; nothing where there is nothing to learn.
 * @param {Floats | null} to
 * @param {Floats} from
 */
export function addTo(to, from) {
  if (to) for (let k = 0; k < from.length; k++) to[k] += from[k];
}

/**
 * sum += every row of x: the gradient of a bias.
 * @param {Floats | null} sum
 * @param {Floats} x
 */
export function addRows(sum, x) {
  if (!sum) return;
  const width = sum.length;
  for (let at = 0; at < x.length; at += width) {
    for (let k = 0; k < width; k++) sum[k] += x[at + k];
  }
}

/**
 * y = f(x) number by number; `slope` is dy/dx from x and y.
 * @param {Tape} tape
 * @param {Matrix} x
 * @param {(x: number) => number} f
 * @param {(x: number, y: number) => number} slope
 */
function mapped(tape, x, f, slope) {
  const y = tape.zeros(x.rows, x.cols),
    from = x.data,
    to = y.data;
  for (let k = 0; k < from.length; k++) to[k] = f(from[k]);
  tape.later(() => {
    const dx = x.grad,
      dy = gradOf(y);
    if (dx) for (let k = 0; k < from.length; k++) dx[k] += dy[k] * slope(from[k], to[k]);
  });
  return y;
}

/** @type {(tape: Tape, x: Matrix) => Matrix} */
export const tanhOf = (tape, x) => mapped(tape, x, quickTanh, (_, y) => 1 - y * y);

/** @type {(tape: Tape, x: Matrix) => Matrix} */
export const sigmoidOf = (tape, x) => mapped(tape, x, sigmoid, (_, y) => y * (1 - y));

/**
 * x Φ(x) with the normal distribution Φ.
 * @type {(tape: Tape, x: Matrix) => Matrix}
 */
export const geluOf = (tape, x) =>
  mapped(tape, x, gelu, (at) => normalShare(at) + at * normalDensity(at));

/**
 * max(0, x), in a loop of its own: it is the one that a network calls most.
 * @param {Tape} tape
 * @param {Matrix} x
 */
export function reluOf(tape, x) {
  const y = tape.zeros(x.rows, x.cols),
    from = x.data,
    to = y.data;
  for (let k = 0; k < from.length; k++) if (from[k] > 0) to[k] = from[k];
  tape.later(() => {
    const dx = x.grad,
      dy = gradOf(y);
    if (dx) for (let k = 0; k < from.length; k++) if (from[k] > 0) dx[k] += dy[k];
  });
  return y;
}

/**
 * x + z; where z has fewer rows they are added again and again: a bias, or positions.
 * @param {Tape} tape
 * @param {Matrix} x
 * @param {Matrix} z
 */
export function add(tape, x, z) {
  const y = tape.zeros(x.rows, x.cols),
    n = z.data.length;
  y.data.set(x.data);
  for (let at = 0; at < y.data.length; at += n) addTo(y.data.subarray(at, at + n), z.data);
  tape.later(() => {
    addTo(x.grad, gradOf(y));
    addRows(z.grad, gradOf(y));
  });
  return y;
}
