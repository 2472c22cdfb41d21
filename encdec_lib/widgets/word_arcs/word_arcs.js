// Chapter 8: which letters were read for each sound of a word.

import { percent } from "../attention_stepper/story.js";
import { stepper } from "../parts/stepper/stepper.js";
import { arcs } from "./arcs.js";
import { sentence } from "./sentence.js";

/** @typedef {import("./arcs.js").Word} Word */

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  /** @type {Word[]} */
  const traces = model.get("traces");
  return stepper(
    { model, el, name: "word-arcs" },
    {
      title: "Which letters were read for each sound",
      caption:
        "The width of a line is the weight that the letter had when the sound was written. " +
        "Weights under 2% are not drawn.",
      ...(traces.length > 1
        ? {
            cases: {
              legend: "Word",
              names: traces.map(({ word }) => word),
              next: "Next word",
            },
          }
        : {}),
      steps: (chosen) => traces[chosen].sounds.length + 1,
      says: (step, chosen) => sentence(traces[chosen], step),
      label(step, chosen) {
        const { word, sounds, weights } = traces[chosen];
        const shown = sounds.map((sound, i) => {
          const read = weights[i].flatMap((weight, j) =>
            weight < 0.02 ? [] : [`${word[j]} ${percent(weight)}`],
          );
          return `${sound} reads ${read.join(", ")}`;
        });
        return `${word}: ${step ? shown[step - 1] : shown.join("; ")}.`;
      },
      draw: (at) => arcs(at, traces[at.chosen]),
    },
  ).stop;
}

export default { render };
