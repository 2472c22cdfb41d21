// What a decoder reads of an encoding at every step: in one of the six ways of chapter 7, or by a
// score of chapter 9; as in encdec_lib/models/{token_sized,attention_scores}.py, for all queries at
// once. B examples, S vectors of width M in the encoding, T queries. All rows are batch-major.

import { argmax } from "../arithmetic.js";
import { EngineError } from "../tape/memory.js";
import { gradOf } from "./elementwise.js";
import { attend, mixture, scoresOf } from "./heads.js";
import { scoreOf } from "./scores.js";
import { softmax } from "./softmax.js";
import { windowsOf } from "./windows.js";

/** @typedef {import("../tape/tape.js").Tape} Tape */
/** @typedef {import("../tape/types.js").Matrix} Matrix */
/** @typedef {import("../tape/types.js").Parameters} Parameters */

/**
 * `first` is the step that the first query of an example stands at.
 * @typedef {object} Asked
 * @property {Matrix} queries
 * @property {Matrix} keys
 * @property {Matrix} vectors
 * @property {number} B
 * @property {Int32Array | null} real
 * @property {number} first
 * @property {number} temperature
 */

/**
 * `weights` say how much of what was read comes from each vector, S a row.
 * @typedef {object} Found
 * @property {Matrix} contexts
 * @property {Matrix} weights
 * @property {import("../types.js").WindowPlace[]} [windows]
 */

/**
 * `scores` says whether there are any, which a temperature divides.
 * @typedef {object} Reader
 * @property {boolean} scores
 * @property {(tape: Tape, P: Parameters, vectors: Matrix) => Matrix} keys worked out once a source
 * @property {(tape: Tape, P: Parameters, asked: Asked) => Found} read
 */

/**
 * How many vectors are real, of each example.
 * @param {Asked} asked
 */
function lengthsOf({ vectors, B, real }) {
  const S = vectors.rows / B;
  return Array.from({ length: B }, (_, b) =>
    real ? real.subarray(b * S, (b + 1) * S).reduce((n, flag) => n + Number(flag !== 0), 0) : S,
  );
}

/**
 * Weights that nothing is learned about: share(row, s, length of the source).
 * @param {Tape} tape
 * @param {Asked} asked
 * @param {(row: number, s: number, length: number) => number} share
 * @param {number} heads rows of weights for each query
 */
function given(tape, asked, share, heads = 1) {
  const { queries, vectors, B } = asked,
    S = vectors.rows / B,
    each = (heads * queries.rows) / B; // rows of an example
  const weights = tape.constant(heads * queries.rows, S),
    lengths = lengthsOf(asked);
  for (let row = 0, at = 0; row < weights.rows; row++) {
    const length = lengths[Math.floor(row / each)];
    for (let s = 0; s < length; s++) weights.data[at + s] = share(row, s, length);
    at += S;
  }
  return weights;
}

/**
 * @param {Tape} tape
 * @param {Asked} asked
 * @param {Matrix} weights
 */
const mixed = (tape, { vectors, B }, weights) => ({
  contexts: mixture(tape, weights, vectors, B, 1),
  weights,
});

/**
 * The largest number of each column among an example's real vectors, at every step the same.
 * @param {Tape} tape
 * @param {Asked} asked
 */
function largest(tape, asked) {
  const { queries, vectors, B } = asked,
    M = vectors.cols,
    S = vectors.rows / B,
    T = queries.rows / B,
    lengths = lengthsOf(asked);
  const contexts = tape.zeros(B * T, M),
    weights = tape.constant(B * T, S),
    from = new Int32Array(B * T * M);
  for (let row = 0; row < B * T; row++) {
    const b = Math.floor(row / T);
    for (let k = 0; k < M; k++) {
      let best = 0;
      for (let s = 1; s < lengths[b]; s++) {
        if (vectors.data[(b * S + s) * M + k] > vectors.data[(b * S + best) * M + k]) best = s;
      }
      from[row * M + k] = (b * S + best) * M + k;
      weights.data[row * S + best] += 1 / M;
    }
  }
  from.forEach((place, at) => {
    contexts.data[at] = vectors.data[place];
  });
  tape.later(() => {
    const dy = gradOf(contexts),
      dx = vectors.grad;
    if (dx) for (let at = 0; at < from.length; at++) dx[from[at]] += dy[at];
  });
  return { contexts, weights };
}

