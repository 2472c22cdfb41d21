// Letters to sounds: the words that encdec_lib/web/page_data.py packed. Letters and phonemes have
// the ids of the library's vocabularies.

import { keyOf, shuffled } from "../training/random.js";

/** @typedef {import("./types.js").TokenExample} TokenExample */

const EOS = 2,
  FIRST = 4,
  CODE_A = 97,
  CODE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * @param {ArrayBuffer | ArrayBufferView} bytes
 * @returns {import("./types.js").TokenTask & {words: string[], phonemes: string[]}}
 */
export function wordsTask(bytes) {
  const { phonemes, train, held } = JSON.parse(new TextDecoder().decode(bytes));
  const learned = lines(train),
    asked = lines(held);
  return {
    kind: "tokens",
    source_vocab: FIRST + 26,
    target_vocab: FIRST + phonemes.length,
    longest: Math.max(...[...learned, ...asked].map(({ source }) => source.length)),
    most: 2 + Math.max(...[...learned, ...asked].map(({ target }) => target.length)),
    count: learned.length,
    words: asked.map(({ word }) => word),
    phonemes,
    batch(seed, n, B) {
      const rows = rowsOf(seed, n, B, learned.length).map((row) => learned[row]);
      return { source: rows.map((row) => row.source), target: rows.map((row) => row.target) };
    },
    held: (count) => asked.slice(0, count),
  };
}

/**
 * Which examples make batch n: every epoch is an order of its own, cut into whole batches.
 * @param {number} seed
 * @param {number} n
 * @param {number} B
 * @param {number} count
 */
export function rowsOf(seed, n, B, count) {
  const each = Math.floor(count / B),
    epoch = Math.floor(n / each),
    key = keyOf("epoch", seed, epoch),
    start = (n % each) * B;
  if (orders.key !== key || orders.order.length !== count) {
    orders.key = key;
    orders.order = shuffled(key, count);
  }
  return orders.order.slice(start, start + B);
}
/** The last order that was asked for: a training asks for one of them hundreds of times. */
const orders = { key: -1, order: /** @type {number[]} */ ([]) };

/** @type {(text: string) => (TokenExample & {word: string})[]} */
const lines = (text) =>
  text.split("\n").map((line) => {
    const [word, ...sounds] = line.split(" "),
      references = sounds.map((sound) => Array.from(sound, (c) => FIRST + CODE.indexOf(c)));
    return {
      word,
      source: Array.from(word, (letter) => FIRST + letter.charCodeAt(0) - CODE_A),
      target: [...references[0], EOS],
      references,
      length: word.length,
    };
  });
