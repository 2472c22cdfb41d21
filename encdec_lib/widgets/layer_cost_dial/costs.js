// What three layers multiply, as chapter 13 counts it.

/** @typedef {"attention" | "recurrent" | "convolution"} Kind */
/** @typedef {"matrices" | "paper"} Count */

/** @type {{kind: Kind, name: string, formula: Record<Count, string>}[]} */
export const LAYERS = [
  { kind: "attention", name: "self-attention", formula: { matrices: "4Nd² + 2N²d", paper: "N²d" } },
  { kind: "recurrent", name: "recurrent", formula: { matrices: "6Nd²", paper: "Nd²" } },
  { kind: "convolution", name: "convolution", formula: { matrices: "3Nd²", paper: "3Nd²" } },
];

/** @type {(from: number, to: number) => number[]} */
const powers = (from, to) => Array.from({ length: to - from + 1 }, (_, k) => 2 ** (from + k));
export const LENGTHS = powers(3, 14); // as in layer_cost_dial.py
export const WIDTHS = powers(4, 12);

/**
 * Multiply-adds of a layer: those with matrices of weights, and those between pairs of words.
 * @param {Kind} kind
 * @param {Count} count
 * @param {number} N
 * @param {number} d
 */
export function cost(kind, count, N, d) {
  if (kind === "convolution") return { matrices: 3 * N * d * d, pairs: 0 };
  if (count === "paper") {
    return kind === "recurrent"
      ? { matrices: N * d * d, pairs: 0 }
      : { matrices: 0, pairs: N * N * d };
  }
  return kind === "recurrent"
    ? { matrices: 6 * N * d * d, pairs: 0 }
    : { matrices: 4 * N * d * d, pairs: 2 * N * N * d };
}

/**
 * All of it.
 * @param {Kind} kind
 * @param {Count} count
 * @param {number} N
 * @param {number} d
 */
export function total(kind, count, N, d) {
  const { matrices, pairs } = cost(kind, count, N, d);
  return matrices + pairs;
}

/** Self-attention against the recurrent layer. @type {(count: Count, N: number, d: number) => number} */
export const ratio = (count, N, d) =>
  total("attention", count, N, d) / total("recurrent", count, N, d);

/** 100,663,296 as "101 million". @param {number} number */
export function large(number) {
  /** @type {[number, string][]} */
  const names = [
    [1e12, "trillion"],
    [1e9, "billion"],
    [1e6, "million"],
    [1e3, "thousand"],
  ];
  const [size, name] = names.find(([least]) => number >= 0.9995 * least) ?? [1, ""];
  const value = number / size;
  return `${value < 10 && name ? value.toFixed(1) : value.toFixed(0)} ${name}`.trim();
}

/** A ratio in words: 0.70, 1.0, 43. @param {number} value */
export function times(value) {
  if (value >= 9.95) return value.toFixed(0);
  if (value >= 0.995) return value.toFixed(1);
  return value.toFixed(value < 0.0995 ? 3 : 2);
}
