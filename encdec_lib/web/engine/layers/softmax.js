// A softmax over what may be seen, row by row, in place.

import { softmaxRow } from "../arithmetic.js";
import { gradOf } from "./elementwise.js";

/** @typedef {import("../tape/tape.js").Tape} Tape */
/** @typedef {import("../tape/types.js").Floats} Floats */
/** @typedef {import("../tape/types.js").Matrix} Matrix */

/**
 * The gradient of the scores from that of the weights, in place: scale · p (d − Σ p d).
 * @param {Floats} d
 * @param {Floats} p
 * @param {number} at
 * @param {number} end
 * @param {number} scale
 */
export function softmaxRowBack(d, p, at, end, scale) {
  let sum = 0;
  for (let s = 0; s < end; s++) sum += p[at + s] * d[at + s];
  for (let s = 0; s < end; s++) d[at + s] = scale * p[at + s] * (d[at + s] - sum);
}

/**
 * Who may be seen: `real` flags what is no padding, B rows; `inside` has a row for each row of scores
 * instead. Where `causal`, query t of an example, at place first + t, sees places 0 to first + t.
 * @typedef {object} Sight
 * @property {Int32Array | null} [real]
 * @property {Int32Array | null} [inside]
 * @property {boolean} [causal]
 * @property {number} [first]
 * @property {number} [scale] the scores are multiplied by it
 */

/**
 * Scores become weights, in the same matrix: B examples, T rows for each head of one.
 * @param {Tape} tape
 * @param {Matrix} scores
 * @param {number} B
 * @param {number} T
 * @param {Sight} sight
 */
export function softmax(tape, scores, B, T, sight) {
  const { real = null, inside = null, causal = false, first = 0, scale = 1 } = sight;
  const S = scores.cols,
    x = scores.data,
    each = scores.rows / B; // rows of an example
  for (let row = 0, at = 0; row < scores.rows; row++, at += S) {
    const end = causal ? Math.min(S, first + (row % T) + 1) : S;
    if (inside) softmaxRow(x, at, end, scale, inside, at);
    else softmaxRow(x, at, end, scale, real, Math.floor(row / each) * S);
    if (end < S) x.fill(0, at + end, at + S);
  }
  tape.later(() => {
    const d = gradOf(scores);
    for (let at = 0; at < x.length; at += S) softmaxRowBack(d, x, at, S, scale);
  });
  return scores;
}
