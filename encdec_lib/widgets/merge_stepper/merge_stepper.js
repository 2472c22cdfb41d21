// Chapter 4: byte-pair encoding, one merge a step, and a new word that is cut with the merges.

import { stepper } from "../parts/stepper/stepper.js";
import { mergePicture } from "./picture.js";
import { inWords, says } from "./story.js";

/**
 * What Python has counted: the words with how often they stand in the text; the merges; before each
 * of them the pairs, the most frequent first; and the pieces of the words and of the new word,
 * before the first merge and after each.
 * @typedef {object} Learned
 * @property {[string, number][]} words
 * @property {[string, string][]} merges
 * @property {[string, string, number][][]} counts
 * @property {string[][][]} cut
 * @property {string[][]} new
 */

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  /** @type {any} */
  const traits = Object.fromEntries(
    ["words", "merges", "counts", "cut", "new"].map((one) => [one, model.get(one)]),
  );
  /** @type {Learned} */
  const learned = traits;
  const steps = learned.merges.length + 2; // letters, the merges, and a new word
  return stepper(
    { model, el, name: "merge" },
    {
      title: "Letters grow into subwords",
      caption:
        "Before each word: how often it stands in the text. A strong frame marks what the step has " +
        "merged, and a dashed line where its parts meet. Pairs are counted within words only.",
      steps: () => steps,
      says: (step) => says(learned, step),
      label: (step) => `Step ${step + 1} of ${steps}. ${inWords(learned, step)}`,
      draw: (at) => mergePicture(at, learned),
    },
  ).stop;
}

export default { render };
