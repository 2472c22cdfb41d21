// Attention maps of several heads whose weights are drawn at random, the same everywhere: in the
// page here, in NumPy and the library in heads_dial.py, and tests/browser/test_heads_dial.py
// holds the one to the other. Shape letters: N tokens, D width of a word (d_model), K d_k.

/** @typedef {"none" | "causal" | "padding"} Mask */
/** @typedef {"none" | "sinusoidal" | "rotary"} Positions */

/**
 * What the reader sets.
 * @typedef {object} Settings
 * @property {number} length
 * @property {number} heads
 * @property {number} d_k
 * @property {Mask} mask
 * @property {number} padded
 * @property {boolean} scaled
 * @property {number} temperature
 * @property {Positions} positions
 */

export const WIDTH = 64; // D, and the widest d_k
export const LONGEST = 32; // N at most
export const PAD = "<pad>";

const WORD = /[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*|[^\s\p{L}\p{M}\p{N}]/gu;

/**
 * Words and signs of a sentence, in lower case: "The cat." is the, cat, and a full stop.
 * @param {string} sentence
 * @returns {string[]}
 */
export const split = (sentence) => sentence.normalize("NFC").toLowerCase().match(WORD) ?? [];

/**
 * The first N tokens; a sentence that is too short begins again. The last `padded` are padding.
 * @param {string[]} words
 * @param {number} N
 * @param {number} padded
 */
export function fill(words, N, padded) {
  return Array.from({ length: N }, (_, t) => (t < N - padded ? words[t % words.length] : PAD));
}

/**
 * 32 bits in, 32 well mixed bits out.
 * @param {number} bits
 */
function mix(bits) {
  let x = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/**
 * `count` (even) normal numbers that depend on a text alone: FNV-1a, then Box and Muller.
 * @param {string} text
 * @param {number} count
 */
export function drawn(text, count) {
  let key = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) key = Math.imul(key ^ byte, 0x01000193);
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i += 2) {
    const u = (mix(key ^ mix(i + 1)) + 0.5) / 2 ** 32;
    const angle = mix(key ^ mix(i + 2)) / 2 ** 32;
    const radius = Math.sqrt(-2 * Math.log(u));
    numbers[i] = radius * Math.cos(2 * Math.PI * angle);
    numbers[i + 1] = radius * Math.sin(2 * Math.PI * angle);
  }
  return numbers;
}

/** @type {Map<string, Float64Array>} */
const kept = new Map();

/**
 * As `drawn`, but each text once.
 * @param {string} text
 * @param {number} count
 */
function once(text, count) {
  const numbers = kept.get(text) ?? drawn(text, count);
  if (kept.size > 500) kept.clear();
  kept.set(text, numbers);
  return numbers;
}

/**
 * @param {number} pair
 * @param {number} width
 */
const frequency = (pair, width) => 10000 ** ((-2 * pair) / width);

/**
 * A word's numbers, plus its place's sines and cosines if they are added.
 * @param {string} word
 * @param {number} t
 * @param {Positions} positions
 */
function vector(word, t, positions) {
  const x = once(`word ${word}`, WIDTH).slice();
  if (positions !== "sinusoidal") return x;
  for (let m = 0; m < WIDTH / 2; m++) {
    x[2 * m] += Math.sin(t * frequency(m, WIDTH));
    x[2 * m + 1] += Math.cos(t * frequency(m, WIDTH));
  }
  return x;
}

/**
 * The vectors (N, D) times the first K columns of a drawn matrix, turned if rotary.
 * @param {Float64Array[]} vectors
 * @param {string} name
 * @param {number} K
 * @param {boolean} rotary
 */
function project(vectors, name, K, rotary) {
  const W = once(name, WIDTH * WIDTH);
  return vectors.map((x, t) => {
    const y = new Float64Array(K);
    for (let i = 0; i < WIDTH; i++) {
      const value = x[i] / Math.sqrt(WIDTH);
      const row = i * WIDTH;
      for (let k = 0; k < K; k++) y[k] += value * W[row + k];
    }
    for (let k = 0; rotary && k < K; k += 2) {
      const angle = t * frequency(k / 2, K);
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      [y[k], y[k + 1]] = [y[k] * cos - y[k + 1] * sin, y[k] * sin + y[k + 1] * cos];
    }
    return y;
  });
}

/**
 * Softmax of the scores that are not NaN; those are hidden, and get 0. Nothing in sight: zeros. The
 * engine's softmax is without a mask and ends in single precision.
 * @param {Float64Array} scores
 */
function maskedSoftmax(scores) {
  const most = Math.max(...scores.filter((e) => !Number.isNaN(e)));
  const parts = scores.map((e) => (Number.isNaN(e) ? 0 : Math.exp(e - most)));
  const total = parts.reduce((sum, part) => sum + part, 0);
  return total ? parts.map((part) => part / total) : parts;
}

/**
 * The weights of every head: maps[n][t] is row t of head n, N numbers.
 * @param {string[]} tokens
 * @param {Settings} settings
 */
export function attentionMaps(
  tokens,
  { heads, d_k, mask, padded, scaled, temperature, positions },
) {
  const N = tokens.length;
  const real = mask === "padding" ? N - padded : N;
  const vectors = tokens.map((word, t) => vector(word, t, positions));
  const rotary = positions === "rotary";
  const factor = (scaled ? 1 / Math.sqrt(d_k) : 1) / temperature;
  return Array.from({ length: heads }, (_, n) => {
    const queries = project(vectors, `query ${n + 1}`, d_k, rotary);
    const keys = project(vectors, `key ${n + 1}`, d_k, rotary);
    return queries.map((q, t) => {
      const scores = new Float64Array(N).fill(NaN);
      for (let s = 0; s < (mask === "causal" ? t + 1 : real); s++) {
        let product = 0;
        for (let k = 0; k < d_k; k++) product += q[k] * keys[s][k];
        scores[s] = factor * product;
      }
      return maskedSoftmax(scores);
    });
  });
}
