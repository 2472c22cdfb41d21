// Chapter 3, step by step: gates that open and close over a word.

import { choice } from "../parts/choices.js";
import { element } from "../parts/elements.js";
import { stepper } from "../parts/stepper/stepper.js";
import { sheet } from "./sheet.js";
import { says } from "./story.js";

/** @typedef {import("./story.js").Word} Word */

let figures = 0;

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  figures += 1;
  /** @type {Word[]} */
  const words = model.get("words");
  /** @type {string[]} */
  const names = model.get("names");
  const word = () => words[model.get("word")];
  const choose = choice(
    `bw-gate-word-${figures}`,
    "Word",
    words.map(({ letters }, k) => [k, letters.join("")]),
    (k) => {
      model.set("word", k);
      model.set("step", 1);
      model.save_changes();
    },
  );
  choose.show(model.get("word"));
  const frame = stepper(
    { model, el, name: "gate-stepper" },
    {
      title: "Gates open and close over a word",
      caption:
        "A column belongs to a letter, a cell to one number of the state. Gates: full is open, " +
        "empty is shut. Blue: filled above zero, hollow below, strong where large.",
      cases: names.length > 1 ? { legend: "The layer", names, next: `The ${names[1]}` } : undefined,
      steps: () => word().letters.length + 1,
      says: (step, chosen) => says(word(), step, chosen),
      label(step, chosen) {
        const { letters } = word();
        const read = `${Math.min(step + 1, letters.length)} of ${letters.length} letters`;
        return `${names[chosen]}, ${letters.join("")}: ${read} read.`;
      },
      draw: (at) => sheet(at, word()),
      extra: words.length > 1 ? element("div", { class: "bw-choosing" }, choose.node) : undefined,
    },
  );
  model.on("change:word", () => {
    choose.show(model.get("word"));
    frame.again();
  });
  return frame.stop;
}

export default { render };
