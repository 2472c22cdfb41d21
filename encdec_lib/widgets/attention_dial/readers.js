// The models to choose from, and what they say of a word at a temperature.

import { greedy, loadModel } from "../../web/engine/engine.js";

/**
 * Why a temperature cannot change what a reader without scores does.
 * @type {Record<string, string>}
 */
const WITHOUT_SCORES = {
  last: "it reads the two ends of the word at every step",
  mean: "it gives every letter the same weight at every step",
  max: "it takes the largest number at each place of the vectors, at every step the same",
  position: "it reads the letter with the number of the step",
  content:
    "it reads the one letter with the highest score, and dividing all scores by one number " +
    "leaves the highest the highest",
};

/** @typedef {import("../../web/engine/types.js").Exported} Exported */
/** @typedef {import("../../web/engine/types.js").Model} Model */
/** @typedef {import("../../web/engine/types.js").Answer} AnyAnswer */

/**
 * What a model says, all of which attend: every step has weights.
 * @typedef {Omit<AnyAnswer, "weights" | "entropies"> &
 *   {weights: Float32Array[], entropies: number[]}} Answer
 */

/**
 * One model. `unmoved` says why a temperature changes nothing in it, or is null.
 * @typedef {object} Reader
 * @property {string} name
 * @property {string | null} unmoved
 * @property {(word: string, temperature: number) => Answer} say
 */

/**
 * @param {{name: string, model: Exported}} exported
 * @param {import("../parts/tokens.js").Vocabulary} letters
 * @param {number} most phonemes before it is stopped
 * @returns {Reader}
 */
function readerOf({ name, model: exported }, letters, most) {
  const { read = "" } = /** @type {{read?: string}} */ (exported.settings?.decoder ?? {});
  /** @type {Model | null} */
  let loaded = null; // the weights are read when the model is first asked
  /** @type {{word: string, answer: Answer} | null} */
  let usual = null; // the answer at temperature 1, once a word
  const model = () => {
    loaded ??= loadModel(exported);
    return loaded;
  };
  /** @type {(word: string, temperature: number) => Answer} */
  const run = (word, temperature) =>
    /** @type {Answer} */ (greedy(model(), letters.encode([...word]), most, { temperature }));
  return {
    name,
    get unmoved() {
      return model().scores ? null : WITHOUT_SCORES[read];
    },
    say(word, temperature) {
      if (temperature !== 1) return run(word, temperature);
      if (usual?.word !== word) usual = { word, answer: run(word, 1) };
      return usual.answer;
    },
  };
}

/**
 * @param {{name: string, model: Exported}[]} exported
 * @param {import("../parts/tokens.js").Vocabulary} letters
 * @param {number} most
 */
export const readersOf = (exported, letters, most) =>
  exported.map((one) => readerOf(one, letters, most));
