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
 * @param {Numbers} a
 * @param {Numbers} b
 */
export const dot = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);

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
 * Rows start..stop of a matrix: the part of W that meets one piece of a concatenated input.
 * @param {Tensor} W
 * @param {number} start
 * @param {number} stop
 * @returns {Tensor}
 */
export function rows(W, start, stop) {
  const columns = W.shape[1];
  return { data: W.data.subarray(start * columns, stop * columns), shape: [stop - start, columns] };
}

/**
 * @param {Tensor} matrix
 * @param {number} i
 */
export const row = (matrix, i) =>
  matrix.data.subarray(i * matrix.shape[1], (i + 1) * matrix.shape[1]);

/**
 * sum_j weights_j * (row j of `values`, `width` numbers wide).
 * @param {Floats} weights
 * @param {Floats} values
 * @param {number} width
 */
export function mix(weights, values, width) {
  const sums = new Float64Array(width);
  for (let j = 0; j < weights.length; j++) {
    for (let k = 0, v = j * width; k < width; k++, v++) sums[k] += weights[j] * values[v];
  }
  return sums;
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

/** @param {Numbers} scores */
export function softmax(scores) {
  const top = largest(scores);
  const powers = Float64Array.from(scores, (score) => Math.exp(score - top));
  const total = powers.reduce((a, b) => a + b, 0);
  return Float32Array.from(powers, (power) => power / total);
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
