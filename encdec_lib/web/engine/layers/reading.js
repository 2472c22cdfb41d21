// What a decoder reads of an encoding, by one of the scores of chapter 9: the same equations as in
// encdec_lib/layers/scores.py and models/attention_scores.py, for all queries at once. B examples,
// S vectors of width M in the encoding, T queries of width D. All rows are batch-major.

import { EngineError } from "../tape/memory.js";
import { additiveScores } from "./additive.js";
import { mixture, scoresOf } from "./heads.js";
import { linear } from "./linear.js";
import { softmax } from "./softmax.js";

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
      throw new EngineError(`This model knows ${W.cols} places; a source has ${S} tokens.`);
    },
  },
};

/** @param {string | undefined} name */
export function scoreOf(name) {
  if (name !== undefined && Object.hasOwn(SCORES, name)) return SCORES[name];
  throw new EngineError(
    `The score must be one of ${Object.keys(SCORES).join(", ")}; got ${name}. Choose one of them.`,
  );
}

/**
 * The mixtures that the queries find, and their weights, S a row.
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {string} path of the score
 * @param {Score} score
 * @param {Asked & {vectors: Matrix, temperature: number}} asked
 */
export function read(tape, P, path, score, asked) {
  const { queries, vectors, B, real, temperature } = asked;
  const scale = (score.scaled ? 1 / Math.sqrt(queries.cols) : 1) / temperature;
  const scores = score.scores(tape, P, path, asked);
  const weights = softmax(tape, scores, B, queries.rows / B, { real, scale });
  return { contexts: mixture(tape, weights, vectors, B, 1), weights };
}
