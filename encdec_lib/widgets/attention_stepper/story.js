// A sentence for each of the six steps, made of the model's own numbers.

import { attention, decoder, encoder, italic } from "../parts/stepper/marks.js";

/** @typedef {import("../parts/stepper/types.js").Sentence} Sentence */

/**
 * What the model worked with to write one sound.
 * @typedef {object} Step
 * @property {number[]} scores one a letter
 * @property {number[]} weights
 * @property {number[]} state before
 * @property {number[]} after the state after
 * @property {number[]} context
 * @property {[string, number][]} bets the most probable sounds
 */

/**
 * @typedef {object} Trace
 * @property {string} word
 * @property {number} width of a letter's vector
 * @property {number[][]} vectors some numbers of each
 * @property {Step[]} steps one a sound
 * @property {boolean} ended whether the model ended the word by itself
 */

const ORDER = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh"];
const ALONE = 0.05; // of the second largest weight, below which the largest is "almost all"

/** @param {number} value */
export const signed = (value, digits = 2) => value.toFixed(digits).replace("-", "−");

/** @param {number} share */
export const percent = (share) => {
  if (share > 0.995 && share < 1) return ">99%";
  return share > 0 && share < 0.005 ? "<1%" : `${Math.round(100 * share)}%`;
};

/** The letters with the two largest weights. @param {number[]} weights */
const largest = (weights) => {
  const order = weights.map((_, j) => j).sort((a, b) => weights[b] - weights[a]);
  return [order[0], order[1]];
};

/** @param {Trace} trace @param {number} i @returns {Sentence} */
function beforeIt({ word, steps }, i) {
  if (i === 0) {
    return [
      ...[decoder("The decoder"), " has written nothing yet. Its "],
      ...[decoder("state"), " is s₀, made from what the backward reading knows at "],
      ...[italic(word[0]), ": by then it has read the whole word."],
    ];
  }
  const written = steps.slice(0, i).map(({ bets }) => bets[0][0]);
  return [
    ...[decoder("The decoder"), " has written "],
    ...[decoder(written.join(" ")), ` and is about to write its ${ORDER[i]} sound. All that it `],
    ...["knows of the word so far is in its ", decoder("state"), "."],
  ];
}

/** @param {Trace} trace @param {Step} now @returns {Sentence} */
function softmaxed({ word }, { scores, weights }) {
  const [j, k] = largest(weights);
  const start = ["Softmax turns the scores into ", attention("weights"), " that add up to 1. "];
  if (weights[k] < ALONE) {
    return [
      ...[...start, "The score of ", italic(word[j]), " is so far above the others that it takes "],
      `${percent(weights[j])}.`,
    ];
  }
  const ratio = Math.exp(scores[j] - scores[k]);
  return [
    ...[...start, "The score of ", italic(word[j]), ` is ${signed(scores[j] - scores[k])} above `],
    ...["that of ", italic(word[k]), `, so its weight is ${ratio.toFixed(1)} times as large: `],
    `${percent(weights[j])} and ${percent(weights[k])}.`,
  ];
}

/** @param {Trace} trace @param {Step} now @returns {Sentence} */
function mixed({ word }, { weights }) {
  const [j, k] = largest(weights);
  const most =
    weights[k] < ALONE
      ? ["almost only the vector of ", italic(word[j])]
      : [
          ...[`${percent(weights[j])} of `, italic(word[j]), ` and ${percent(weights[k])} of `],
          ...[italic(word[k]), weights.length > 2 ? ", and little of the others" : ""],
        ];
  return [
    ...["Each vector is multiplied by its weight, and all are added. Their sum is the "],
    ...[attention("context"), ": ", ...most, "."],
  ];
}

/** @param {Trace} trace @param {number} i @returns {Sentence} */
function written({ steps, ended }, i) {
  const [sound, share] = steps[i].bets[0];
  const last = i === steps.length - 1;
  const end = ended ? "Its next step ends the word." : "Here the figure stops.";
  const before = i ? ["the sound before it, ", decoder(steps[i - 1].bets[0][0])] : ["a begin sign"];
  return [
    ...["The context goes into the next state, together with ", ...before, ". The decoder writes "],
    ...[decoder(sound), `, whose probability is ${percent(share)}. `],
    last ? end : "Then it scores all letters again.",
  ];
}

/**
 * @param {Trace} trace
 * @param {number} step
 * @param {number} i the sound
 * @returns {Sentence}
 */
export function says(trace, step, i) {
  const { word, width, vectors, steps } = trace;
  const now = steps[i];
  if (step === 0) {
    return [
      ...[encoder("The encoder"), " has read ", italic(word), ". It keeps one vector for each "],
      `letter; ${vectors[0].length} of its ${width} numbers are drawn here.`,
    ];
  }
  if (step === 1) return beforeIt(trace, i);
  if (step === 2) {
    const top = now.scores.indexOf(Math.max(...now.scores));
    return [
      ...["A small network compares that state with each letter’s vector and gives a "],
      ...[attention("score"), `. The highest, ${signed(now.scores[top])}, goes to `],
      ...[italic(word[top]), "."],
    ];
  }
  if (step === 3) return softmaxed(trace, now);
  return step === 4 ? mixed(trace, now) : written(trace, i);
}
