// Vectors and matrices for the page's engine. A matrix is {data: Float32Array, shape}, row by row.

/** @typedef {import("./types.js").Floats} Floats */
/** @typedef {import("./types.js").Numbers} Numbers */
/** @typedef {import("./types.js").Tensor} Tensor */

/** @param {number} x */
export const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** @param {number} x */
export const relu = (x) => Math.max(0, x);

/**
 * x Φ(x), with the normal distribution Φ.
 * @param {number} x
 */
export const gelu = (x) => x * normalShare(x);

/**
 * Φ(x), the share of the normal distribution that lies below x.
 * @param {number} x
 */
export const normalShare = (x) => (1 + erf(x / Math.SQRT2)) / 2;

/**
 * The density of the normal distribution, the slope of Φ.
 * @param {number} x
 */
export const normalDensity = (x) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/**
 * The error function: a sum of terms of one sign for |x| < 6, and from there on it is 1.
 * @param {number} x
 */
export function erf(x) {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x,
    sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/**
 * y = x W + b for `rows` rows of x; W is (in, out), b may be left out.
 * @param {Floats} x
 * @param {number} rows
 * @param {Tensor} W
 * @param {Tensor} [b]
 */
export function affine(x, rows, W, b) {
  const [width, out] = W.shape,
    y = new Float32Array(rows * out);
  const sums = new Float64Array(out);
  for (let i = 0; i < rows; i++) {
    sums.fill(0);
    if (b) sums.set(b.data);
    for (let k = 0; k < width; k++) {
      const value = x[i * width + k];
      for (let o = 0, w = k * out; o < out; o++, w++) sums[o] += value * W.data[w];
    }
    y.set(sums, i * out);
  }
  return y;
}

/**
 * The mean of the rows of `values`, each `width` numbers wide.
 * @param {Float32Array} values
 * @param {number} width
 */
export function meanRow(values, width) {
  const mean = new Float32Array(width),
    count = values.length / width;
  values.forEach((value, k) => {
    mean[k % width] += value / count;
  });
  return mean;
}

/** @param {Numbers} numbers */
const largest = (numbers) => numbers.reduce((a, b) => Math.max(a, b), -Infinity);

/**
 * The place of the largest number from place `first` on, the first of several.
 * @param {Numbers} numbers
 */
export function argmax(numbers, first = 0) {
  let best = first;
  for (let k = first + 1; k < numbers.length; k++) if (numbers[k] > numbers[best]) best = k;
  return best;
}

/**
 * Scores x[at], …, x[at + end − 1] become softmax(scale · x); those that are not real become 0,
 * and so do all where none is.
 * @param {Floats} x
 * @param {number} at
 * @param {number} end
 * @param {number} scale
 * @param {Int32Array | null} real flags; null where all are real
 * @param {number} first where the flags of this row begin
 */
export function softmaxRow(x, at, end, scale, real, first) {
  let top = -Infinity,
    sum = 0;
  for (let s = 0; s < end; s++) {
    if ((!real || real[first + s]) && x[at + s] > top) top = x[at + s];
  }
  for (let s = 0; s < end; s++) {
    const power = !real || real[first + s] ? Math.exp(scale * (x[at + s] - top)) : 0;
    x[at + s] = power;
    sum += power;
  }
  if (sum) for (let s = 0; s < end; s++) x[at + s] /= sum;
}

/** @param {Numbers} scores */
export function softmax(scores) {
  const weights = Float64Array.from(scores);
  softmaxRow(weights, 0, weights.length, 1, null, 0);
  return Float32Array.from(weights);
}

/**
 * −Σ α log₂ α in bits, of weights that are first made to add up to 1.
 * @param {Numbers} weights
 */
export function entropy(weights) {
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.reduce((bits, weight) => {
    const share = weight / total;
    return share > 0 ? bits - share * Math.log2(share) : bits;
  }, 0);
}

/**
 * log softmax(logits) at one place.
 * @param {Numbers} logits
 * @param {number} token
 */
export function logProbability(logits, token) {
  const top = largest(logits);
  let total = 0;
  for (const logit of logits) total += Math.exp(logit - top);
  return logits[token] - top - Math.log(total);
}
