// A sentence for each step of a writing.

import { attention, decoder, encoder } from "../parts/stepper/marks.js";

/** @typedef {import("./writing.js").Writing} Writing */
/** @typedef {import("../parts/stepper/types.js").Sentence} Sentence */

/** @param {number} share */
export const percent = (share) => {
  if (share > 0.995) return ">99%";
  return share < 0.005 ? "<1%" : `${Math.round(100 * share)}%`;
};

/** The same in a sentence. @param {number} share */
const said = (share) => percent(share).replace(">", "over ").replace("<", "under ");

/** @param {number} count */
export const whole = (count) => count.toLocaleString("en-US");

/** @type {(weights: Float32Array) => number} */
export const total = (weights) => weights.reduce((sum, weight) => sum + weight, 0);

/** @param {Writing} writing @returns {Sentence} */
function reads({ S, size: { layers, width } }) {
  return [
    ...[
      encoder("The caption"),
      ` goes through all ${layers} layers once. Each of its ${S} tokens leaves `,
    ],
    `a row in the cache, a key and a value of ${width} numbers in every layer, and none of them is `,
    "worked out again.",
  ];
}

/** @param {Writing} writing @param {number} step @returns {Sentence} */
export function says(writing, step) {
  if (step === 0) return reads(writing);
  const { S, codes, columns } = writing;
  const { t, share, words } = writing.square(writing.stops()[step - 1]);
  const what = writing.empty(t) ? "empty" : "with ink";
  const writes = [
    ...[" and writes ", decoder(`square ${t + 1}`), `, ${what}, which had a probability of `],
    `${said(share)}.`,
  ];
  const looks = [
    `It looks at all ${S + t + 1} rows, `,
    attention(`${said(total(words))} of it at the caption`),
  ];
  if (t === 0) {
    return ["The start sign is read, which adds one row. ", ...looks, ",", ...writes];
  }
  const read = decoder(`Square ${t}`);
  if (t < columns ** 2 - 1 || codes.length < columns ** 2) {
    const adds =
      t < 3 ? ", just written, is read and adds one row." : ` is read and adds row ${S + t + 1}.`;
    return [read, adds, " ", ...looks, ",", ...writes];
  }
  const { cached, anew } = writing.rows(t);
  return [
    ...[read, " adds the last row, ", decoder(`square ${t + 1}`), " ends the picture. Each of "],
    ...[`${whole(cached)} rows was worked out once; without a cache it would have been `],
    ...[`${whole(anew)} rows, ${whole(Math.round(anew / cached))} times as many.`],
  ];
}
