// The windows of local attention (chapter 9), as in encdec_lib/layers/windows.py: which places a
// query sees, and how much each counts. B examples, S places, T queries, batch-major.

import { gradOf, sigmoidOf, tanhOf } from "./elementwise.js";
import { linear, tied } from "./linear.js";

/** @typedef {import("../tape/tape.js").Tape} Tape */
/** @typedef {import("../tape/types.js").Matrix} Matrix */
/** @typedef {import("../tape/types.js").Parameters} Parameters */
/** @typedef {import("../types.js").WindowPlace} WindowPlace */

/**
 * The windows of all queries. A monotonic one goes along with the steps, and everything inside
 * counts alike; a predictive one is put where the query says, and has the shape of a bell.
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {string} path of the reader
 * @param {import("../types.js").WindowSettings} window
 * @param {{queries: Matrix, B: number, S: number, lengths: number[], first: number}} asked
 */
export function windowsOf(tape, P, path, { kind, half_width: half }, asked) {
  const { queries, B, S, lengths, first } = asked,
    n = queries.rows,
    T = n / B;
  const last = (/** @type {number} */ row) => lengths[Math.floor(row / T)] - 1;
  const shares = kind === "predictive" ? centreShares(tape, P, path, queries) : null;
  /** @type {WindowPlace[]} */
  const places = [];
  const inside = new Int32Array(n * S);
  for (let row = 0; row < n; row++) {
    const centre = shares ? last(row) * shares.data[row] : Math.min(first + (row % T), last(row));
    const from = Math.max(Math.ceil(centre - half), 0),
      to = Math.min(Math.floor(centre + half), last(row));
    inside.fill(1, row * S + from, row * S + to + 1);
    places.push({ centre, first: from, last: to });
  }
  return {
    inside,
    places,
    /** @param {Matrix} weights */
    shaped: (weights) => (shares ? bells(tape, weights, shares, last, half / 2) : weights),
  };
}

/**
 * σ(v · tanh(q W)) of each query: where between the first and the last place its centre is.
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {string} path
 * @param {Matrix} queries
 */
function centreShares(tape, P, path, queries) {
  const hidden = tanhOf(tape, linear(tape, queries, P[`${path}.window.W_position`]));
  return sigmoidOf(tape, tied(tape, hidden, P[`${path}.window.v_position`]));
}

/**
 * Each weight times exp(−½ ((s − centre) / spread)²), with centre = last · share.
 * @param {Tape} tape
 * @param {Matrix} weights
 * @param {Matrix} shares
 * @param {(row: number) => number} last
 * @param {number} spread
 */
function bells(tape, weights, shares, last, spread) {
  const { rows, cols: S, data: w } = weights,
    y = tape.zeros(rows, S);
  const away = (/** @type {number} */ row, /** @type {number} */ s) =>
    (s - last(row) * shares.data[row]) / spread;
  for (let row = 0, at = 0; row < rows; row++) {
    for (let s = 0; s < S; s++, at++) y.data[at] = w[at] * Math.exp(-0.5 * away(row, s) ** 2);
  }
  tape.later(() => {
    const [dw, dShares, dy] = [weights, shares, y].map(gradOf);
    for (let row = 0, at = 0; row < rows; row++) {
      for (let s = 0; s < S; s++, at++) {
        const distance = away(row, s);
        dw[at] += dy[at] * Math.exp(-0.5 * distance ** 2);
        dShares[row] += (dy[at] * y.data[at] * distance * last(row)) / spread;
      }
    }
  });
  return y;
}
