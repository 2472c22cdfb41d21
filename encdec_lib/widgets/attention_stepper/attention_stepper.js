// Chapter 8: how a decoder with attention writes one sound, step by step.

import { stepper } from "../parts/stepper/stepper.js";
import { picture } from "./picture.js";
import { percent, says } from "./story.js";

/** @typedef {import("./story.js").Trace} Trace */

const STEPS = 6;

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  /** @type {Trace} */
  const trace = model.get("trace");
  const { word, width, steps } = trace;
  return stepper(
    { model, el, name: "attention-stepper" },
    {
      title: "One step of attention, with its numbers",
      caption:
        "Filled cells are positive numbers, hollow ones negative, and the stronger the colour, the " +
        `further from 0. Four cells of a letter’s ${width} numbers come from the forward reading, four ` +
        "from the backward one.",
      cases: {
        legend: "Sound to write",
        names: steps.map(({ bets }) => bets[0][0]),
        next: "Next sound",
        first: 1,
      },
      steps: () => STEPS,
      says: (step, chosen) => says(trace, step, chosen),
      label(step, chosen) {
        const { weights, bets } = steps[chosen];
        const shares = weights.map((weight, j) => `${word[j]} ${percent(weight)}`).join(", ");
        const so = step > 2 ? ` Weights: ${shares}.` : "";
        return `${word}, step ${step + 1} of ${STEPS} towards the sound ${bets[0][0]}.${so}`;
      },
      draw: (at) => picture(at, trace),
    },
  ).stop;
}

export default { render };
