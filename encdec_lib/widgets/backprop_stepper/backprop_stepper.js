// Chapter 3, step by step: a state goes from letter to letter, and a gradient comes back.

import { stepper } from "../parts/stepper/stepper.js";
import { reading, returning } from "./sheet.js";
import { goesBack, reads, stepsBack } from "./story.js";

/** @typedef {import("./story.js").Shown} Shown */

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const [word, alphabet, numbers] = ["word", "alphabet", "numbers"].map((name) => model.get(name));
  /** @type {string[]} */
  const names = model.get("names");
  const back = model.get("back");
  /** @type {(chosen: number) => Shown} */
  const shown = (chosen) => ({ word, alphabet, numbers, run: model.get("runs")[chosen] });
  const S = word.length - 1;
  return stepper(
    { model, el, name: "backprop" },
    {
      title: back ? "The gradient goes back" : "One set of weights reads a word",
      caption: back
        ? "Columns are vectors: filled above zero, hollow below, strong where large. Grey bars: the length of the gradient that is left, the first being 100%."
        : "Blue: the state, a number in each cell, filled above zero, hollow below. Orange: the bet on the right next letter; grey: on the others.",
      cases:
        names.length > 1 ? { legend: "The network", names, next: "The next network" } : undefined,
      steps: () => (back ? stepsBack(S) : S + 1),
      says: (step, chosen) => (back ? goesBack : reads)(shown(chosen), step),
      label(step, chosen) {
        if (!back) return `${names[chosen]}: ${Math.min(step + 1, S)} of ${S} letters read.`;
        return `${names[chosen]}: the gradient after ${step} steps of its way back.`;
      },
      draw: (at) => (back ? returning : reading)(at, shown(at.chosen)),
    },
  ).stop;
}

export default { render };
