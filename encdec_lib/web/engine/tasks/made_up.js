// The stream of examples of a made-up task: batch number n is a function of (seed, n) alone.

import { drawing, keyOf } from "../training/random.js";
import { RULES } from "./rules.js";

/** @typedef {import("./types.js").TaskConfig} TaskConfig */
/** @typedef {import("./types.js").TokenExample} TokenExample */

const EOS = 2;

/**
 * @param {TaskConfig} config
 * @returns {import("./types.js").TokenTask}
 */
export function madeUp(config) {
  const rule = RULES[config.name],
    { symbols = rule.symbols ?? 16, shortest = rule.least, longest = 8, distinct } = config;
  const sizes = { symbols: rule.symbols ?? symbols, shortest, longest };
  const vocab = 4 + sizes.symbols + rule.extra(sizes);
  /** @type {(draw: (count: number) => number, length: number) => number[]} */
  const drawn = (draw, length) => {
    for (;;) {
      const source = rule.source(draw, length, sizes);
      if (!distinct || new Set(source).size === source.length) return source;
    }
  };
  /** @type {(name: string, seed: number, n: number, count: number) => TokenExample[]} */
  const examples = (name, seed, n, count) => {
    const draw = drawing(keyOf(name, seed, n));
    return Array.from({ length: count }, () => {
      const length = shortest + draw(longest - shortest + 1),
        source = drawn(draw, length),
        answer = rule.answer(source, sizes);
      return { source, target: [...answer, EOS], references: [answer], length };
    });
  };
  const last = rule.source(() => 0, longest, sizes);
  return {
    kind: "tokens",
    source_vocab: vocab,
    target_vocab: vocab,
    longest: last.length,
    most: rule.answer(last, sizes).length + 2,
    count: Infinity,
    batch(seed, n, B) {
      const rows = examples("batch", seed, n, B);
      return { source: rows.map((row) => row.source), target: rows.map((row) => row.target) };
    },
    held: (count) => examples("held out", 0, 0, count),
  };
}
