// The four models with other scores that the reader has trained on the page.

import { readsAndWrites } from "../parts/trainer/handover.js";
import { traitsOf } from "../parts/trainer/letter_tasks.js";

/** @typedef {import("../parts/trainer/handover.js").Trained} Trained */

const SCORES = ["dot", "scaled_dot", "general", "additive"];

/**
 * What is another where they answer: of words, the models alone.
 * @param {Trained} trained
 */
function traitsWith({ models: theirs, task }) {
  const models = SCORES.map((name) => ({ name: name.replace("_", " "), model: theirs[name] }));
  const own = { models, chosen: models[0].name, choose: "score" };
  if (task.name === "words") return own;
  const longest = task.longest ?? 1;
  const strings = traitsOf(task.name, longest);
  return {
    ...{ ...own, ...strings, word: strings.examples[0], sounds: {} },
    ...{ max_letters: longest, max_phonemes: longest + 2 },
  };
}

/**
 * As of orOwn.
 * @param {import("../parts/state.js").Model} model of the figure
 */
export function ownScores(model) {
  const [source, target] = ["source_symbols", "target_symbols"].map(
    (name) => model.get(name).length,
  );
  return {
    ...{ kind: "four scores", needs: SCORES, what: "four models" },
    values: traitsWith,
    /** @param {Trained} trained */
    fits: ({ models, task }) => task.name !== "words" || readsAndWrites(models.dot, source, target),
    /** @param {Trained} trained */
    does: ({ task }) =>
      task.name === "words"
        ? "They read words, and write their sounds."
        : "They read letters from a to p, and write them backwards.",
  };
}
