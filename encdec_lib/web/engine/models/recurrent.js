// The recurrent encoders and decoders that a page can train: the same equations as in
// encdec_lib/models/{seq2seq,bahdanau_attention}.py, with a tanh RNN, a GRU or an LSTM, whichever
// the weights are of. B examples, S source positions, T target positions, D width of a state.

import { attentionLoop } from "../layers/attention_loop.js";
import { cellOf } from "../layers/cells.js";
import { tanhOf } from "../layers/elementwise.js";
import { dense, linear } from "../layers/linear.js";
import { recurrent } from "../layers/recurrence.js";
import { beside, columns, regrouped, rows, slice } from "../layers/shapes.js";
import { EngineError } from "../tape/memory.js";
import { checkIds, sourceIds, timeMajor } from "./batches.js";

/** @typedef {import("../tape/tape.js").Tape} Tape */
/** @typedef {import("../tape/types.js").Matrix} Matrix */
/** @typedef {import("../tape/types.js").Parameters} Parameters */
/** @typedef {import("./types.js").Encode} Encode */
/** @typedef {import("./types.js").TokenDecoder} TokenDecoder */

/**
 * Chapter 4: one vector, the last state. Of an LSTM that is [h; c]: the whole state is handed over.
 * @param {import("../types.js").Settings} settings
 * @returns {Encode}
 */
export function rnnEncoder({ reverse_source: reverse = false }) {
  return (tape, P, sources) => {
    const table = P["encoder.embedding.embedding"];
    const { B, S, ids, real: flags } = sourceIds(/** @type {number[][]} */ (sources), table.rows);
    const real = timeMajor(flags, B),
      x = rows(tape, table, timeMajor(ids, B));
    const states = recurrent(tape, P, "encoder.rnn", x, { B, reverse, real });
    const last = states.map((state) => slice(state, reverse ? 0 : (S - 1) * B, B));
    const vectors = last.length === 1 ? last[0] : beside(tape, last);
    const path = { states, lengths: lengthsOf(flags, B), reverse };
    return { B, M: 1, vectors, real: null, maps: [], path };
  };
}

/** How many tokens of each example are real. @param {Int32Array} ids batch-major @param {number} B */
function lengthsOf(ids, B) {
  const S = ids.length / B,
    count = (/** @type {Int32Array} */ row) => row.reduce((n, id) => n + (id ? 1 : 0), 0);
  return Array.from({ length: B }, (_, b) => count(ids.subarray(b * S, (b + 1) * S)));
}

/**
 * Chapter 8: one vector a token, the states of two layers, one from each end, side by side.
 * @returns {Encode}
 */
export function birnnEncoder() {
  return (tape, P, sources) => {
    const table = P["encoder.embedding.embedding"];
    const { B, S, ids, real } = sourceIds(/** @type {number[][]} */ (sources), table.rows);
    const flags = timeMajor(real, B),
      x = rows(tape, table, timeMajor(ids, B));
    const [ahead] = recurrent(tape, P, "encoder.rnn.forward", x, { B, real: flags });
    const how = { B, real: flags, reverse: true };
    const [back] = recurrent(tape, P, "encoder.rnn.backward", x, how);
    const vectors = regrouped(tape, beside(tape, [ahead, back]), B);
    return { B, M: S, vectors, real, maps: [] };
  };
}

/**
 * The last rows of states at T positions, time-major: where decoding goes on from.
 * @param {Matrix[]} states
 * @param {number} B
 */
export const lastOf = (states, B) => states.map((state) => slice(state, state.rows - B, B));

/**
 * Embeddings of what a decoder is told, T tokens for each of B examples, time-major.
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {Int32Array} tokens batch-major
 * @param {number} B
 */
export function embedded(tape, P, tokens, B) {
  const table = P["decoder.embedding.embedding"];
  checkIds("target", tokens, table.rows);
  return rows(tape, table, timeMajor(tokens, B));
}

/**
 * Chapter 4: starts from the one vector of the encoding.
 *   s_0 = H,  s_i = RNN(E y_{i−1}, s_{i−1}),  logits_i = s_i W + b.
 * @returns {TokenDecoder}
 */
