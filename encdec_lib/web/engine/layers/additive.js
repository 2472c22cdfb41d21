// The score of a small network, e = v · tanh(asked + key), and the loop of a decoder that looks by
// it before every step (Bahdanau et al. 2015; encdec_lib/layers/attention_recurrence.py).
//
// B examples, S places looked at, A alignment width, D width of a state, M width of a vector.
// Vectors and keys are batch-major, row b · S + s; what the loop writes is time-major, t · B + b.

import { softmaxRow } from "../arithmetic.js";
import { gru } from "./cells.js";
import { gradOf, quickTanh } from "./elementwise.js";
import { addRecurrentGradients, ask } from "./recurrence.js";
import { softmaxRowBack } from "./softmax.js";

/** @typedef {import("../tape/tape.js").Tape} Tape */
/** @typedef {import("../tape/types.js").Floats} Floats */
/** @typedef {import("../tape/types.js").Matrix} Matrix */

/**
 * Row `row` of scores is what query `row` says to each of the S keys of example b; `hidden` keeps
 * the tanh, S · A numbers a row.
 * @typedef {object} Network
 * @property {number} S
 * @property {number} A
 * @property {Floats} v
 * @property {Floats} asked
 * @property {Floats} keys
 * @property {Floats} hidden
 * @property {Floats} scores
 * @property {Int32Array | null} real
 */

/**
 * @param {Network} network
 * @param {number} row
 * @param {number} b
 */
function scoreRow({ S, A, v, asked, keys, hidden, scores, real }, row, b) {
  for (let s = 0; s < S; s++) {
    if (real && !real[b * S + s]) continue;
    let score = 0;
    for (let k = 0, h = (row * S + s) * A, key = (b * S + s) * A, q = row * A; k < A; k++) {
      const bent = quickTanh(asked[q + k] + keys[key + k]);
      hidden[h + k] = bent;
      score += v[k] * bent;
    }
    scores[row * S + s] = score;
  }
}

/**
 * Carries the gradient of a row of scores to v, the keys and the query.
 * @param {Network} network
 * @param {{v: Floats, keys: Floats, asked: Floats, scores: Floats}} d
 * @param {number} row
 * @param {number} b
 */
function scoreRowBack({ S, A, v, hidden, real }, d, row, b) {
  const { v: dv, keys: dKeys, asked: dAsked, scores: dScores } = d;
  for (let s = 0; s < S; s++) {
    if (real && !real[b * S + s]) continue;
    const given = dScores[row * S + s];
    for (let k = 0, h = (row * S + s) * A, key = (b * S + s) * A, q = row * A; k < A; k++) {
      const bent = hidden[h + k],
        inside = given * v[k] * (1 - bent * bent);
      dv[k] += given * bent;
      dKeys[key + k] += inside;
      dAsked[q + k] += inside;
    }
  }
}

/**
 * Scores of T queries an example, batch-major, for all its keys.
 * @param {Tape} tape
 * @param {Matrix} asked (B · T) × A
 * @param {Matrix} keys (B · S) × A
 * @param {Matrix} v 1 × A
 * @param {number} B
 * @param {Int32Array | null} real
 */
export function additiveScores(tape, asked, keys, v, B, real) {
  const S = keys.rows / B,
    A = keys.cols,
    n = asked.rows,
    T = n / B,
    scores = tape.zeros(n, S);
  /** @type {Network} */
  const network = {
    ...{ S, A, real },
    ...{ v: v.data, asked: asked.data, keys: keys.data, scores: scores.data },
    hidden: tape.numbers(n * S * A),
  };
  for (let row = 0; row < n; row++) scoreRow(network, row, Math.floor(row / T));
  tape.later(() => {
    const [dv, dAsked, dKeys, dScores] = [v, asked, keys, scores].map(gradOf);
    const d = { v: dv, asked: dAsked, keys: dKeys, scores: dScores };
    for (let row = 0; row < n; row++) scoreRowBack(network, d, row, Math.floor(row / T));
  });
  return scores;
}

/**
 * What the loop reads: `inputs` are E y W_in + b_in of all T · B rows, `contextIn` the rows of W_in
 * that meet the context.
 * @typedef {object} LoopInputs
 * @property {Matrix} inputs
 * @property {Matrix} contextIn
 * @property {Matrix} W_query
 * @property {Matrix} v
 * @property {Matrix} W_rec
 * @property {Matrix} b_rec
 * @property {Matrix} first the state before the first step
 * @property {Matrix} vectors
 * @property {Matrix} keys
 * @property {Int32Array | null} real
 * @property {number} scale of the scores
 */

/**
 * s_i = GRU([E y_i; c_i], s_{i−1}), with c_i the mixture of the vectors that s_{i−1} asked for.
 * Gives the states, the contexts, and the weights, S a row.
 * @param {Tape} tape
 * @param {LoopInputs} given
 * @param {number} B
 */
