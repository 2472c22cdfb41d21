// Drawing a token, as encdec_lib/generate/sampling.py does it: log-probabilities over the
// temperature, plus Gumbel noise, and the largest wins. The random numbers are the page's own.

import { argmax } from "./arithmetic.js";

/** @typedef {import("./types.js").Floats} Floats */
/** @typedef {{temperature?: number, topK?: number, first?: number}} Choices */

/**
 * Numbers from 0 to 1, both left out, without end: the same for the same seed and stream.
 * @param {number} seed
 */
export function randomOf(seed, stream = 0) {
  let word = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b)) >>> 0;
  const mixed = () => {
    // splitmix32: neighbouring seeds begin far apart
    word = (word + 0x9e3779b9) | 0;
    let bits = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    return (bits ^ (bits >>> 15)) | 0;
  };
  let [a, b, c, count] = [mixed(), mixed(), mixed(), 1];
  return () => {
    // sfc32
    const sum = (((a + b) | 0) + count) | 0;
    count = (count + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return ((sum >>> 0) + 0.5) / 2 ** 32;
  };
}

/**
 * The logit of the k-th most probable of the tokens from `first` on.
 * @param {Floats} logits
 * @param {number} topK
 * @param {number} first
 */
function bar(logits, topK, first) {
  if (topK >= logits.length - first) return -Infinity;
  return logits.slice(first).sort()[logits.length - first - topK]; // typed arrays sort by number
}

/**
 * What tokens are drawn with: softmax(logits / temperature) over the `topK` most probable of
 * those from `first` on; 0 for the others. A temperature of 0 takes the most probable.
 * @param {Floats} logits
 * @param {Choices} [choices]
 */
export function shares(logits, { temperature = 1, topK = Infinity, first = 0 } = {}) {
  const all = new Float64Array(logits.length),
    least = bar(logits, topK, first),
    best = argmax(logits, first);
  if (temperature === 0) {
    all[best] = 1;
    return all;
  }
  let total = 0;
  for (let v = first; v < logits.length; v++) {
    if (logits[v] < least) continue;
    all[v] = Math.exp((logits[v] - logits[best]) / temperature);
    total += all[v];
  }
  return all.map((power) => power / total);
}

/**
 * Draws a token from logits, with `random` from randomOf. Every draw takes as many random numbers
 * as there are tokens, so that two temperatures meet the same luck.
 * @param {Floats} logits
 * @param {() => number} random
 * @param {Choices} [choices]
 */
export function drawToken(logits, random, { temperature = 1, topK = Infinity, first = 0 } = {}) {
  const least = bar(logits, topK, first);
  let chosen = first,
    top = -Infinity;
  for (let v = first; v < logits.length; v++) {
    const noise = -Math.log(-Math.log(random()));
    if (logits[v] < least) continue;
    const score = temperature === 0 ? logits[v] : logits[v] / temperature + noise;
    if (score > top) [top, chosen] = [score, v];
  }
  return chosen;
}
