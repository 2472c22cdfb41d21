// Chapter 4, step by step: the encoder reads a word, the decoder writes its sounds.

import { choice } from "../parts/choices.js";
import { element } from "../parts/elements.js";
import { stepper } from "../parts/stepper/stepper.js";
import { ownModel } from "../parts/trainer/handover.js";
import { readAgain } from "./reading.js";
import { sheet } from "./sheet.js";
import { says, stepsOf } from "./story.js";

/** @typedef {import("./reading.js").Word} Word */
/** @typedef {import("./story.js").Shown} Shown */

let figures = 0;

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  figures += 1;
  const book = {
    words: model.get("words"),
    width: model.get("width"),
    reverse: model.get("reverse"),
  };
  /** @type {{words: Word[], width: number, reverse: boolean}} */
  let now = book;
  /** @returns {Shown} */
  const shown = () => ({ ...now, word: now.words[model.get("word")] });
  const names = book.words.map((/** @type {Word} */ { letters }, /** @type {number} */ k) => [
    k,
    letters.join(""),
  ]);
  const words = choice(`bw-seq2seq-word-${figures}`, "Word", names, (word) => {
    model.set("word", word);
    model.set("step", 1);
    model.save_changes();
  });
  /** @type {import("../parts/stepper/types.js").Stepper | null} */
  let frame = null;
  const own = ownModel("letters to sounds", ["fixed"], (trained) => {
    now = trained ? readAgain(trained.models.fixed, book.words, model.get("symbols")) : book;
    frame?.again();
  });
  const cells = book.words[0].read[0].length;
  /** @type {import("../parts/stepper/types.js").Figure} */
  const figure = {
    title: "The encoder reads, the decoder writes",
    caption:
      `A column is a state: its first ${cells} numbers, filled above zero, hollow below, strong ` +
      "where large. Percent: the probability of what is written. Struck: wrong.",
    cases: {
      legend: "The decoder reads",
      names: ["its own sounds", "the teacher’s"],
      next: "With the teacher",
    },
    steps: (chosen) => stepsOf(shown().word, chosen),
    says: (step, chosen) => says(shown(), step, chosen),
    label(step, chosen) {
      const { word } = shown();
      const [S, said] = [word.letters.length, word.written[chosen]];
      const spoken = said.slice(0, Math.max(step - S, 0)).map((one) => one.said ?? "end");
      const read = `The word ${word.letters.join("")}, ${Math.min(step + 1, S)} of ${S} letters read`;
      return `${read}; written: ${spoken.join(" ") || "nothing"}.`;
    },
    draw: (at) => sheet(at, shown()),
    extra: element(
      "div",
      { class: "bw-choosing" },
      book.words.length > 1 ? words.node : null,
      own.node,
    ),
  };
  words.show(model.get("word"));
  frame = stepper({ model, el, name: "seq2seq-stepper" }, figure);
  model.on("change:word", () => {
    words.show(model.get("word"));
    frame?.again();
  });
  return () => {
    own.stop();
    frame?.stop();
  };
}

export default { render };
