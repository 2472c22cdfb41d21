// A sentence for the whole word, and one for each of its sounds.

import { percent } from "../attention_stepper/story.js";
import { attention, decoder, italic } from "../parts/stepper/marks.js";

/** @typedef {import("./arcs.js").Word} Word */

const ORDER = [
  "first",
  "second",
  "third",
  "fourth",
  "fifth",
  "sixth",
  "seventh",
  "eighth",
  "ninth",
];
const ONE = 0.9; // a weight from which on one letter was "almost only" read
const SOME = 0.1; // a weight that is named

/**
 * @param {Word} trace
 * @param {number} step 0 is the whole word
 * @returns {import("../parts/stepper/types.js").Sentence}
 */
export function sentence({ word, sounds, weights }, step) {
  if (step === 0) {
    return [
      ...["The model has read ", italic(word), " and written ", decoder(sounds.join(" "))],
      ". A line leads from each sound to the letters that were read for it. Go on to see one sound at a time.",
    ];
  }
  const i = step - 1;
  const order = weights[i].map((_, j) => j).sort((a, b) => weights[i][b] - weights[i][a]);
  const named = order.filter((j) => weights[i][j] >= SOME);
  const start = [`For its ${ORDER[i]} sound, `, decoder(sounds[i]), ", it read "];
  if (weights[i][order[0]] >= ONE || !named.length) {
    const share = attention(percent(weights[i][order[0]]));
    return [...start, "almost only ", italic(word[order[0]]), ": ", share, "."];
  }
  const parts = named.flatMap((j, n) => [
    ...[n === 0 ? "" : n === named.length - 1 ? " and " : ", ", attention(percent(weights[i][j]))],
    ...[" of ", italic(word[j])],
  ]);
  return [...start, ...parts, "."];
}
