// The Transformer that the reader has trained on the page, which writes strings backwards.

import { traitsOf } from "../parts/trainer/letter_tasks.js";

/**
 * What is another where it answers.
 * @param {import("../parts/trainer/handover.js").Trained} trained
 */
function traitsWith({ models, task }) {
  const longest = task.longest ?? 1;
  const strings = traitsOf(task.name, longest);
  return {
    ...{ ...strings, model: models.transformer, text: strings.examples[0], gloss: {} },
    ...{ max_source: longest, max_target: longest + 2, reading: {}, writing: {} },
  };
}

/** As of orOwn. */
export const OWN = {
  ...{ kind: "strings backwards", needs: ["transformer"], what: "a Transformer" },
  values: traitsWith,
  does: () => "It reads letters from a to p, and writes them backwards.",
};
