// The score of a small network, e = v · tanh(asked + key). B examples, S places looked at, A alignment
// width. Keys are batch-major, row b · S + s.

import { gradOf, quickTanh } from "./elementwise.js";

/** @typedef {import("../tape/tape.js").Tape} Tape */
/** @typedef {import("../tape/types.js").Floats} Floats */
/** @typedef {import("../tape/types.js").Matrix} Matrix */

/**
 * Row `row` of scores is what query `row` says to each of the S keys of example b; `hidden` keeps
 * the tanh, S · A numbers a row.
 * @typedef {object} Network
 * @property {number} S
 * @property {number} A
 * @property {Floats} v
 * @property {Floats} asked
 * @property {Floats} keys
 * @property {Floats} hidden
 * @property {Floats} scores
 * @property {Int32Array | null} real
 */

/**
 * @param {Network} network
 * @param {number} row
 * @param {number} b
 */
export function scoreRow({ S, A, v, asked, keys, hidden, scores, real }, row, b) {
  for (let s = 0; s < S; s++) {
    if (real && !real[b * S + s]) continue;
    let score = 0;
    for (let k = 0, h = (row * S + s) * A, key = (b * S + s) * A, q = row * A; k < A; k++) {
      const bent = quickTanh(asked[q + k] + keys[key + k]);
      hidden[h + k] = bent;
      score += v[k] * bent;
    }
    scores[row * S + s] = score;
  }
}

/**
 * Carries the gradient of a row of scores to v, the keys and the query.
 * @param {Network} network
 * @param {{v: Floats, keys: Floats, asked: Floats, scores: Floats}} d
 * @param {number} row
 * @param {number} b
 */
export function scoreRowBack({ S, A, v, hidden, real }, d, row, b) {
  const { v: dv, keys: dKeys, asked: dAsked, scores: dScores } = d;
  for (let s = 0; s < S; s++) {
    if (real && !real[b * S + s]) continue;
    const given = dScores[row * S + s];
    for (let k = 0, h = (row * S + s) * A, key = (b * S + s) * A, q = row * A; k < A; k++) {
      const bent = hidden[h + k],
        inside = given * v[k] * (1 - bent * bent);
      dv[k] += given * bent;
      dKeys[key + k] += inside;
      dAsked[q + k] += inside;
    }
  }
}

/**
 * Scores of T queries an example, batch-major, for all its keys.
 * @param {Tape} tape
 * @param {Matrix} asked (B · T) × A
 * @param {Matrix} keys (B · S) × A
 * @param {Matrix} v 1 × A
 * @param {number} B
 * @param {Int32Array | null} real
 */
export function additiveScores(tape, asked, keys, v, B, real) {
  const S = keys.rows / B,
    A = keys.cols,
    n = asked.rows,
    T = n / B,
    scores = tape.zeros(n, S);
  /** @type {Network} */
  const network = {
    ...{ S, A, real },
    ...{ v: v.data, asked: asked.data, keys: keys.data, scores: scores.data },
    hidden: tape.numbers(n * S * A),
  };
  for (let row = 0; row < n; row++) scoreRow(network, row, Math.floor(row / T));
  tape.later(() => {
    const [dv, dAsked, dKeys, dScores] = [v, asked, keys, scores].map(gradOf);
    const d = { v: dv, asked: dAsked, keys: dKeys, scores: dScores };
    for (let row = 0; row < n; row++) scoreRowBack(network, d, row, Math.floor(row / T));
  });
  return scores;
}
