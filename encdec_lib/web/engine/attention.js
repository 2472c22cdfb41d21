// Attention of several heads for the page's engine, as in encdec_lib/layers/attention.py.
//
// N vectors of width D stand in one Float32Array, row by row. H heads, K width of a key, V width
// of a value, M vectors that are looked at.

import { affine, softmax } from "./arithmetic.js";
import { rotate } from "./positions.js";

/** @typedef {import("./types.js").AttentionMap} AttentionMap */
/** @typedef {import("./types.js").ParameterMap} ParameterMap */
/** @typedef {{keys: Float32Array[], values: Float32Array[]}} KeysValues rows, heads side by side */

/**
 * (x, N) -> x W + b; a layer without a bias has none.
 * @param {ParameterMap} P
 * @param {string} path
 */
export function linear(P, path) {
  const W = P[`${path}.kernel`],
    b = P[`${path}.bias`];
  return (/** @type {Float32Array} */ x, /** @type {number} */ N) => affine(x, N, W, b);
}

/**
 * N vectors as a list of rows, views into the one array.
 * @param {Float32Array} x
 * @param {number} N
 */
function listed(x, N) {
  const width = x.length / N;
  return Array.from({ length: N }, (_, t) => x.subarray(t * width, (t + 1) * width));
}

/**
 * Several heads: queries(x, N, first), keysValues(z, M, first) as a list of M rows with the heads
 * side by side, and attend(queries, N, keysValues), what the heads found, joined, with a map.
 * Nothing is hidden: a decoder hands over what it may see.
 * @param {ParameterMap} P
 * @param {string} path
 * @param {import("./types.js").BlockSettings} settings
 */
export function multiHead(P, path, { heads, scaled = true }, rotary = false) {
  const [query, key, value, output] = ["query", "key", "value", "output"].map((name) =>
    linear(P, `${path}.${name}`),
  );
  /** @type {(x: Float32Array, N: number, first: number) => Float32Array} */
  const turned = (x, N, first) => (rotary ? rotate(x, N, heads, first) : x);
  return {
    /** @type {(x: Float32Array, N: number, first?: number) => Float32Array} */
    queries: (x, N, first = 0) => turned(query(x, N), N, first),
    /** @type {(z: Float32Array, M: number, first?: number) => KeysValues} */
    keysValues: (z, M, first = 0) => ({
      keys: listed(turned(key(z, M), M, first), M),
      values: listed(value(z, M), M),
    }),
    /** @type {(queries: Float32Array, N: number, seen: KeysValues) => {out: Float32Array, map: AttentionMap}} */
    attend(queries, N, seen) {
      const { mixtures, map } = dotProductAttention(queries, N, seen, heads, scaled);
      return { out: output(mixtures, N), map };
    },
  };
}

/**
 * softmax(q · k / √K) of every head and query, and the mixtures of the values, joined.
 * @param {Float32Array} queries
 * @param {number} N
 * @param {KeysValues} seen
 * @param {number} heads
 * @param {boolean} scaled
 */
function dotProductAttention(queries, N, { keys, values }, heads, scaled) {
  const M = keys.length,
    K = keys[0].length / heads,
    V = values[0].length / heads;
  const scale = scaled ? 1 / Math.sqrt(K) : 1;
  const weights = new Float32Array(heads * N * M),
    mixtures = new Float32Array(N * heads * V);
  const scores = new Float64Array(M),
    mixture = new Float64Array(V);
  for (let n = 0; n < heads; n++) {
    for (let t = 0; t < N; t++) {
      const asked = (t * heads + n) * K;
      for (let s = 0; s < M; s++) {
        const one = keys[s];
        let product = 0;
        for (let k = 0; k < K; k++) product += queries[asked + k] * one[n * K + k];
        scores[s] = scale * product;
      }
      const shares = softmax(scores);
      mixture.fill(0);
      for (let s = 0; s < M; s++) {
        const one = values[s],
          share = shares[s];
        for (let v = 0; v < V; v++) mixture[v] += share * one[n * V + v];
      }
      weights.set(shares, (n * N + t) * M);
      mixtures.set(mixture, (t * heads + n) * V);
    }
  }
  return { mixtures, map: { heads, rows: N, columns: M, weights } };
}
