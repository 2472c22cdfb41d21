// The sentence of each step, made of what was counted.

import { element, spoken } from "../parts/elements.js";
import { decoder, italic } from "../parts/stepper/marks.js";

/**
 * Two outputs with their references, and what was counted in Python.
 * @typedef {object} Shown
 * @property {string[][]} outputs words of each sentence
 * @property {string[][]} references
 * @property {boolean[][][]} found of each output, for n = 1 to 4: whether a run counts
 * @property {[number, number][]} counts for n = 1 to 4: found and all, of both outputs
 * @property {number} penalty
 * @property {number} mean the fourth root of the product of the shares
 * @property {number} score
 *
 * @typedef {import("../parts/stepper/types.js").Sentence} Sentence
 */

export const NAMES = ["single words", "pairs", "triples", "runs of four"];
const ORDER = ["first", "second", "third", "fourth", "fifth", "sixth"];
const BEGINS = [
  "First the single words. Each counts at most as often as its reference has it. ",
  "Then the pairs of neighbours, which ask for the order too. ",
  "Then the triples. ",
  "Last the runs of four. ",
];

/** @param {[number, number]} count */
export const percent = ([good, all]) => `${Math.round((100 * good) / all)}%`;
/** How many are found, of how many. @param {boolean[]} marks @returns {[number, number]} */
export const tally = (marks) => [marks.filter(Boolean).length, marks.length];
/** @param {string[][]} sentences */
const total = (sentences) => sentences.flat().length;

/** The same texts, one after the other, with commas and a last "and". @param {Sentence[]} items */
const listed = (items) =>
  items.flatMap((item, k) => [...(k ? [k === items.length - 1 ? " and " : ", "] : []), ...item]);

/**
 * A run, and if it has been there before, which of them it is.
 * @param {string[]} words
 * @param {number} n
 * @param {number} at
 * @returns {Sentence}
 */
function named(words, n, at) {
  const run = (/** @type {number} */ k) => words.slice(k, k + n).join(" ");
  const before = words.slice(0, at).filter((_, k) => run(k) === run(at)).length;
  return [...(before ? [`the ${ORDER[before]} `] : []), italic(run(at))];
}

/**
 * How many runs of an output count, and the ones that are fewer: those that do, or those that do not.
 * @param {string[]} words
 * @param {boolean[]} marks
 * @param {number} n
 * @returns {Sentence}
 */
function tallied(words, marks, n) {
  const [good, all] = tally(marks);
  if (good === all) return [`all ${all} are found`];
  if (good === 0) return [`none of ${all} is found`];
  const few = good <= all - good;
  const runs = marks.flatMap((mark, k) => (mark === few ? [named(words, n, k)] : []));
  const are = `${good} of ${all} ${good === 1 ? "is" : "are"} found, `;
  return [are, ...(few ? [] : ["all but "]), ...listed(runs)];
}

/** A step for each length of run. @param {Shown} shown @param {number} n @returns {Sentence} */
function counting({ outputs, found }, n) {
  const each = outputs.flatMap((words, k) => [
    k ? "; in the " : "In the ",
    decoder(`${ORDER[k]} output`),
    " ",
    ...tallied(words, found[k][n - 1], n),
  ]);
  const none = found.findIndex((marks) => !marks[n - 1].some(Boolean));
  const alone =
    n === NAMES.length && none >= 0
      ? [` BLEU multiplies the shares, so the ${ORDER[none]} output alone would have a BLEU of 0.`]
      : [];
  return [BEGINS[n - 1], ...each, ".", ...alone];
}

/** @param {Shown} shown @returns {Sentence} */
function adding({ found, counts }) {
  const words = found.map((marks) => tally(marks[0]));
  const [good, all] = [0, 1].map((k) => words.map((count) => count[k]).join("\u00a0+\u00a0"));
  const [first, ...others] = counts.map(percent);
  return [
    "So the counts of all sentences are added up before anything is divided. Of the single words ",
    `${good} are found of ${all}, which is a share of `,
    decoder(first),
    "; of the pairs, triples and runs of four it is ",
    ...listed(others.map((share) => [decoder(share)])),
    ".",
  ];
}

/** @param {Shown} shown @returns {Sentence} */
function brevity({ outputs, references, penalty }) {
  const [c, r] = [total(outputs), total(references)];
  const asks = "The shares ask about what is written, and not about what was left out. ";
  if (c >= r) {
    return [
      `${asks}That is the work of the brevity penalty. It is 1 here, since the outputs have ${c} words `,
      `and the references no more than ${r}.`,
    ];
  }
  return [
    `${asks}That is the work of the brevity penalty: the outputs have ${c} words together, and the `,
    `references ${r}, so it is `,
    italic("e"),
    spoken(" to the power of "),
    element("sup", { text: `1\u00a0−\u00a0${r}/${c}` }),
    "\u00a0=\u00a0",
    decoder(penalty.toFixed(4)),
    ".",
  ];
}

/**
 * @param {Shown} shown
 * @param {number} step
 * @returns {Sentence}
 */
export function says(shown, step) {
  if (step === 0) {
    return [
      "Two ",
      decoder("outputs"),
      " of a translator stand here for a whole test set, each below the reference that it should equal. " +
        "How much of them is right? BLEU asks for single words, and for runs of two, three and four.",
    ];
  }
  if (step <= NAMES.length) return counting(shown, step);
  if (step === NAMES.length + 1) return adding(shown);
  if (step === NAMES.length + 2) return brevity(shown);
  return [
    `The fourth root of the product of the four shares is ${shown.mean.toFixed(4)}. Multiplied by the `,
    `penalty, ${shown.penalty.toFixed(4)}, and by 100 it is the score: a BLEU of `,
    decoder(shown.score.toFixed(1)),
    ".",
  ];
}
