// Pieces of a Transformer that write into arrays which are there: a step makes no new ones.
//
// What goes in between is Float64Array: its products need no conversion, which takes most of the
// time otherwise. Every row comes out the same, alone or among others.

const EPSILON = 1e-5; // of layer normalisation

/** y = x W + b for N rows, of which four at a time share one walk through W. */
export function product(P, path) {
  const {
      data,
      shape: [width, out],
    } = P[`${path}.kernel`],
    bias = P[`${path}.bias`].data;
  const W = new Float64Array(width * out); // column by column
  data.forEach((weight, n) => {
    W[(n % out) * width + Math.floor(n / out)] = weight;
  });

  function one(y, x, n) {
    // four columns of W at a time
    const from = n * width,
      to = n * out;
    let o = 0;
    for (; o + 4 <= out; o += 4) {
      const p = o * width,
        q = p + width,
        r = q + width,
        s = r + width;
      let a = bias[o],
        b = bias[o + 1],
        c = bias[o + 2],
        d = bias[o + 3];
      for (let k = 0; k < width; k++) {
        const number = x[from + k];
        a += W[p + k] * number;
        b += W[q + k] * number;
        c += W[r + k] * number;
        d += W[s + k] * number;
      }
      y[to + o] = a;
      y[to + o + 1] = b;
      y[to + o + 2] = c;
      y[to + o + 3] = d;
    }
    for (; o < out; o++) {
      let a = bias[o];
      for (let k = 0; k < width; k++) a += W[o * width + k] * x[from + k];
      y[to + o] = a;
    }
  }

  function four(y, x, n) {
    const p = n * width,
      q = p + width,
      r = q + width,
      s = r + width,
      to = n * out;
    for (let o = 0; o < out; o++) {
      const start = bias[o];
      let a = start,
        b = start,
        c = start,
        d = start;
      for (let k = 0, w = o * width; k < width; k++, w++) {
        const weight = W[w];
        a += weight * x[p + k];
        b += weight * x[q + k];
        c += weight * x[r + k];
        d += weight * x[s + k];
      }
      y[to + o] = a;
      y[to + out + o] = b;
      y[to + 2 * out + o] = c;
      y[to + 3 * out + o] = d;
    }
  }

  return {
    out,
    into(y, x, N) {
      let n = 0;
      for (; n + 4 <= N; n += 4) four(y, x, n);
      for (; n < N; n++) one(y, x, n);
    },
  };
}

/** Each of N rows less its mean, by its spread, times a scale, plus a bias. */
export function normalisation(P, path) {
  const scale = P[`${path}.scale`].data,
    bias = P[`${path}.bias`].data,
    D = scale.length;
  return (y, x, N) => {
    for (let start = 0; start < N * D; start += D) {
      let mean = 0,
        variance = 0;
      for (let k = 0; k < D; k++) mean += x[start + k] / D;
      for (let k = 0; k < D; k++) variance += (x[start + k] - mean) ** 2 / D;
      const spread = Math.sqrt(variance + EPSILON);
      for (let k = 0; k < D; k++) {
        y[start + k] = ((x[start + k] - mean) / spread) * scale[k] + bias[k];
      }
    }
  };
}

/** One head of one query over `seen` places: weights into `weights`, the mixture into `found`.
 *  Every array comes with the index where this head's numbers begin; places are D apart. */
export function look(query, q, keys, values, first, seen, D, K, weights, w, found, f) {
  const scale = 1 / Math.sqrt(K);
  let top = -Infinity,
    total = 0;
  for (let s = 0, at = first; s < seen; s++, at += D) {
    let sum = 0;
    for (let k = 0; k < K; k++) sum += query[q + k] * keys[at + k];
    weights[w + s] = sum *= scale;
    if (sum > top) top = sum;
  }
  for (let s = 0; s < seen; s++) total += weights[w + s] = Math.exp(weights[w + s] - top);
  for (let k = 0; k < K; k++) found[f + k] = 0;
  for (let s = 0, at = first; s < seen; s++, at += D) {
    const share = (weights[w + s] /= total);
    for (let k = 0; k < K; k++) found[f + k] += share * values[at + k];
  }
}
