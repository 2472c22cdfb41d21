// The sentence of each step, made from what the network did.

import { decoder, encoder, italic } from "../parts/stepper/marks.js";

/**
 * A gradient on its way: at a state, and before the tanh of that state; lengths are shares of the
 * first one's. Null where nothing goes on.
 * @typedef {{state: number[], left: number, before: number[] | null, passed: number | null}} Back
 */

/** @typedef {{states: number[][], bets: number[][], back: Back[]}} Run */
/** @typedef {{word: string, alphabet: string, numbers: number, run: Run}} Shown */
/** @typedef {import("../parts/stepper/types.js").Sentence} Sentence */

/** @param {number} share */
export const percent = (share) => {
  if (share > 0 && share < 0.01) return "under 1%";
  return `${Math.round(100 * share)}%`;
};

/** Letter and its share that the network bets on most. @param {Shown} shown @param {number} t */
function best({ alphabet, run }, t) {
  const bets = run.bets[t];
  return alphabet[bets.indexOf(Math.max(...bets))];
}

/** @param {Shown} shown @param {number} t @returns {Sentence} */
function bet(shown, t) {
  const [said, right] = [best(shown, t), shown.word[t + 1]];
  if (said === right) return [" It bets most on ", decoder(said), ", which is right."];
  return [" It bets most on ", decoder(said), "; ", decoder(right), " would be right."];
}

/** Forwards: a step a letter, and what it comes to. @param {Shown} shown @param {number} t @returns {Sentence} */
export function reads(shown, t) {
  const { word, numbers, run } = shown;
  const S = word.length - 1;
  if (t === S) {
    return [
      `The same ${numbers} weights worked at every letter. A word of forty letters would need forty `,
      "steps, and no further weight.",
    ];
  }
  const letter = encoder(word[t]);
  if (t === 0) {
    return [
      "The state begins as zeros. The network reads ",
      letter,
      " and makes a new state of both.",
      ...bet(shown, t),
    ];
  }
  if (word[t] === word[t - 1]) {
    const same =
      Math.max(...run.states[t].map((x, k) => Math.abs(x - run.states[t - 1][k]))) < 1e-4;
    const other =
      best(shown, t) === best(shown, t - 1)
        ? ", yet the bet stays."
        : ", and so the bet differs too.";
    return [
      "It reads ",
      letter,
      " again: the same letter, the same weights. ",
      same
        ? "The state is the same too, so the bet must be."
        : `Only the state before is different${other}`,
      ...bet(shown, t),
    ];
  }
  return [
    "It reads ",
    letter,
    ". The new state is made of this letter and of the state before.",
    ...bet(shown, t),
  ];
}

/** How many steps the way back has. @param {number} S letters that are read */
export const stepsBack = (S) => 2 * S - 1;

/**
 * Back: the last bet, the gradient at the last state, then a slope and a matrix in turn.
 * @param {Shown} shown
 * @param {number} step
 * @returns {Sentence}
 */
export function goesBack(shown, step) {
  const { word, run } = shown;
  const S = word.length - 1;
  if (step === 0) {
    const share = run.bets[S - 1][shown.alphabet.indexOf(word[S])];
    return [
      "The network has read ",
      italic(word.slice(0, S)),
      ` and gives ${percent(share)} to the right letter, `,
      decoder(word[S]),
      ". The loss at this last bet says how its last state should change: this is the gradient. Its " +
        "length counts as 100%.",
    ];
  }
  const n = Math.ceil(step / 2); // steps back that are done or under way
  const from = run.back[n - 1];
  if (step % 2) {
    return [
      "Back through the tanh. Each number is multiplied by a slope that is never above 1. What is " +
        `left of the length: ${percent(from.passed ?? 0)}.`,
    ];
  }
  const to = run.back[n];
  const change = to.left / (from.passed || 1);
  const does =
    Math.abs(change - 1) < 0.005
      ? "turns the gradient, and leaves it as long as it was"
      : change > 1
        ? "makes the gradient longer"
        : "makes the gradient shorter";
  /** @type {Sentence} */
  const said = [
    `Back through the matrix, which ${does}. It has reached the state after `,
    encoder(word[S - 1 - n]),
    n === 1 ? ", one letter earlier" : `, ${n} letters earlier`,
    `, with ${percent(to.left)} of its length.`,
  ];
  if (n < S - 1) return said;
  return [
    ...said,
    " A longer word would go on in the same way: one slope and one matrix for each letter.",
  ];
}
