// A sentence for each word of a caption, made of what the model has just worked out.

import { EOS } from "../../web/engine/engine.js";
import { largest } from "../parts/patch_map.js";
import { attention, decoder, encoder, italic } from "../parts/stepper/marks.js";

/** @typedef {import("./looks.js").Look} Look */
/** @typedef {import("../parts/stepper/types.js").Sentence} Sentence */

const CLEAR = 0.05; // by which one probability must differ from another to be called so

/** @param {number} share */
export const percent = (share) => {
  if (share > 0.995) return ">99%";
  return share < 0.005 ? "<1%" : `${Math.round(100 * share)}%`;
};

/** The same in a sentence. @param {number} share */
const said = (share) => percent(share).replace(">", "over ").replace("<", "under ");

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
    return [
      ...["With the mean of all cells it would write ", italic(name(instead)), " instead: "],
      ...[italic(name(token)), ` would have only ${said(mean[token])}.`],
    ];
  }
  const share = said(mean[token]);
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
  const spoken = (/** @type {number} */ token) => name(token).replace(",", "the comma");
  const cells = looks[0].weights.length;
  if (step === 0) {
    return [
      ...[
        encoder("The encoder"),
        ` has made a vector for each of ${cells} cells. Before each word `,
      ],
      ...[
        decoder("the decoder"),
        " mixes them anew: that is its ",
        attention("look"),
        ". Which words ",
      ],
      ...["would be others if it always got the mean of all cells?"],
    ];
  }
  const look = looks[step - 1];
  const { token, own, weights } = look;
  const where = largest(weights, Math.sqrt(cells), 1);
  const sure = said(own[token]);
  const before =
    step === 1 ? ["It begins: it"] : ["After ", italic(spoken(looks[step - 2].token)), " it"];
  const writes =
    token === EOS
      ? [" and ends the caption with "]
      : [" and writes ", decoder(spoken(token)), " with "];
  return [
    ...[...before, " looks most at ", attention(where), ...writes, `${sure}. `],
    ...fromMean(look, spoken),
    ...(step === looks.length ? [` ${sum(looks)}`] : []),
  ];
}

/** How many words hang on their look. @param {Look[]} looks */
function sum(looks) {
  const count = looks.filter(({ token, instead }) => token !== instead).length;
  const ended = looks[looks.length - 1].token === EOS;
  const end = ended ? "the end among them." : "and no end came yet.";
  return `In all, the look decided ${count || "none"} of ${looks.length} words, ${end}`;
}
