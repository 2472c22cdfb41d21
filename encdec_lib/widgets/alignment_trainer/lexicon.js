// The words that the page carries, with their sounds: what was learned, and what was kept back.

import { lazily } from "../parts/lazily.js";

const CODE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** @typedef {{learned: boolean, sounds: string[][]}} Entry */

/**
 * All words of the data; resolves to a function that knows one, or null.
 * @param {import("../parts/lazily.js").Lazy | DataView} bytes what page_data.words packed
 * @param {string[]} phonemes
 * @returns {Promise<(word: string) => Entry | null>}
 */
export async function lexicon(bytes, phonemes) {
  const { train, held } = JSON.parse(new TextDecoder().decode(await lazily(bytes).load()));
  /** @type {Map<string, Entry>} */
  const entries = new Map();
  for (const [text, learned] of /** @type {[string, boolean][]} */ ([
    [held, false],
    [train, true],
  ])) {
    for (const line of text.split("\n")) {
      const [word, ...codes] = line.split(" ");
      const sounds = codes.map((code) => [...code].map((letter) => phonemes[CODE.indexOf(letter)]));
      entries.set(word, { learned, sounds });
    }
  }
  return (word) => entries.get(word) ?? null;
}