export function attentionLoop(tape, given, B) {
  const { inputs, contextIn, W_query, v, W_rec, b_rec, first, vectors, keys, real, scale } = given;
  const { rows: D, cols: G } = W_rec,
    M = vectors.cols,
    A = keys.cols,
    S = vectors.rows / B,
    n = inputs.rows,
    T = n / B;
  const states = tape.zeros(n, D),
    contexts = tape.zeros(n, M),
    weights = tape.constant(n, S);
  /** @type {Network} */
  const network = {
    ...{ S, A, real, v: v.data, keys: keys.data, scores: weights.data },
    asked: tape.numbers(n * A),
    hidden: tape.numbers(n * S * A),
  };
  const a = tape.numbers(n * G),
    q = tape.numbers(n * G),
    gates = tape.numbers(n * G);
  a.set(inputs.data);
  const at = (/** @type {Floats} */ x, /** @type {number} */ t, /** @type {number} */ width) =>
    x.subarray(t * B * width, (t + 1) * B * width);
  const stepAt = (/** @type {number} */ t) => ({
    a: at(a, t, G),
    q: at(q, t, G),
    gates: at(gates, t, G),
    before: [t ? at(states.data, t - 1, D) : first.data],
    after: [at(states.data, t, D)],
  });
  for (let t = 0; t < T; t++) {
    const step = stepAt(t),
      context = at(contexts.data, t, M);
    ask(tape, at(network.asked, t, A), step.before[0], W_query, null, B);
    for (let b = 0, row = t * B; b < B; b++, row++) {
      scoreRow(network, row, b);
      softmaxRow(weights.data, row * S, S, scale, real, b * S);
      mix(context, b * M, weights.data, row * S, vectors.data, b * S * M, S, M);
    }
    tape.mul(B, G, M, context, M, contextIn.data, G, step.a, G, true);
    ask(tape, step.q, step.before[0], W_rec, b_rec, B);
    for (let b = 0; b < B; b++) gru.forward(step, D, b);
  }
  tape.later(() => loopBack(tape, given, B, { network, states, contexts, stepAt, at }));
  return { states, contexts, weights };
}

/**
 * @param {Tape} tape
 * @param {LoopInputs} given
 * @param {number} B
 * @param {{
 *   network: Network, states: Matrix, contexts: Matrix,
 *   stepAt: (t: number) => import("./cells.js").Step,
 *   at: (x: Floats, t: number, width: number) => Floats,
 * }} made
 */
function loopBack(tape, given, B, { network, states, contexts, stepAt, at }) {
  const { inputs, contextIn, W_query, W_rec, b_rec, first, vectors, scale } = given;
  const { rows: D, cols: G } = W_rec,
    { S, A } = network,
    M = vectors.cols,
    n = inputs.rows;
  const Wt = tape.transposed(W_rec.data, D, G),
    Ct = tape.transposed(contextIn.data, M, G),
    Qt = tape.transposed(W_query.data, D, A);
  const [dStates, dContexts, dInputs] = [states, contexts, inputs].map(gradOf);
  const dq = tape.numbers(n * G),
    dFirst = first.grad ?? tape.numbers(B * D);
  const d = {
    ...{ v: gradOf(given.v), keys: gradOf(given.keys) },
    asked: tape.numbers(n * A),
    scores: tape.numbers(n * S),
  };
  for (let t = n / B - 1; t >= 0; t--) {
    const before = t ? at(dStates, t - 1, D) : dFirst,
      da = at(dInputs, t, G),
      dqt = at(dq, t, G),
      dContext = at(dContexts, t, M);
    const step = stepAt(t),
      back = { a: da, q: dqt, before: [before], after: [at(dStates, t, D)] };
    for (let b = 0; b < B; b++) gru.backward(step, back, D, b);
    tape.mul(B, D, G, dqt, G, Wt, D, before, D, true);
    tape.mul(B, M, G, da, G, Ct, M, dContext, M, true);
    for (let b = 0, row = t * B; b < B; b++, row++) {
      mixBack(d.scores, network.scores, row * S, dContext, b * M, vectors, b * S * M, S, M);
      softmaxRowBack(d.scores, network.scores, row * S, S, scale);
      scoreRowBack(network, d, row, b);
    }
    tape.mul(B, D, A, at(d.asked, t, A), A, Qt, D, before, D, true);
  }
  addRecurrentGradients(tape, W_rec, b_rec, first.data, states.data, dq, B, false);
  addRecurrentGradients(tape, W_query, null, first.data, states.data, d.asked, B, false);
  if (contextIn.grad) {
    tape.addTransposedMul(M, G, n, contexts.data, M, dInputs, G, contextIn.grad, G);
  }
}

/**
 * context += Σ_s weight_s · vector_s; every row of numbers from where it begins.
 * @param {Floats} context
 * @param {number} c
 * @param {Floats} weights
 * @param {number} w
 * @param {Floats} vectors
 * @param {number} from
 * @param {number} S
 * @param {number} M
 */
function mix(context, c, weights, w, vectors, from, S, M) {
  for (let s = 0, at = from; s < S; s++) {
    const weight = weights[w + s];
    if (weight === 0) at += M;
    else for (let k = 0; k < M; k++) context[c + k] += weight * vectors[at++];
  }
}

/**
 * @param {Floats} dWeights
 * @param {Floats} weights
 * @param {number} w
 * @param {Floats} dContext
 * @param {number} c
 * @param {Matrix} vectors
 * @param {number} from
 * @param {number} S
 * @param {number} M
 */
function mixBack(dWeights, weights, w, dContext, c, vectors, from, S, M) {
  const { data, grad } = vectors;
  for (let s = 0, at = from; s < S; s++, at += M) {
    const weight = weights[w + s];
    if (weight === 0) continue; // padding
    let product = 0;
    for (let k = 0; k < M; k++) product += dContext[c + k] * data[at + k];
    if (grad) for (let k = 0; k < M; k++) grad[at + k] += weight * dContext[c + k];
    dWeights[w + s] = product;
  }
}
