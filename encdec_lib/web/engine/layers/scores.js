// How well does a vector fit a query? The five scores of chapter 9, as in
// encdec_lib/layers/scores.py, for all queries at once. B examples, S vectors of width M in the
// encoding, T queries of width D. All rows are batch-major.

import { EngineError } from "../tape/memory.js";
import { additiveScores } from "./additive.js";
import { scoresOf } from "./heads.js";
import { linear } from "./linear.js";

/** @typedef {import("../tape/tape.js").Tape} Tape */
/** @typedef {import("../tape/types.js").Matrix} Matrix */
/** @typedef {import("../tape/types.js").Parameters} Parameters */

/**
 * `keys` are worked out once a source, `scores` for every query. A location score has no keys: the
 * query alone decides.
 * @typedef {object} Score
 * @property {(tape: Tape, P: Parameters, path: string, vectors: Matrix) => Matrix} keys
 * @property {(tape: Tape, P: Parameters, path: string, asked: Asked) => Matrix} scores
 * @property {boolean} [scaled]
 */

/** @typedef {{queries: Matrix, keys: Matrix, B: number, real: Int32Array | null}} Asked */

/** @type {Score} */
const dot = {
  keys: (_tape, _P, _path, vectors) => vectors,
  scores: (tape, _P, _path, { queries, keys, B }) => scoresOf(tape, queries, keys, B, 1),
};

/** @type {Record<string, Score>} */
const SCORES = {
  dot,
  scaled_dot: { ...dot, scaled: true },
  general: { ...dot, keys: (tape, P, path, vectors) => linear(tape, vectors, P[`${path}.W`]) },
  additive: {
    keys: (tape, P, path, vectors) => linear(tape, vectors, P[`${path}.W_key`]),
    scores(tape, P, path, { queries, keys, B, real }) {
      const asked = linear(tape, queries, P[`${path}.W_query`]);
      return additiveScores(tape, asked, keys, P[`${path}.v`], B, real);
    },
  },
  location: {
    keys: (_tape, _P, _path, vectors) => vectors, // how many there are is all that is read
    scores(tape, P, path, { queries, keys, B }) {
      const W = P[`${path}.W`],
        S = keys.rows / B;
      if (S <= W.cols) return linear(tape, queries, W, null, S);
      throw new EngineError(
        `A source is too long: this model knows ${W.cols} places; the source has ${S}. Shorten it.`,
      );
    },
  },
};

/** @param {string | undefined} name */
export function scoreOf(name) {
  if (name !== undefined && Object.hasOwn(SCORES, name)) return SCORES[name];
  throw new EngineError(
    `This page has the scores ${Object.keys(SCORES).join(", ")}, not ${name}. Choose one of them.`,
  );
}
