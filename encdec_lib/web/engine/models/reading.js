// The decoder of chapters 7 and 9 that a page can train: a recurrent layer that reads the encoding at
// every step, as one of ../layers/readers.js; the same equations as in
// encdec_lib/layers/reading_decoder.py. B examples, S vectors in the encoding, T target positions.

import { tanhOf } from "../layers/elementwise.js";
import { dense } from "../layers/linear.js";
import { readerOf } from "../layers/readers.js";
import { recurrent } from "../layers/recurrence.js";
import { below, beside, regrouped, slice } from "../layers/shapes.js";
import { embedded, firstState, lastOf } from "./recurrent.js";

/**
 *   s_0 = tanh(←h_1 W_s + b_s),  s_i = GRU(E y_{i−1}, s_{i−1}),  c_i = read(s_i, H)
 *   logits_i = tanh([c_i; s_i] W_c + b_c) W_y + b_y.
 * With the query "previous" it is s_{i−1} that asks.
 * @param {import("../types.js").Settings} settings
 * @returns {import("./types.js").TokenDecoder}
 */
export function readingDecoder(settings) {
  const { query = "current" } = settings,
    reader = readerOf("decoder.reader", settings);
  return {
    scores: reader.scores,
    start(tape, P, encoding, { temperature = 1 } = {}) {
      const carry = [firstState(tape, P, encoding)],
        memory = [reader.keys(tape, P, encoding.vectors)];
      return { encoding, done: 0, carry, memory, caches: [], temperature };
    },
    decode(tape, P, state, tokens) {
      const { encoding, done, carry, memory, temperature } = state,
        { B, M, vectors, real } = encoding;
      const y = embedded(tape, P, tokens, B),
        T = y.rows / B;
      const [states] = recurrent(tape, P, "decoder.rnn", y, { B, first: carry });
      const asking =
        query === "previous" ? below(tape, [carry[0], slice(states, 0, (T - 1) * B)]) : states;
      const queries = regrouped(tape, asking, B),
        asked = { queries, keys: memory[0], vectors, B, real, first: done, temperature };
      const { contexts, weights, windows } = reader.read(tape, P, asked);
      const both = beside(tape, [contexts, regrouped(tape, states, B)]);
      return {
        logits: dense(
          tape,
          P,
          "decoder.output",
          tanhOf(tape, dense(tape, P, "decoder.combine", both)),
        ),
        timeMajor: false,
        state: { ...state, done: done + T, carry: lastOf([states], B) },
        cross: [{ heads: 1, rows: T, columns: M, weights }],
        own: [],
        windows,
      };
    },
  };
}
