// Vectors and matrices for the page's engine. A matrix is {data: Float32Array, shape}, row by row.

export const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** y = x W + b for `rows` rows of x; W is (in, out), b may be left out. */
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

/** Rows start..stop of a matrix: the part of W that meets one piece of a concatenated input. */
export function rows(W, start, stop) {
  const columns = W.shape[1];
  return { data: W.data.subarray(start * columns, stop * columns), shape: [stop - start, columns] };
}

export const row = (matrix, i) =>
  matrix.data.subarray(i * matrix.shape[1], (i + 1) * matrix.shape[1]);

/** sum_j weights_j * (row j of `values`, `width` numbers wide). */
export function mix(weights, values, width) {
  const sums = new Float64Array(width);
  for (let j = 0; j < weights.length; j++) {
    for (let k = 0, v = j * width; k < width; k++, v++) sums[k] += weights[j] * values[v];
  }
  return sums;
}

export function softmax(scores) {
  const top = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = Float64Array.from(scores, (score) => Math.exp(score - top));
  const total = powers.reduce((a, b) => a + b, 0);
  return Float32Array.from(powers, (power) => power / total);
}

/** −Σ α log₂ α in bits, of weights that are first made to add up to 1. */
export function entropy(weights) {
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.reduce((bits, weight) => {
    const share = weight / total;
    return share > 0 ? bits - share * Math.log2(share) : bits;
  }, 0);
}

/** log softmax(logits) at one place. */
export function logProbability(logits, token) {
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  let total = 0;
  for (const logit of logits) total += Math.exp(logit - top);
  return logits[token] - top - Math.log(total);
}
