// Chapter 13: the way from the first word to the last, through four kinds of layer.

import { attention, encoder, italic } from "../parts/stepper/marks.js";
import { stepper } from "../parts/stepper/stepper.js";
import { digits, grid } from "./grid.js";
import { distance, KINDS, strength } from "./paths.js";

/** @typedef {import("./paths.js").Kind} Kind */
/** @typedef {import("../parts/stepper/types.js").Sentence} Sentence */
/** @typedef {Record<string, number[][]>} Signals */

const FAR = 1000; // words of another text
const steps = (/** @type {number} */ n) => `${n.toLocaleString("en-US")} step${n === 1 ? "" : "s"}`;
const percent = (/** @type {number} */ share) => `${Math.round(100 * share)}%`;

/**
 * How many steps of the figure a kind has.
 * @param {Kind} kind
 * @param {number} N
 */
const length = (kind, N) => (kind === "attention" ? 3 : distance(kind, N) + 1);

/**
 * @param {string[]} words
 * @param {Signals} signals
 * @param {number} step
 * @returns {Sentence}
 */
function recurrent(words, signals, step) {
  const [first, word, N] = [italic(words[0]), italic(words[step]), words.length];
  const left = encoder(digits(signals.recurrent[0][step]));
  if (step === 0) {
    return [
      ...["A recurrent layer, here a GRU, reads ", first, " into its first state. For a small "],
      ...["change of the word’s vector, this state changes ", left, " times as much."],
    ];
  }
  if (step < N - 1) {
    return [
      ...["The state at ", word, " is made from the state before it and from the word. After "],
      ...[`${steps(step)} the signal of `, first, " has a strength of ", left, "."],
    ];
  }
  return [
    ...["After ", encoder(steps(step)), " it is at ", word, ", with a strength of ", left],
    ...[`. None of the steps could begin before the one above it was done. In a text of `],
    ...[`${FAR.toLocaleString("en-US")} words there are ${steps(distance("recurrent", FAR))}.`],
  ];
}

/**
 * @param {Kind} kind
 * @param {string[]} words
 * @param {Signals} signals
 * @param {number} step
 * @returns {Sentence}
 */
function convolved(kind, words, signals, step) {
  const [N, first] = [words.length, italic(words[0])];
  if (step === 0) {
    return [
      "A convolution with a kernel of 3 makes each new vector from three: ",
      kind === "dilated"
        ? "here the second layer looks at every third place, a third layer would at every ninth."
        : "that of the word itself and those of the two words to its left.",
    ];
  }
  const heard = signals[kind][step - 1].filter((size) => size > 0).length;
  const left = encoder(digits(strength(signals, kind, { level: step, at: heard - 1 })));
  if (step < distance(kind, N)) {
    return [
      ...["All vectors of a layer are worked out at the same time. After ", steps(step)],
      ...[" the signal of ", first, " is at ", italic(words[heard - 1]), ", with a strength of "],
      ...[left, "; no word behind that hears of it."],
    ];
  }
  return [
    ...[
      "After ",
      encoder(steps(step)),
      " it is at ",
      italic(words[N - 1]),
      ", with a strength of ",
    ],
    ...[left, `. In a text of ${FAR.toLocaleString("en-US")} words, `],
    ...[`${steps(distance(kind, FAR))} would be needed, so as many layers.`],
  ];
}

/**
 * @param {string[]} words
 * @param {Signals} signals
 * @param {number} step
 * @returns {Sentence}
 */
function attended(words, signals, step) {
  const [first, last, N] = [words[0], italic(words[words.length - 1]), words.length];
  if (step === 0) {
    return ["In self-attention each new vector is a mixture of the vectors of all words so far."];
  }
  if (step === 1) {
    return [
      ...[
        "So there is a ",
        attention("direct line"),
        ` for each of the ${(N * (N + 1)) / 2} pairs`,
      ],
      ...[" of a word and one at its left, or itself. All are worked out at the same time."],
    ];
  }
  const left = attention(digits(signals.attention[0][N - 1]));
  return [
    ...[
      "The signal of ",
      first,
      " is at ",
      last,
      " after ",
      attention("1 step"),
      ", however long ",
    ],
    ...[
      "the text is. Its strength is ",
      left,
      ": a new layer gives ",
      italic(first),
      " a weight of ",
    ],
    ...[`${percent(signals.share[0][0])}, and training can give it more.`],
  ];
}

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  /** @type {string[]} */
  const words = model.get("words");
  /** @type {Signals} */
  const signals = model.get("signals");
  const N = words.length;
  /** @type {(step: number, chosen: number) => Sentence} */
  function says(step, chosen) {
    const kind = KINDS[chosen];
    if (kind === "recurrent") return recurrent(words, signals, step);
    if (kind === "attention") return attended(words, signals, step);
    return convolved(kind, words, signals, step);
  }
  const figure = {
    title: "How far is it from the first word to the last?",
    caption:
      `Blue: how much a vector changes for a small change of the first word’s. New layers of width ` +
      `${model.get("width")}, a mean over 16 random sequences. All look to the left only, as in a decoder.`,
    cases: { legend: "Layer", names: KINDS, next: "Next layer" },
    steps: (/** @type {number} */ chosen) => length(KINDS[chosen], N),
    says,
    label(/** @type {number} */ step, /** @type {number} */ chosen) {
      const of = {
        recurrent: "a GRU",
        convolution: "convolutions",
        dilated: "dilated convolutions",
      };
      const kind = KINDS[chosen];
      const name = kind === "attention" ? "self-attention" : of[kind];
      return `${N} words and ${name}, step ${step + 1} of ${length(kind, N)}.`;
    },
    draw(/** @type {import("../parts/stepper/types.js").At} */ at) {
      const kind = KINDS[at.chosen];
      /** @type {(place: import("./paths.js").Place) => number} */
      const since = ({ level }) => level;
      return grid(at, { kind, words, signals, since });
    },
  };
  return stepper({ model, el, name: "path" }, figure).stop;
}

export default { render };
