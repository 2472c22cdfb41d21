// Chapter 6: what BLEU counts in two short translations, and the score that comes of it.

import { stepper } from "../parts/stepper/stepper.js";
import { counted } from "./counted_picture.js";
import { NAMES, says, tally } from "./story.js";

/** @typedef {import("./story.js").Shown} Shown */

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  /** @type {Shown} */
  const shown = {
    outputs: model.get("outputs"),
    references: model.get("references"),
    found: model.get("found"),
    counts: model.get("counts"),
    penalty: model.get("penalty"),
    mean: model.get("mean"),
    score: model.get("score"),
  };
  return stepper(
    { model, el, name: "bleu-stepper" },
    {
      title: "What BLEU counts",
      caption:
        "Orange: found in the reference. Dashed: not there, or already counted as often as it is there.",
      steps: () => NAMES.length + 4,
      says: (step) => says(shown, step),
      label(step) {
        const pairs = shown.outputs.map(
          (output, k) =>
            `Reference: ${shown.references[k].join(" ")}. Output: ${output.join(" ")}.`,
        );
        const lines = NAMES.slice(0, step).map((name, n) => {
          const each = shown.found.map((marks) => tally(marks[n]).join(" of "));
          return `Found of the ${name}: ${each.join(" and ")}.`;
        });
        const end = step === NAMES.length + 3 ? [`BLEU: ${shown.score.toFixed(1)}.`] : [];
        return [...pairs, ...lines, ...end].join(" ");
      },
      draw: (at) => counted(at, shown),
    },
  ).stop;
}

export default { render };
