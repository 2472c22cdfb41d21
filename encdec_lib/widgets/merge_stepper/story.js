// The sentences of the steps, made of what was counted.

import { encoder, italic } from "../parts/stepper/marks.js";

/** @typedef {import("./merge_stepper.js").Learned} Learned */
/** @typedef {import("../parts/stepper/types.js").Sentence} Sentence */

/** A pair as it is written in the figure. @param {string} first @param {string} second */
export const paired = (first, second) => `${first} + ${second}`;

/** @param {number} n */
const times = (n) => ["", "once", "twice"][n] ?? `${n} times`;

/** @param {number} n @param {string} thing */
const count = (n, thing) => `${n} ${thing}${n === 1 ? "" : "s"}`;

/**
 * How many tokens the text has after so many merges.
 * @param {Learned} learned
 * @param {number} done
 */
export const tokensOf = ({ words, cut }, done) =>
  cut[done].reduce((sum, pieces, k) => sum + words[k][1] * pieces.length, 0);

/**
 * The tokens after so many merges: the letters in the order of the alphabet, then what was merged.
 * @param {Learned} learned
 * @param {number} done
 */
export const vocabularyOf = ({ merges, cut }, done) => [
  ...[...new Set(cut[0].flat())].sort(),
  ...merges.slice(0, done).map((pair) => pair.join("")),
];

/**
 * Texts as a list in a sentence.
 * @param {string[]} texts
 * @param {(text: string) => Node} mark
 * @returns {Sentence}
 */
const listed = (texts, mark) =>
  texts.flatMap((text, k) => {
    const before = k === 0 ? "" : k === texts.length - 1 ? " and " : ", ";
    return [before, mark(text)];
  });

/**
 * That other pairs are as frequent, and why this one is taken.
 * @param {[string, string, number][]} counts
 * @returns {Sentence}
 */
function ties([[, , most], ...others]) {
  const equal = others.filter(([, , count]) => count === most);
  if (!equal.length) return [", more often than any other pair. It becomes "];
  const few = equal.slice(0, 2).map(([first, second]) => paired(first, second));
  const named = equal.length > 2 ? [`${equal.length} other pairs`] : listed(few, italic);
  return [
    ...[equal.length > 1 ? "; so do " : "; so does ", ...named],
    ". Of equals, the first in the text is taken. It becomes ",
  ];
}

/**
 * @param {Learned} learned
 * @param {number} step
 * @returns {Sentence}
 */
export function says(learned, step) {
  const { words, merges, counts } = learned;
  const size = (/** @type {number} */ done) => vocabularyOf(learned, done).length;
  if (step === 0) {
    const many = words.reduce((sum, [, count]) => sum + count, 0);
    return [
      `This text has ${many} words. At first every letter is a token, so the text has `,
      `${tokensOf(learned, 0)} tokens, and the vocabulary has the ${size(0)} different letters. `,
      "Which two tokens stand beside each other most often?",
    ];
  }
  if (step <= merges.length) {
    const [first, second, count] = counts[step - 1][0];
    return [
      ...[encoder(paired(first, second)), ` stands in the text ${times(count)}`],
      ...[...ties(counts[step - 1]), "one token, ", encoder(first + second)],
      `. The vocabulary grows from ${size(step - 1)} tokens to ${size(step)}, and the text shrinks `,
      `from ${tokensOf(learned, step - 1)} tokens to ${tokensOf(learned, step)}.`,
    ];
  }
  const pieces = learned.new[merges.length];
  const how =
    merges.length > 1 ? `The same ${merges.length} merges, in the same order,` : "The merge";
  return [
    ...[italic(learned.new[0].join("")), " does not stand in the text. ", how, " cut it into "],
    ...[...listed(pieces, encoder), `: ${count(pieces.length, "token")} of the vocabulary `],
    `in place of ${count(learned.new[0].length, "letter")}.`,
  ];
}

/**
 * What the picture shows, for those who do not see it.
 * @param {Learned} learned
 * @param {number} step
 */
export function inWords(learned, step) {
  const { words, merges, cut } = learned;
  const done = Math.min(step, merges.length);
  const shown = cut[done].map((pieces, k) => `${times(words[k][1])} ${pieces.join(" ")}`);
  const last = step > done ? ` The new word: ${learned.new[done].join(" ")}.` : "";
  return `The text: ${shown.join("; ")}. The vocabulary: ${vocabularyOf(learned, done).join(" ")}.${last}`;
}
