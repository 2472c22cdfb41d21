// A sentence for each word of a caption, made of what the model has just worked out.

import { EOS } from "../../web/engine/engine.js";
import { largest } from "../parts/patch_map.js";
import { attention, decoder, encoder, italic } from "../parts/stepper/marks.js";

/** @typedef {import("./looks.js").Look} Look */
/** @typedef {import("../parts/stepper/types.js").Sentence} Sentence */

const CLEAR = 0.1; // by which one probability must differ from another to be called so

/** @param {number} share */
export const percent = (share) => {
  if (share > 0.995) return ">99%";
  return share < 0.005 ? "<1%" : `${Math.round(100 * share)}%`;
};

/** @type {(symbols: string[]) => (token: number) => string} */
export const nameOf = (symbols) => (token) => (token === EOS ? "end" : symbols[token]);

/**
 * What the mean of all cells would have done.
 * @param {Look} look
 * @param {(token: number) => string} name
 * @returns {Sentence}
 */
function fromMean({ token, instead, own, mean }, name) {
  if (instead !== token) {
    const left = percent(mean[token]);
    return [
      ...["With the mean of all cells it would write ", italic(name(instead)), " instead, and "],
      ...[italic(name(token)), ` would have ${left}.`],
    ];
  }
  const share = percent(mean[token]);
  const less = own[token] - mean[token];
  if (less > CLEAR) return [`With the mean of all cells it would be less sure, ${share}.`];
  if (less < -CLEAR) return [`With the mean of all cells it would even be surer, ${share}.`];
  return [`The mean of all cells would have done as well, ${share}.`];
}

/**
 * @param {Look[]} looks
 * @param {number} step 0 is before the first word
 * @param {(token: number) => string} name
 * @returns {Sentence}
 */
export function says(looks, step, name) {
  const cells = looks[0].weights.length;
  if (step === 0) {
    return [
      ...[encoder("The encoder"), ` has made a vector for each of ${cells} cells. For every word `],
      ...[decoder("the decoder"), " makes a new mixture of them. What if it got the same mixture "],
      ...["each time, the ", italic("mean"), " of all cells?"],
    ];
  }
  const look = looks[step - 1];
  const { token, own, weights } = look;
  const [where] = [largest(weights, Math.sqrt(cells), 1)];
  const sure = percent(own[token]);
  const before =
    step === 1 ? ["It begins: it"] : ["After ", italic(name(looks[step - 2].token)), " it"];
  const writes =
    token === EOS
      ? [" and ends the caption with "]
      : [" and writes ", decoder(name(token)), " with "];
  return [
    ...[...before, " looks most at ", attention(where), ...writes, `${sure}. `],
    ...fromMean(look, name),
    ...(step === looks.length ? [` ${sum(looks)}`] : []),
  ];
}

/** How many words hang on their look. @param {Look[]} looks */
function sum(looks) {
  const count = looks.filter(({ token, instead }) => token !== instead).length;
  if (!count) return "So none of the words needed a look of its own.";
  return `So ${count} of ${looks.length} words ${count > 1 ? "hang" : "hangs"} on a look of its own.`;
}