/**
 * Each direction's last state: the first half of the last vector, the second half of the first.
 * @param {Tape} tape
 * @param {Asked} asked
 */
function ends(tape, asked) {
  const { queries, vectors, B } = asked,
    T = queries.rows / B;
  const half = (/** @type {number} */ row) => Math.floor(row / T) % 2;
  const two = given(tape, asked, (row, s, n) => Number(s === (half(row) ? 0 : n - 1)), 2);
  const weights = given(tape, asked, (_, s, n) => (Number(s === 0) + Number(s === n - 1)) / 2);
  return { contexts: mixture(tape, two, vectors, B, 2), weights };
}

/**
 * The vector most like the query. No gradient passes through the choice.
 * @param {Tape} tape
 * @param {Asked} asked
 */
function likest(tape, asked) {
  const { queries, vectors, B } = asked,
    S = vectors.rows / B,
    each = queries.rows / B,
    lengths = lengthsOf(asked);
  const { data } = scoresOf(tape, queries, vectors, B, 1);
  const chosen = Array.from({ length: queries.rows }, (_, row) =>
    argmax(data.subarray(row * S, row * S + lengths[Math.floor(row / each)])),
  );
  return mixed(
    tape,
    asked,
    given(tape, asked, (row, s) => Number(s === chosen[row])),
  );
}

/** @type {Record<string, (tape: Tape, asked: Asked) => Found>} */
const READERS = {
  last: ends,
  mean: (tape, asked) =>
    mixed(
      tape,
      asked,
      given(tape, asked, (_row, _s, length) => 1 / length),
    ),
  max: largest,
  position(tape, asked) {
    const { queries, B, first } = asked,
      T = queries.rows / B;
    const place = (/** @type {number} */ row, /** @type {number} */ length) =>
      Math.min(first + (row % T), length - 1);
    return mixed(
      tape,
      asked,
      given(tape, asked, (row, s, n) => Number(s === place(row, n))),
    );
  },
  content: likest,
  weighted(tape, { queries, vectors, B, real, temperature }) {
    const sight = { real, scale: 1 / temperature };
    const { out, weights } = attend(tape, queries, vectors, vectors, B, 1, sight);
    return { contexts: out, weights };
  },
};

/**
 * By a score and, if there is one, within a window: the softmax sees the window alone.
 * @param {string} path
 * @param {import("../types.js").Settings} settings
 * @returns {Reader}
 */
function attentionReader(path, { score: name, window }) {
  const score = scoreOf(name),
    at = `${path}.score`;
  return {
    scores: true,
    keys: (tape, P, vectors) => score.keys(tape, P, at, vectors),
    read(tape, P, asked) {
      const { queries, vectors, B, real, first, temperature } = asked,
        T = queries.rows / B;
      const scale = (score.scaled ? 1 / Math.sqrt(queries.cols) : 1) / temperature,
        scores = score.scores(tape, P, at, asked);
      if (!window) return mixed(tape, asked, softmax(tape, scores, B, T, { real, scale }));
      const where = { queries, B, S: vectors.rows / B, lengths: lengthsOf(asked), first };
      const { inside, places, shaped } = windowsOf(tape, P, path, window, where);
      const weights = shaped(softmax(tape, scores, B, T, { inside, scale }));
      return { ...mixed(tape, asked, weights), windows: places };
    },
  };
}

/**
 * @param {string} path of the reader, such as "decoder.reader"
 * @param {import("../types.js").Settings} settings
 * @returns {Reader}
 */
export function readerOf(path, settings) {
  const { read: how = "scores" } = settings;
  if (how === "scores") return attentionReader(path, settings);
  if (!Object.hasOwn(READERS, how)) {
    throw new EngineError(
      `This page has the readers ${Object.keys(READERS).join(", ")}, not ${how}. Choose one of them.`,
    );
  }
  return {
    scores: how === "weighted",
    keys: (_tape, _P, vectors) => vectors,
    read: (tape, _P, asked) => READERS[how](tape, asked),
  };
}
