// How far back a loss would teach a recurrent encoder: chapter 3's gradient_reach, while it trains.

import { gradOf } from "../layers/elementwise.js";
import { EngineError } from "../tape/memory.js";
import { tokenLoss } from "./trainable.js";

/** @typedef {import("./types.js").StatePath} StatePath */

/**
 * What is left of the loss's gradient at the encoder's state n steps before its last, as a share of
 * that at the last: the middle of the examples that are so long. Of an LSTM the state is the pair
 * (h, c). Forgets what was on the tape, and leaves no gradient behind.
 * @param {import("../tape/tape.js").Tape} tape
 * @param {import("../tape/types.js").Parameters} P
 * @param {import("./types.js").TrainableModel} model
 * @param {import("./types.js").TokenBatch} batch
 */
export function gradientReach(tape, P, { parts }, batch) {
  const { encode, decoder } = parts;
  /** @type {StatePath | undefined} */
  let path;
  tape.begin(true);
  const kept = (/** @type {Parameters<typeof encode>} */ ...given) => {
    const encoding = encode(...given);
    path = encoding.path;
    return encoding;
  };
  const token = /** @type {import("./types.js").TokenDecoder} */ (decoder);
  tokenLoss(tape, P, { encode: kept, decoder: token }, batch);
  tape.backward();
  tape.flat.grad.fill(0);
  if (!path) {
    throw new EngineError(
      "The reach of a gradient is told of an encoder that hands over its last state; this one " +
        "does not. Leave scoring.reach out.",
    );
  }
  return sharesLeft(path);
}

/** @param {StatePath} path */
function sharesLeft({ states, lengths, reverse }) {
  const B = lengths.length;
  const lengthAt = (/** @type {number} */ b, /** @type {number} */ n) => {
    const row = (reverse ? n : lengths[b] - 1 - n) * B + b;
    let square = 0;
    for (const state of states) {
      const D = state.cols,
        grad = gradOf(state);
      for (let k = row * D; k < (row + 1) * D; k++) square += grad[k] ** 2;
    }
    return Math.sqrt(square);
  };
  return Array.from({ length: Math.max(...lengths) }, (_, n) => {
    const shares = lengths.flatMap((length, b) => {
      const whole = n < length ? lengthAt(b, 0) : 0;
      return whole ? [lengthAt(b, n) / whole] : [];
    });
    shares.sort((a, b) => a - b);
    return shares.length ? shares[Math.floor(shares.length / 2)] : 0;
  });
}
