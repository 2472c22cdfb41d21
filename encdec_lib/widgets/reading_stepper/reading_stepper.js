// Chapter 7: what a decoder is given at each step, under each way to read.

import { stepper } from "../parts/stepper/stepper.js";
import { picture } from "./picture.js";
import { sentence } from "./readings.js";

/** @typedef {import("./readings.js").Trace} Trace */

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  /** @type {string} */
  const word = model.get("word");
  /** @type {Trace[]} */
  const traces = model.get("traces");
  const width = model.get("width");
  const most = Math.max(...traces.map(({ tokens }) => tokens.length));
  return stepper(
    { model, el, name: "reading" },
    {
      title: "What is the decoder given?",
      caption:
        `8 of a vector’s ${width} numbers: four of the half that reads from the left, then four of ` +
        "the half that reads from the right. Filled cells are positive, hollow ones negative, and the " +
        "stronger the colour, the further from 0. These are the trained models of this page.",
      cases: {
        legend: "Way to read",
        names: traces.map(({ name }) => name),
        next: "Next way",
        first: 1,
      },
      steps: (chosen) => traces[chosen].tokens.length + 1,
      says: (step, chosen) => sentence(traces[chosen], word, step, width),
      label(step, chosen) {
        const { name, tokens } = traces[chosen];
        const so = step
          ? `written so far: ${tokens.slice(0, step).join(" ")}`
          : "nothing written yet";
        return `${word}, read by ${name}, step ${step} of ${tokens.length}; ${so}.`;
      },
      draw: (at) => picture(at, traces[at.chosen], word, most),
    },
  ).stop;
}

export default { render };
