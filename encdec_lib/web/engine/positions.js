// Tokens and their places for the page's engine: the vectors that a Transformer begins with, as in
// encdec_lib/layers/positions.py and stack.py. D width of a vector, V vocabulary.

import { row } from "./arithmetic.js";

/** @typedef {import("./types.js").Tensor} Tensor */

const LONGEST = 10000; // wavelengths of positions go from 2π to 2π times this

/** @type {Map<string, {sin: number[], cos: number[]}>} */
const KNOWN = new Map(); // what turns() gave before: training asks for the same at every step

/**
 * sin and cos of (place · frequency) for each pair of `width` numbers.
 * @param {number} place
 * @param {number} width
 */
function turns(place, width) {
  const name = `${place} ${width}`,
    known = KNOWN.get(name);
  if (known) return known;
  const pairs = Array.from({ length: width / 2 }, (_, m) => place * LONGEST ** ((-2 * m) / width));
  const both = { sin: pairs.map(Math.sin), cos: pairs.map(Math.cos) };
  KNOWN.set(name, both);
  return both;
}

/**
 * The fixed vector of a place: sine and cosine in turn.
 * @param {number} place
 * @param {number} width
 */
export function sinusoidal(place, width) {
  const { sin, cos } = turns(place, width);
  return Float32Array.from({ length: width }, (_, k) => (k % 2 ? cos : sin)[k >> 1]);
}

/**
 * The learned vector of a place.
 * @param {Tensor} table
 * @param {number} place
 */
export function learned(table, place) {
  const known = table.shape[0];
  if (place < known) return row(table, place);
  throw new Error(`this model knows ${known} places; place ${place + 1} was asked for`);
}

/**
 * Turns each pair of numbers of every head by an angle that grows with the place, in place; `back`
 * turns the other way round.
 * @template {import("./types.js").Floats} Numbers
 * @param {Numbers} x
 * @param {number} N
 * @param {number} heads
 */
export function rotate(x, N, heads, first = 0, back = false) {
  const width = x.length / N,
    K = width / heads;
  for (let t = 0; t < N; t++) {
    const { sin, cos } = turns(back ? -first - t : first + t, K);
    for (let k = 0; k < width; k += 2) {
      const at = t * width + k,
        m = (k % K) / 2,
        even = x[at],
        odd = x[at + 1];
      x[at] = even * cos[m] - odd * sin[m];
      x[at + 1] = even * sin[m] + odd * cos[m];
    }
  }
  return x;
}

/**
 * place -> the vector that is added to an embedding there, or null where nothing is.
 * @param {string} kind
 * @param {number} D
 * @param {Tensor} table of learned positions
 */
export function positionsOf(kind, D, table) {
  /** @type {Record<string, (place: number) => Float32Array | null>} */
  const kinds = {
    sinusoidal: (place) => sinusoidal(place, D),
    learned: (place) => learned(table, place),
    rotary: () => null,
    none: () => null,
  };
  if (Object.hasOwn(kinds, kind)) return kinds[kind];
  throw new Error(`this page has the positions ${Object.keys(kinds).join(", ")}, not ${kind}`);
}

/**
 * Embeddings times √D plus positions: (ids, place of the first) -> one vector after another.
 * @param {Tensor} table of embeddings (V, D)
 * @param {(place: number) => Float32Array | null} position
 */
export function placedTokens(table, position) {
  const D = table.shape[1],
    scale = Math.sqrt(D);
  return (/** @type {number[]} */ ids, first = 0) => {
    const x = new Float32Array(ids.length * D);
    ids.forEach((id, t) => {
      const vector = row(table, id),
        place = position(first + t);
      for (let k = 0; k < D; k++) x[t * D + k] = scale * vector[k] + (place ? place[k] : 0);
    });
    return x;
  };
}