export function rnnDecoder() {
  return {
    start(tape, P, encoding) {
      const { M, vectors } = encoding,
        W = P["decoder.rnn.W_rec"],
        D = W.rows,
        { states } = cellOf(W);
      if (M !== 1) {
        throw new EngineError(
          `This decoder starts from one vector; the encoding has ${M}. Let the decoder attend.`,
        );
      }
      if (vectors.cols !== states * D) {
        throw new EngineError(
          `This decoder starts from a vector of width ${states * D}; the encoder writes one of ` +
            `${vectors.cols}. Give both sides the same width and the same unit.`,
        );
      }
      const carry =
        states === 1
          ? [vectors]
          : Array.from({ length: states }, (_, n) => columns(tape, vectors, n * D, D));
      return { encoding, done: 0, carry, memory: [], caches: [], temperature: 1 };
    },
    decode(tape, P, state, tokens) {
      const { B } = state.encoding,
        y = embedded(tape, P, tokens, B);
      const states = recurrent(tape, P, "decoder.rnn", y, { B, first: state.carry });
      return {
        logits: dense(tape, P, "decoder.output", states[0]),
        timeMajor: true,
        state: { ...state, done: state.done + y.rows / B, carry: lastOf(states, B) },
        cross: [],
        own: [],
      };
    },
  };
}

/**
 * The state before the first token, from the second half of the first vector: what the layer that
 * reads from the end has seen of all.
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {import("./types.js").Encoding} encoding
 */
export function firstState(tape, P, { B, M, vectors }) {
  const half = P["decoder.initial.kernel"].rows;
  if (vectors.cols !== 2 * half) {
    throw new EngineError(
      `This decoder reads vectors of width ${2 * half}; the encoder writes ${vectors.cols}. Give ` +
        `both the same width.`,
    );
  }
  const firsts = rows(
    tape,
    vectors,
    Int32Array.from({ length: B }, (_, b) => b * M),
  );
  return tanhOf(tape, dense(tape, P, "decoder.initial", columns(tape, firsts, half, half)));
}

/**
 * Chapter 8: weighs the vectors h_j of the encoding anew for every token.
 *   s_0 = tanh(W_0 ←h_1 + b_0),  e_ij = v · tanh(s_{i−1} W_query + h_j W_key),  α_i = softmax e_i
 *   c_i = Σ_j α_ij h_j,  s_i = GRU([E y_{i−1}; c_i], s_{i−1}),
 *   logits_i = [s_i; c_i; E y_{i−1}] W_out + b_out.
 * @returns {TokenDecoder}
 */
export function attentionDecoder() {
  return {
    start(tape, P, encoding, { temperature = 1 } = {}) {
      const carry = [firstState(tape, P, encoding)],
        memory = [linear(tape, encoding.vectors, P["decoder.attention.W_key"])];
      return { encoding, done: 0, carry, memory, caches: [], temperature };
    },
    decode(tape, P, state, tokens) {
      const { encoding, carry, memory, temperature } = state,
        { B, M, vectors, real } = encoding;
      const y = embedded(tape, P, tokens, B),
        E = y.cols,
        W_in = P["decoder.rnn.W_in"];
      const { states, contexts, weights } = attentionLoop(
        tape,
        {
          inputs: linear(tape, y, slice(W_in, 0, E), P["decoder.rnn.b_in"]),
          contextIn: slice(W_in, E, W_in.rows - E),
          W_query: P["decoder.attention.W_query"],
          v: P["decoder.attention.v"],
          W_rec: P["decoder.rnn.W_rec"],
          b_rec: P["decoder.rnn.b_rec"],
          first: carry[0],
          ...{ vectors, keys: memory[0], real, scale: 1 / temperature },
        },
        B,
      );
      const T = y.rows / B,
        looked = regrouped(tape, weights, B);
      return {
        logits: dense(tape, P, "decoder.output", beside(tape, [states, contexts, y])),
        timeMajor: true,
        state: { ...state, done: state.done + T, carry: lastOf([states], B) },
        cross: [{ heads: 1, rows: T, columns: M, weights: looked }],
        own: [],
      };
    },
  };
}
