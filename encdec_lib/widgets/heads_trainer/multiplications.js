// What one pass of the Transformer costs, in multiplications: the twin of
// HeadsTrainer.multiplications(). S symbols are read and T are written; D width of the model.

/**
 * @typedef {object} Sizes
 * @property {number} S
 * @property {number} T
 * @property {number} D
 * @property {number} heads
 * @property {number} d_k
 * @property {number} d_ff
 * @property {number} V symbols that can be written
 */

/**
 * Of one layer on each side: the maps (scores, and sums of values), and everything else.
 * @param {Sizes} sizes
 */
export function multiplications({ S, T, D, heads, d_k, d_ff, V }) {
  const pairs = S * S + T * T + T * S; // who may look at whom, in three attentions
  const projected = D * heads * d_k; // of one vector, for queries, keys, values or outputs
  const attentions = projected * (4 * S + 4 * T + 2 * T + 2 * S);
  const networks = 2 * D * d_ff * (S + T);
  return { attention: 2 * heads * d_k * pairs, rest: attentions + networks + T * D * V };
}
