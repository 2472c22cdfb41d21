// What a model does with a word, one step at a time: readings.py on the page's engine, for a model
// that the reader has trained.

import { argmax, softmax } from "../../web/engine/arithmetic.js";
import { BOS, EOS, loadModel } from "../../web/engine/engine.js";

const CELLS = 8; // numbers of a state that are shown, as in readings.py
const MORE = 3; // sounds beyond the reference after which a model is stopped, as in readings.py

/** @typedef {import("../../web/engine/types.js").Exported} Exported */
/** @typedef {{input: string | null, said: string | null, share: number, state: number[]}} Written */

/**
 * A word, its true sounds, and what a model does with it: the state after each letter, and the
 * decoder's steps with its own sounds as input, and with the true ones.
 * @typedef {{letters: string[], sounds: string[], read: number[][], written: Written[][]}} Word
 */

/** @typedef {{letters: string[], sounds: string[]}} Symbols */

/** @param {ArrayLike<number>} values */
const few = (values) => Array.from(values).slice(0, CELLS);

/**
 * @param {import("../../web/engine/types.js").Model} model
 * @param {number[]} source
 * @param {string[]} sounds the true ones
 * @param {string[]} symbols of the target
 * @param {boolean} teacher
 * @returns {Written[]}
 */
function written(model, source, sounds, symbols, teacher) {
  const most = sounds.length + 1 + (teacher ? 0 : MORE);
  let state = model.start(model.encode(source));
  let token = BOS;
  /** @type {Written[]} */
  const steps = [];
  for (let t = 0; t < most; t++) {
    const next = model.step(state, token);
    const shares = softmax(next.logits);
    const best = argmax(next.logits, EOS);
    const [carry] = /** @type {{carry: {data: Float32Array}[]}} */ (next.state).carry;
    steps.push({
      input: t ? symbols[token] : null,
      said: best === EOS ? null : symbols[best],
      share: shares[best],
      state: few(carry.data),
    });
    if (!teacher && best === EOS) break;
    state = next.state;
    token = teacher ? symbols.indexOf(sounds[t]) : best;
  }
  return steps;
}

/**
 * The same words, by another model. Returns {words, width, reverse}.
 * @param {Exported} exported
 * @param {Word[]} words
 * @param {Symbols} symbols
 */
export function readAgain(exported, words, { letters: known, sounds: names }) {
  const model = loadModel(exported);
  const reverse = Boolean(exported.settings?.encoder?.reverse_source);
  return {
    reverse,
    width: exported.manifest["encoder.rnn.W_rec"].shape[0],
    words: words.map(({ letters, sounds }) => {
      const source = letters.map((letter) => known.indexOf(letter));
      const parts = source.map((_, k) =>
        reverse ? source.slice(source.length - 1 - k) : source.slice(0, k + 1),
      );
      return {
        ...{ letters, sounds },
        read: parts.map((part) => few(model.encode(part).vectors)),
        written: [false, true].map((teacher) => written(model, source, sounds, names, teacher)),
      };
    }),
  };
}
