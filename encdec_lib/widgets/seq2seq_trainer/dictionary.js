// The pronunciations that the page carries for its training, by word: what encdec_lib/web/page_data.py
// packed.

import { lazily } from "../parts/lazily.js";

const CODE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** @typedef {{references: string[][], learned: boolean}} Listed sounds, and whether it trains on it */

/** @param {string} text @param {string[]} phonemes @param {boolean} learned */
const entries = (text, phonemes, learned) =>
  text.split("\n").map((line) => {
    const [word, ...spelled] = line.split(" ");
    const references = spelled.map((one) => Array.from(one, (c) => phonemes[CODE.indexOf(c)]));
    return /** @type {[string, Listed]} */ ([word, { references, learned }]);
  });

/**
 * Reads them once they are asked for. Returns {load(), listed(word), unseen()}: the last two know
 * nothing until load() is done.
 * @param {import("../parts/lazily.js").Lazy | DataView} words
 */
export function dictionaryOf(words) {
  /** @type {Map<string, Listed>} */
  let known = new Map();
  /** @type {string[]} */
  let held = [];
  /** @type {Promise<void> | null} */
  let begun = null;
  async function read() {
    const bytes = await lazily(words).load();
    const packed = JSON.parse(new TextDecoder().decode(bytes));
    const learned = entries(packed.train, packed.phonemes, true);
    const others = entries(packed.held, packed.phonemes, false);
    held = others.map(([word]) => word);
    known = new Map([...learned, ...others]);
  }
  return {
    load: () => {
      begun ??= read();
      return begun;
    },
    /** @param {string} word */
    listed: (word) => known.get(word) ?? null,
    /** Words that it does not train on. */
    unseen: () => held,
  };
}
