// How well does a vector fit a query, and which vectors are asked at all? The five scores and the
// windows of chapter 9 for the page's engine, as in encdec_lib/layers/{scores,windows}.py. M vectors
// in the encoding, D state width, A alignment width.

import { affine, dot, sigmoid } from "./arithmetic.js";

/** @typedef {import("./types.js").ParameterMap} ParameterMap */

/**
 * keys(vectors, M) is worked out once a source; scores(query, keys, M) at every step.
 * @typedef {object} Score
 * @property {(vectors: Float32Array, M: number) => Float32Array} keys
 * @property {(query: Float32Array, keys: Float32Array, M: number) => Float32Array} scores
 */

/**
 * [g(0), g(1), ..., g(M − 1)] as scores or weights.
 * @param {number} M
 * @param {(place: number) => number} g
 */
export const each = (M, g) => Float32Array.from({ length: M }, (_, j) => g(j));

/**
 * @param {number} scale
 * @returns {Score}
 */
const scaledDot = (scale) => ({
  keys: (vectors) => vectors,
  scores: (query, keys, M) => {
    const D = query.length;
    return each(M, (j) => scale * dot(query, keys.subarray(j * D, (j + 1) * D)));
  },
});

/**
 * @param {ParameterMap} P
 * @returns {Score}
 */
function additive(P) {
  const v = P["score.v"].data,
    A = v.length;
  return {
    keys: (vectors, M) => affine(vectors, M, P["score.W_key"]),
    scores: (query, keys, M) => {
      const asked = affine(query, 1, P["score.W_query"]);
      return each(M, (j) =>
        v.reduce((sum, weight, a) => sum + weight * Math.tanh(asked[a] + keys[j * A + a]), 0),
      );
    },
  };
}

/**
 * The query alone decides: there are no keys.
 * @param {ParameterMap} P
 * @returns {Score}
 */
const location = (P) => ({
  keys: (_, M) => {
    const longest = P["score.W"].shape[1];
    if (M > longest) throw new Error(`this model knows ${longest} places; the source has ${M}`);
    return new Float32Array(0);
  },
  scores: (query, _, M) => affine(query, 1, P["score.W"]).subarray(0, M),
});

/** @type {Record<string, (P: ParameterMap, D: number) => Score>} */
export const SCORES = {
  dot: () => scaledDot(1),
  scaled_dot: (_, D) => scaledDot(1 / Math.sqrt(D)),
  general: (P) => ({ ...scaledDot(1), keys: (vectors, M) => affine(vectors, M, P["score.W"]) }),
  additive,
  location,
};

/**
 * The window of one step: its centre, the first and the last place inside, and what each weight
 * there is multiplied by.
 * @param {{kind: string, half_width: number}} window
 * @param {ParameterMap} P
 * @param {Float32Array} query
 * @param {number} step
 * @param {number} M
 */
export function windowAt({ kind, half_width: half }, P, query, step, M) {
  let centre = Math.min(step, M - 1);
  if (kind === "predictive") {
    const hidden = affine(query, 1, P["window.W_position"]).map(Math.tanh);
    centre = (M - 1) * sigmoid(dot(hidden, P["window.v_position"].data));
  }
  const bell = (/** @type {number} */ j) =>
    kind === "predictive" ? Math.exp(-0.5 * ((j - centre) / (half / 2)) ** 2) : 1;
  const first = Math.max(Math.ceil(centre - half), 0);
  const last = Math.min(Math.floor(centre + half), M - 1);
  return { centre, first, last, bell };
}
