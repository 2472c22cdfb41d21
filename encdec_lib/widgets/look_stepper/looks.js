// What the model writes for a picture, and what it would bet at each word with the mean of all cells.

import { argmax, softmax } from "../../web/engine/arithmetic.js";
import { BOS, EOS } from "../../web/engine/engine.js";

const LONGEST = 12; // words, the end among them

/**
 * One word: the token that is written from its own look.
 * @typedef {object} Look
 * @property {number} token
 * @property {number} instead the token that the mean of all cells would give
 * @property {Float32Array} weights of the cells
 * @property {Float32Array} own probabilities of all tokens, from its own look
 * @property {Float32Array} mean the same from the mean of all cells
 */

/**
 * @param {import("../../web/engine/types.js").Model} model
 * @param {import("../../web/engine/types.js").Image} picture
 * @returns {Look[]}
 */
export function looksOf(model, picture) {
  let state = model.start(model.encode(picture));
  let token = BOS;
  /** @type {Look[]} */
  const looks = [];
  while (token !== EOS && looks.length < LONGEST) {
    const step = model.step(state, token);
    // Scores over an infinite temperature are all 0, so that every cell gets the same weight.
    const even = model.step(state, token, { temperature: Infinity });
    token = argmax(step.logits, EOS);
    looks.push({
      token,
      instead: argmax(even.logits, EOS),
      weights: /** @type {Float32Array} */ (step.weights),
      own: softmax(step.logits),
      mean: softmax(even.logits),
    });
    state = step.state;
  }
  return looks;
}

/**
 * The tokens that one of the two would write, and the best of the rest: as many as asked for.
 * @param {Look} look
 * @param {number} count
 */
export function candidates({ token, instead, own, mean }, count) {
  const first = [...new Set([token, instead])];
  const rest = Array.from(own, (_, k) => k)
    .filter((k) => k >= EOS && !first.includes(k))
    .sort((a, b) => Math.max(own[b], mean[b]) - Math.max(own[a], mean[a]));
  return [...first, ...rest].slice(0, count);
}
