// What a decoder is told in training where it is not told every true token: its own likeliest one
// instead (scheduled sampling, with a share that stays; Bengio et al. 2015). B examples, T target
// positions.

import { likeliest } from "./answer.js";
import { longest, padded, shifted } from "./batches.js";

/**
 * The decoder's input, batch-major: <bos>, then the token before each position, the true one or the
 * decoder's own. What it would write is found step by step and aside: no gradient passes through
 * the choice, and the loss is then computed as ever, from other inputs. Its own token is the one
 * that it would write in use, never <pad> or <bos>. Nothing changes beyond the end of a target.
 * @param {import("../tape/tape.js").Tape} tape
 * @param {import("../tape/types.js").Parameters} P
 * @param {import("./types.js").TokenDecoder} decoder one that steps without a cache
 * @param {import("./types.js").DecoderState} start
 * @param {number[][]} target
 * @param {import("./types.js").Forced} forced
 */
export function toldTokens(tape, P, decoder, start, target, forced) {
  const B = target.length,
    T = longest(target),
    told = padded(shifted(target), T);
  tape.aside(() => {
    let state = start;
    for (let t = 1; t < T; t++) {
      const before = Int32Array.from(target, (_, b) => told[b * T + t - 1]),
        decoded = decoder.decode(tape, P, state, before);
      for (let b = 0; b < B; b++) {
        if (t >= target[b].length || forced(t * B + b)) continue;
        told[b * T + t] = likeliest(decoded.logits, b);
      }
      state = decoded.state;
    }
  });
  return told;
}
