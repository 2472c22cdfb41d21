// Tokens and where they stand: embeddings with positions of every kind of the library.

import { rotate, sinusoidal } from "../positions.js";
import { EngineError } from "../tape/memory.js";
import { add, gradOf } from "./elementwise.js";
import { rows, slice } from "./shapes.js";

/** @typedef {import("../tape/tape.js").Tape} Tape */
/** @typedef {import("../tape/types.js").Floats} Floats */
/** @typedef {import("../tape/types.js").Matrix} Matrix */
/** @typedef {import("../tape/types.js").Parameters} Parameters */

/**
 * Turns each pair of numbers of every head by an angle that grows with the place, in place: what
 * x was is forgotten, and its gradient is turned back.
 * @param {Tape} tape
 * @param {Matrix} x batch-major
 * @param {number} B
 * @param {number} heads
 * @param {number} first the place of an example's first row
 */
export function turned(tape, x, B, heads, first) {
  const T = x.rows / B,
    each = T * x.cols;
  if ((x.cols / heads) % 2) {
    throw new EngineError(
      `Rotary positions turn pairs of numbers: the width of a head must be even; got ` +
        `${x.cols / heads}.`,
    );
  }
  const all = (/** @type {Floats} */ numbers, back = false) => {
    for (let b = 0; b < B; b++) {
      rotate(numbers.subarray(b * each, (b + 1) * each), T, heads, first, back);
    }
  };
  all(x.data);
  tape.later(() => all(gradOf(x), true));
  return x;
}

const KINDS = ["sinusoidal", "learned", "rotary", "none"];

/** @param {string} kind of positions */
export function checkPositions(kind) {
  if (KINDS.includes(kind)) return kind;
  throw new EngineError(
    `This page has the positions ${KINDS.join(", ")}, not ${kind}. Choose one of them.`,
  );
}

/**
 * The vectors of T places from `first` on, to be added to embeddings; null where nothing is.
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {string} path of the learned ones
 * @param {string} kind sinusoidal, learned, rotary or none
 * @param {{D: number, T: number, first: number}} where
 * @returns {Matrix | null}
 */
function positionsAt(tape, P, path, kind, { D, T, first }) {
  if (kind === "sinusoidal") {
    const table = tape.constant(T, D);
    for (let t = 0; t < T; t++) table.data.set(sinusoidal(first + t, D), t * D);
    return table;
  }
  if (kind === "learned") {
    const table = P[path];
    if (first + T <= table.rows) return slice(table, first, T);
    throw new EngineError(
      `A sequence is too long: this model knows ${table.rows} places; place ${first + T} was asked ` +
        `for.`,
    );
  }
  return null;
}

/**
 * √D times the vector of each token, plus that of its place: ids batch-major, T for each example.
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {string} path of the tokens, such as "encoder.tokens"
 * @param {ArrayLike<number>} ids
 * @param {{B: number, positions: string, first?: number}} how
 */
export function placedTokens(tape, P, path, ids, { B, positions, first = 0 }) {
  const table = P[`${path}.embedding.embedding`],
    where = { D: table.cols, T: ids.length / B, first };
  const x = rows(tape, table, ids, Math.sqrt(table.cols));
  const places = positionsAt(tape, P, `${path}.positions.table`, positions, where);
  return places ? add(tape, x, places) : x;
}
