// Tasks whose examples are made up: each takes a random source and says what its target is. Symbols
// count from 4, after <pad>, <bos>, <eos> and <unk>; marks and questions come after the symbols.
// encdec_lib/web/same_batches.py draws the same.

/** @typedef {import("./types.js").Rule} Rule */

const FIRST = 4;

/** @type {(draw: (count: number) => number, n: number, symbols: number) => number[]} */
const drawn = (draw, n, symbols) => Array.from({ length: n }, () => FIRST + draw(symbols));

/** A task whose target is a function of the source. @type {(answer: Rule["answer"]) => Rule} */
const written = (answer) => ({
  extra: () => 0,
  least: 1,
  source: (draw, n, { symbols }) => drawn(draw, n, symbols),
  answer,
});

/** @type {Record<string, Rule>} */
export const RULES = {
  copy: written((source) => [...source]),
  reverse: written((source) => [...source].reverse()),
  sort: written((source) => [...source].sort((a, b) => a - b)),
  "remember the first": written((source) => [source[0]]),
  /** The first token tells a place, counted from 0; the answer is what stands there. */
  "look up": {
    extra: ({ longest }) => longest,
    least: 1,
    source: (draw, n, { symbols }) => {
      const place = draw(n);
      return [FIRST + symbols + place, ...drawn(draw, n, symbols)];
    },
    answer: (source, { symbols }) => [source[1 + source[0] - FIRST - symbols]],
  },
  /** X and Y stand somewhere among others; the answer is the one that came first. */
  "which came first": {
    extra: () => 2,
    least: 2,
    source: (draw, n, { symbols }) => {
      const source = drawn(draw, n, symbols),
        first = draw(n),
        other = (first + 1 + draw(n - 1)) % n;
      source[first] = FIRST + symbols;
      source[other] = FIRST + symbols + 1;
      return source;
    },
    answer: (source, { symbols }) => [source.find((token) => token >= FIRST + symbols) ?? 0],
  },
  /** A mark stands between two symbols; the answer is the one before it, then the one after it. */
  "two looks": {
    extra: () => 1,
    least: 3,
    source: (draw, n, { symbols }) => {
      const source = drawn(draw, n, symbols);
      source[1 + draw(n - 2)] = FIRST + symbols;
      return source;
    },
    answer: (source, { symbols }) => {
      const place = source.indexOf(FIRST + symbols);
      return [source[place - 1], source[place + 1]];
    },
  },
  /** Two numbers of n digits each with a plus between them; the answer is their sum, all n + 1
   *  digits of it, the lowest first, which is the order in which one carries. */
  add: {
    symbols: 10,
    extra: () => 1,
    least: 1,
    source: (draw, n) => [...drawn(draw, n, 10), FIRST + 10, ...drawn(draw, n, 10)],
    answer: (source) => sumOf(source, (source.length - 1) / 2),
  },
};

/** All n + 1 digits of the sum of two numbers of n digits. @type {(source: number[], n: number) => number[]} */
function sumOf(source, n) {
  const sum = [];
  let carry = 0;
  for (let k = n - 1; k >= 0; k--) {
    const digit = source[k] + source[n + 1 + k] - 2 * FIRST + carry;
    sum.push(FIRST + (digit % 10));
    carry = digit >= 10 ? 1 : 0;
  }
  return [...sum, FIRST + carry];
}
