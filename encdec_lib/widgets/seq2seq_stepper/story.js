// The sentence of each step, made from what the model did.

import { compare } from "../parts/compare.js";
import { decoder, encoder, italic } from "../parts/stepper/marks.js";

/** @typedef {import("./reading.js").Word} Word */
/** @typedef {import("../parts/stepper/types.js").Sentence} Sentence */
/** @typedef {{word: Word, width: number, reverse: boolean}} Shown */

export const OWN = 0; // the decoder reads its own sounds
export const TEACHER = 1;

/** @param {number} share */
const percent = (share) => {
  if (share > 0.995) return "over 99%";
  return share < 0.01 ? "under 1%" : `${Math.round(100 * share)}%`;
};

/** The letters in the order in which they are read. @param {Shown} shown */
export const inOrder = ({ word, reverse }) =>
  reverse ? [...word.letters].reverse() : word.letters;

/** How many steps there are. @param {Word} word @param {number} chosen */
export const stepsOf = ({ letters, written }, chosen) =>
  letters.length + 1 + written[chosen].length;

/**
 * Whether each thing that was said is right: against the true sound at its place where the teacher
 * goes along, against the nearest way through the whole word where the model goes alone.
 * @param {Word} word
 * @param {number} chosen
 */
export function marks({ sounds, written }, chosen) {
  const said = written[chosen].map((one) => one.said);
  if (chosen === TEACHER) return said.map((one, t) => one === (sounds[t] ?? null));
  const spoken = said.flatMap((one) => (one === null ? [] : [one]));
  const right = compare(spoken, sounds)
    .filter(({ kind }) => kind !== "missing")
    .map(({ kind }) => kind === "right");
  const ended = said.length > spoken.length;
  return ended ? [...right, true] : right;
}

/** @param {Shown} shown @param {number} step @returns {Sentence} */
function reads(shown, step) {
  const letters = inOrder(shown);
  const letter = encoder(letters[step]);
  const numbers = `${shown.width} numbers`;
  if (step === 0) {
    return [
      "The encoder starts from a state of zeros. It reads ",
      letter,
      `, and all ${numbers} change.`,
    ];
  }
  const so = italic(
    shown.reverse
      ? letters
          .slice(0, step + 1)
          .reverse()
          .join("")
      : letters.slice(0, step + 1).join(""),
  );
  if (step === letters.length - 1) {
    return [
      "It reads ",
      letter,
      ", the last letter. This state is ",
      encoder("H"),
      ": all that will be known of ",
      so,
      ".",
    ];
  }
  return [
    "It reads ",
    letter,
    ". The state before it is gone; the new one has to hold ",
    so,
    ` in the same ${numbers}.`,
  ];
}

/** @param {Word} word @param {number} chosen @param {number} t @returns {Sentence} */
function writes(word, chosen, t) {
  const { input, said, share } = word.written[chosen][t];
  const right = marks(word, chosen);
  const bet = [said === null ? decoder("the end") : decoder(said), ` with ${percent(share)}`];
  const truth = word.sounds[t] ?? "the end";
  const wrong = right[t]
    ? "."
    : chosen === TEACHER
      ? `; ${truth} would be right.`
      : ", which is wrong.";
  if (t === 0) {
    return [
      "The decoder reads the begin sign, since nothing is written yet. It bets on ",
      ...bet,
      wrong,
    ];
  }
  if (chosen === TEACHER) {
    const before = word.written[chosen][t - 1].said;
    const given =
      before === input ? ", which it had right" : `, though it wrote ${before ?? "the end"}`;
    return ["The teacher gives it ", decoder(input), given, ". It bets on ", ...bet, wrong];
  }
  const after = right[t - 1] ? ", which it has just written" : ", its own mistake";
  const first = ["It reads ", decoder(input), after, ", and bets on ", ...bet, wrong];
  if (t < word.written[chosen].length - 1) return first;
  if (said !== null) return [...first, " It finds no end, and is stopped."];
  const faults = compare(
    word.written[chosen].flatMap((one) => one.said ?? []),
    word.sounds,
  ).filter(({ kind }) => kind !== "right").length;
  return [
    ...first,
    faults ? ` The word has ${faults} wrong, left out or extra.` : " The word is right.",
  ];
}

/** @param {Shown} shown @param {number} step @param {number} chosen @returns {Sentence} */
export function says(shown, step, chosen) {
  const S = shown.word.letters.length;
  if (step < S) return reads(shown, step);
  if (step > S) return writes(shown.word, chosen, step - S - 1);
  return [
    encoder("H"),
    " becomes the ",
    decoder("decoder’s"),
    " first state. The letters are gone: from here on nobody can look at them again.",
  ];
}
