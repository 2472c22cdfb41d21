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
  /** @type {{phonemes: string[], train: string, held: string}} */
  const { phonemes, train, held } = JSON.parse(new TextDecoder().decode(bytes));
  const lines = train.split("\n"), // read when a batch asks: as examples they would fill 10 MB
    heldLines = held.split("\n"),
    asked = heldLines.map(example);
  let [longest, most] = [0, 0];
  for (const line of [...lines, ...heldLines]) {
    const { source, target } = example(line);
    longest = Math.max(longest, source.length);
    most = Math.max(most, target.length);
  }
  return {
    kind: "tokens",
    source_vocab: FIRST + 26,
    target_vocab: FIRST + phonemes.length,
    longest,
    most: 2 + most,
    count: lines.length,
    words: asked.map(({ word }) => word),
    phonemes,
    batch(seed, n, B) {
      const rows = rowsOf(seed, n, B, lines.length).map((row) => example(lines[row]));
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

/**
 * @param {string} line a word and its pronunciations
 * @returns {TokenExample & {word: string}}
 */
function example(line) {
  const [word, ...sounds] = line.split(" "),
    references = sounds.map((sound) => Array.from(sound, (c) => FIRST + CODE.indexOf(c)));
  return {
    word,
    source: Array.from(word, (letter) => FIRST + letter.charCodeAt(0) - CODE_A),
    target: [...references[0], EOS],
    references,
    length: word.length,
  };
}
