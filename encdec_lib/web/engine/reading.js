// The decoder of chapters 7 and 9 for the page's engine: a GRU that reads the encoding at every
// step, in one of six ways or by one of the scores of scores.js. The same equations as in
// encdec_lib/layers/reading_decoder.py and models/token_sized.py, for one source. M vectors h_j of
// width N in the encoding, D state width.

import { affine, argmax, dot, mix, row, softmax } from "./arithmetic.js";
import { gruOf, gruStep, remembered } from "./gru.js";
import { partOf } from "./parameters.js";
import { each, SCORES, windowAt } from "./scores.js";

/** @typedef {import("./types.js").ParameterMap} ParameterMap */
/** @typedef {import("./types.js").ReadingSettings} ReadingSettings */
/** @typedef {import("./types.js").WindowPlace} WindowPlace */
/** @typedef {{M: number, N: number, vectors: Float32Array, keys?: Float32Array}} Memory */
/** @typedef {{context: Float32Array | Float64Array, weights: Float32Array, window?: WindowPlace}} Found */
/** @typedef {(memory: Memory, query: Float32Array, step: number, temperature: number) => Found} Read */
/** @typedef {{scores: boolean, prepare: (memory: Memory) => Memory, read: Read}} Reader */

// ---------------------------------------------------------------- six ways to read (chapter 7)

/**
 * @param {number} M
 * @param {number} place
 */
const oneHot = (M, place) => each(M, (j) => (j === place ? 1 : 0));

/**
 * The largest number at each of the N places; the weights say how many come from each vector.
 * @type {Read}
 */
function readMax({ M, N, vectors }) {
  const context = new Float32Array(N),
    weights = new Float32Array(M);
  for (let n = 0; n < N; n++) {
    let best = 0;
    for (let j = 1; j < M; j++) if (vectors[j * N + n] > vectors[best * N + n]) best = j;
    context[n] = vectors[best * N + n];
    weights[best] += 1 / N;
  }
  return { context, weights };
}

/**
 * Each direction's last state: the first half of h_M and the second half of h_1.
 * @type {Read}
 */
function readLast({ M, N, vectors }) {
  const context = vectors.slice((M - 1) * N);
  context.set(vectors.subarray(N / 2, N), N / 2);
  return { context, weights: each(M, (j) => (Number(j === 0) + Number(j === M - 1)) / 2) };
}

/**
 * From the weights of the vectors to what was read.
 * @param {Memory} memory
 * @param {Float32Array} weights
 * @returns {Found}
 */
function mixed(memory, weights) {
  return { context: mix(weights, memory.vectors, memory.N), weights };
}

/**
 * @param {Memory} memory
 * @param {Float32Array} query
 */
function alike({ M, N, vectors }, query) {
  return each(M, (j) => dot(query, vectors.subarray(j * N, (j + 1) * N)));
}

/**
 * @param {Float32Array} scores
 * @param {number} temperature
 */
const tempered = (scores, temperature) => softmax(scores.map((score) => score / temperature));

/** @type {Record<string, Read>} */
const READERS = {
  last: readLast,
  mean: (memory) => {
    const equal = each(memory.M, () => 1 / memory.M);
    return mixed(memory, equal);
  },
  max: readMax,
  position: (memory, _, step) => mixed(memory, oneHot(memory.M, Math.min(step, memory.M - 1))),
  content: (memory, query) => mixed(memory, oneHot(memory.M, argmax(alike(memory, query)))),
  weighted: (memory, query, _, temperature) =>
    mixed(memory, tempered(alike(memory, query), temperature)),
};

// ---------------------------------------------------------------- by a score (chapter 9)

/**
 * A reader from a score and, if there is one, a window. The softmax sees the window alone.
 * @param {ParameterMap} P
 * @param {ReadingSettings} settings
 * @param {number} D
 * @returns {Reader}
 */
function attentionReader(P, { score = "", window }, D) {
  if (!Object.hasOwn(SCORES, score)) {
    throw new Error(`this page has the scores ${Object.keys(SCORES).join(", ")}, not ${score}`);
  }
  const { keys, scores } = SCORES[score](P, D);
  return {
    scores: true,
    prepare: (memory) => ({ ...memory, keys: keys(memory.vectors, memory.M) }),
    read(memory, query, step, temperature) {
      const all = scores(query, /** @type {Float32Array} */ (memory.keys), memory.M);
      if (!window) return mixed(memory, tempered(all, temperature));
      const { bell, ...place } = windowAt(window, P, query, step, memory.M);
      const inside = tempered(all.subarray(place.first, place.last + 1), temperature);
      const weights = new Float32Array(memory.M);
      inside.forEach((weight, k) => {
        weights[place.first + k] = weight * bell(place.first + k);
      });
      return { ...mixed(memory, weights), window: place };
    },
  };
}

/**
 * @param {ParameterMap} P
 * @param {ReadingSettings} settings
 * @param {number} D
 * @returns {Reader}
 */
function readerOf(P, settings, D) {
  if (settings.read === "scores") return attentionReader(P, settings, D);
  if (!Object.hasOwn(READERS, settings.read)) {
    throw new Error(
      `this page has the readers ${Object.keys(READERS).join(", ")}, not ${settings.read}`,
    );
  }
  const scores = settings.read === "weighted";
  return { scores, prepare: (memory) => memory, read: READERS[settings.read] };
}

// ---------------------------------------------------------------- the decoder

/** @typedef {{s: Float32Array, done: number, memory: Memory, temperature: number}} ReadingState */

/**
 * Chapters 7 and 9: a GRU, something read for every step, and the two together for the answer.
 *   s_0 = tanh(←h_1 W_s + b_s),  s_i = GRU(E y_{i−1}, s_{i−1}),  c_i = read(s_i, H)
 *   logits_i = tanh([c_i; s_i] W_c + b_c) W_y + b_y.
 * With the query "previous" it is s_{i−1} that asks.
 * @param {ParameterMap} P
 * @param {ReadingSettings} settings
 * @returns {import("./types.js").TokenDecoder<ReadingState>}
 */
export function readingDecoder(P, settings) {
  const gru = gruOf(P, "rnn"),
    D = gru.W_rec.shape[0];
  const reader = readerOf(partOf(P, "reader."), settings, D);
  const projectedToken = remembered((token) =>
    affine(row(P["embedding.embedding"], token), 1, gru.W_in, gru.b_in),
  );
  return {
    scores: reader.scores,
    start({ M, vectors }, { temperature = 1 } = {}) {
      const N = vectors.length / M,
        first = vectors.subarray(N / 2, N);
      const s = affine(first, 1, P["initial.kernel"], P["initial.bias"]).map(Math.tanh);
      return { s, done: 0, memory: reader.prepare({ M, N, vectors }), temperature };
    },
    step({ s: before, done, memory, temperature }, token) {
      const s = gruStep(gru, projectedToken(token), before);
      const query = settings.query === "previous" ? before : s;
      const { context, weights, window } = reader.read(memory, query, done, temperature);
      const both = new Float32Array(memory.N + D);
      both.set(context);
      both.set(s, memory.N);
      const answer = affine(both, 1, P["combine.kernel"], P["combine.bias"]).map(Math.tanh);
      const logits = affine(answer, 1, P["output.kernel"], P["output.bias"]);
      return { state: { s, done: done + 1, memory, temperature }, logits, weights, window };
    },
  };
}
