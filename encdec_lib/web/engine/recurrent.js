// The recurrent encoders and decoders of chapters 4 and 8 for the page's engine: the same equations
// as in encdec_lib/models/{seq2seq,bahdanau_attention}.py, for one source at a time. Shape letters
// as in engine.js.

import { affine, mix, row, rows, softmax } from "./arithmetic.js";
import { embed, gruOf, gruStates, gruStep, remembered } from "./gru.js";

/** @typedef {import("./types.js").Encoded} Encoded */
/** @typedef {import("./types.js").ParameterMap} ParameterMap */

/**
 * Chapter 4: one vector, the last state h_S. With `reverse_source` the encoder reads from the
 * end, and the vector is its state h_1.
 * @param {ParameterMap} P
 * @param {{reverse_source?: boolean}} settings
 */
export function rnnEncoder(P, { reverse_source: reverse = false }) {
  const gru = gruOf(P, "rnn");
  return (/** @type {number[]} */ source) => {
    const S = source.length,
      x = embed(P["embedding.embedding"], source);
    return { M: 1, vectors: gruStates(gru, x, S, reverse)[reverse ? 0 : S - 1] };
  };
}

/**
 * Chapter 8: one vector a token, the states of two GRUs side by side, h_j = [→h_j; ←h_j].
 * @param {ParameterMap} P
 */
export function birnnEncoder(P) {
  const forward = gruOf(P, "rnn.forward"),
    backward = gruOf(P, "rnn.backward");
  return (/** @type {number[]} */ source) => {
    const S = source.length,
      x = embed(P["embedding.embedding"], source);
    const ahead = gruStates(forward, x, S),
      back = gruStates(backward, x, S, true);
    const D = ahead[0].length,
      vectors = new Float32Array(S * 2 * D);
    for (let j = 0; j < S; j++) {
      vectors.set(ahead[j], j * 2 * D);
      vectors.set(back[j], j * 2 * D + D);
    }
    return { M: S, vectors };
  };
}

/**
 * Chapter 4: starts from the one vector of the encoding.
 *   s_0 = H,  s_i = GRU(E y_{i−1}, s_{i−1}),  logits_i = s_i W_out + b_out.
 * @param {ParameterMap} P
 * @returns {import("./types.js").TokenDecoder<{s: Float32Array}>}
 */
export function rnnDecoder(P) {
  const gru = gruOf(P, "rnn"),
    output = P["output.kernel"],
    bias = P["output.bias"];
  const projectedToken = remembered((token) =>
    affine(row(P["embedding.embedding"], token), 1, gru.W_in, gru.b_in),
  );
  return {
    start({ M, vectors }) {
      if (M !== 1) throw new Error(`this decoder starts from one vector; the encoding has ${M}`);
      return { s: vectors };
    },
    step(state, token) {
      const s = gruStep(gru, projectedToken(token), state.s);
      return { state: { s }, logits: affine(s, 1, output, bias), weights: null };
    },
  };
}

/**
 * The state of attentionDecoder, and the products with the M vectors: keys (M, A), and what they
 * give to the GRU (M, 3D) and to the logits (M, V).
 * @typedef {object} AttentionState
 * @property {Float32Array} s
 * @property {number} M
 * @property {Float32Array} keys
 * @property {Float32Array} intoGru
 * @property {Float32Array} intoOutput
 */

/**
 * Chapter 8: weighs the M vectors h_j of the encoding anew for every token.
 *   s_0 = tanh(W_0 ←h_1 + b_0), where ←h_1 is the second half of the first vector
 *   e_ij = v · tanh(s_{i−1} W_query + h_j W_key),  α_ij = softmax_j e_ij,  c_i = Σ_j α_ij h_j
 *   s_i = GRU([E y_{i−1}; c_i], s_{i−1}),  logits_i = [s_i; c_i; E y_{i−1}] W_out + b_out.
 * A product with c_i is the same weighted sum of products with h_j, so h_j W is worked out once
 * a source; and a product with E y is worked out once a token.
 * @param {ParameterMap} P
 * @returns {import("./types.js").TokenDecoder<AttentionState>}
 */
export function attentionDecoder(P) {
  const gru = gruOf(P, "rnn"),
    D = gru.W_rec.shape[0],
    W_key = P["attention.W_key"],
    width = W_key.shape[0]; // width of h_j
  const weigh = additiveWeights(P);
  const table = P["embedding.embedding"],
    E = table.shape[1];
  const output = P["output.kernel"],
    V = output.shape[1];
  const tokenIn = rows(gru.W_in, 0, E),
    contextIn = rows(gru.W_in, E, E + width);
  const stateOut = rows(output, 0, D),
    contextOut = rows(output, D, D + width);
  const tokenOut = rows(output, D + width, D + width + E);
  const projectedToken = remembered((token) => affine(row(table, token), 1, tokenIn, gru.b_in));
  const tokenLogits = remembered((token) =>
    affine(row(table, token), 1, tokenOut, P["output.bias"]),
  );
  return {
    start({ M, vectors }) {
      const first = vectors.subarray(width / 2, width);
      const s = affine(first, 1, P["initial.kernel"], P["initial.bias"]).map(Math.tanh);
      const keys = affine(vectors, M, W_key),
        intoGru = affine(vectors, M, contextIn);
      return { s, M, keys, intoGru, intoOutput: affine(vectors, M, contextOut) };
    },
    step(state, token) {
      const { s: before, M, keys, intoGru, intoOutput } = state;
      const weights = weigh(before, keys, M);
      const a = mix(weights, intoGru, 3 * D),
        fromToken = projectedToken(token);
      for (let k = 0; k < a.length; k++) a[k] += fromToken[k];
      const s = gruStep(gru, a, before),
        logits = affine(s, 1, stateOut);
      const fromContext = mix(weights, intoOutput, V),
        tokenPart = tokenLogits(token);
      for (let k = 0; k < V; k++) logits[k] += fromContext[k] + tokenPart[k];
      return { state: { ...state, s }, logits, weights };
    },
  };
}

/**
 * softmax_j v · tanh(s W_query + key_j) for M keys.
 * @param {ParameterMap} P
 */
function additiveWeights(P) {
  const W_query = P["attention.W_query"],
    v = P["attention.v"].data,
    A = v.length;
  return (
    /** @type {Float32Array} */ s,
    /** @type {Float32Array} */ keys,
    /** @type {number} */ M,
  ) => {
    const query = affine(s, 1, W_query),
      scores = new Float64Array(M);
    for (let j = 0; j < M; j++) {
      for (let a = 0; a < A; a++) scores[j] += v[a] * Math.tanh(query[a] + keys[j * A + a]);
    }
    return softmax(scores);
  };
}
