// First weights: each parameter drawn from (seed, path) alone, so that a model has the same ones in
// Python (encdec_lib/web/same_numbers.py) and in whatever order they are drawn. The distributions
// are those of the library's layers; numbers are float64 until they are stored.

import { keyOf, normalAt, numberAt } from "./random.js";

/** @typedef {import("./types.js").Shapes} Shapes */

/** @type {(shape: number[]) => number} */
const sizeOf = (shape) => shape.reduce((a, b) => a * b, 1);
/** @type {(shape: number[]) => number} */
const fanIn = (shape) => sizeOf(shape.slice(0, -1));

/** @type {(spread: (shape: number[]) => number) => import("./types.js").Draw} */
const normal = (spread) => (key, shape) => {
  const by = spread(shape);
  return Float32Array.from({ length: sizeOf(shape) }, (_, n) => normalAt(key, n) * by);
};

/** @type {(value: number) => import("./types.js").Draw} */
const constant = (value) => (_, shape) => new Float32Array(sizeOf(shape)).fill(value);

/** Glorot's uniform numbers; a vector counts as a matrix of one column.
 *  @type {import("./types.js").Draw} */
function glorot(key, shape) {
  const [input, output = 1] = shape,
    limit = Math.sqrt(6 / (input + output));
  return Float32Array.from({ length: sizeOf(shape) }, (_, n) => (2 * numberAt(key, n) - 1) * limit);
}

/** Blocks of orthonormal rows, side by side. @type {import("./types.js").Draw} */
function orthogonal(key, [D, columns]) {
  const values = new Float32Array(D * columns);
  for (let block = 0; block < columns / D; block++) {
    const Q = orthonormal(key, block * D * D, D);
    for (let i = 0; i < D; i++) values.set(Q.subarray(i * D, (i + 1) * D), i * columns + block * D);
  }
  return values;
}

/**
 * Gram and Schmidt's rows out of normal numbers. Each row is made orthogonal twice: once leaves
 * rounding errors that grow with D.
 * @param {number} key
 * @param {number} start
 * @param {number} D
 */
function orthonormal(key, start, D) {
  const Q = Float64Array.from({ length: D * D }, (_, n) => normalAt(key, start + n));
  const row = (/** @type {number} */ i) => Q.subarray(i * D, (i + 1) * D);
  for (let i = 0; i < D; i++) {
    const own = row(i);
    for (let pass = 0; pass < 2; pass++) {
      const shares = Array.from({ length: i }, (_, j) => dot(row(j), own));
      for (let j = 0; j < i; j++) {
        const other = row(j);
        for (let k = 0; k < D; k++) own[k] -= shares[j] * other[k];
      }
    }
    const length = Math.sqrt(dot(own, own));
    for (let k = 0; k < D; k++) own[k] /= length;
  }
  return Q;
}

/** @type {(a: Float64Array, b: Float64Array) => number} */
function dot(a, b) {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}

const small = normal(() => 0.02);
const kernel = normal((shape) => Math.sqrt((shape.length > 2 ? 2 : 1) / fanIn(shape)));
/** By the last name of a path. @type {Record<string, import("./types.js").Draw>} */
const DRAWS = {
  kernel,
  embedding: normal(([, D]) => 1 / Math.sqrt(D)),
  table: normal(() => Math.SQRT1_2),
  positions: small,
  class_token: small,
  ...Object.fromEntries(
    ["W", "W_in", "W_query", "W_key", "W_position", "v", "v_position"].map((name) => [
      name,
      glorot,
    ]),
  ),
  W_rec: orthogonal,
  bias: constant(0),
  b_in: constant(0),
  b_rec: constant(0),
  scale: constant(1),
};

/**
 * The first weights {path: {shape, data}} of parameters {path: shape}. `keepBias` is where the gates
 * that keep a state start, the forget gates f of an LSTM and z of a GRU, the second of their blocks;
 * if it is not told, the forget gates, told by the four blocks of their matrix, start at 1.
 * @param {Shapes} shapes
 * @param {number} seed
 * @param {number} [keepBias]
 * @returns {import("../types.js").ParameterMap}
 */
export function firstWeights(shapes, seed, keepBias) {
  /** @type {import("../types.js").ParameterMap} */
  const weights = {};
  for (const path of Object.keys(shapes).sort()) {
    const shape = shapes[path],
      name = path.slice(path.lastIndexOf(".") + 1);
    if (!Object.hasOwn(DRAWS, name)) {
      throw new Error(
        `No rule says how ${path} starts; known are ${Object.keys(DRAWS).join(", ")}.`,
      );
    }
    const data = DRAWS[name](keyOf(seed, path), shape);
    const D = shapes[path.replace(/b_in$/, "W_rec")]?.[0];
    if (name === "b_in") data.fill(keepBias ?? (shape[0] === 4 * D ? 1 : 0), D, 2 * D);
    weights[path] = { shape, data };
  }
  return weights;
}
