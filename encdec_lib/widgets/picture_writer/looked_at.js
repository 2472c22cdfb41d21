// Where the model looked while it expected a square: at the words of the caption, at the start of
// the picture, and at the squares before.

/** @typedef {import("../../web/engine/types.js").AttentionMap} AttentionMap */

/**
 * The mean of the heads of one layer of a single row, or of all layers.
 * @param {AttentionMap[]} maps one a layer
 * @param {number} layer −1 is all
 */
function mean(maps, layer) {
  const chosen = layer < 0 ? maps : [maps[layer]];
  const sums = new Float32Array(chosen[0].columns);
  for (const { heads, weights } of chosen) {
    for (const [k, weight] of weights.entries()) {
      sums[k % sums.length] += weight / heads / chosen.length;
    }
  }
  return sums;
}

/**
 * @param {import("../../web/engine/types.js").DecoderMaps} maps of the square
 * @param {object} options
 * @param {number} options.square
 * @param {string[]} options.caption
 * @param {number} options.layer −1 is the mean of all
 */
export function lookedAt(maps, { square, caption, layer }) {
  const cross = mean(maps.cross, layer);
  const own = mean(maps.own, layer);
  const before = own.subarray(1);
  /** @type {import("./square_details.js").Square["looked"]} */
  const looked = caption.map((name, s) => ({ name, share: cross[s], kind: "word" }));
  looked.push({ name: "start", share: own[0], kind: "start" });
  if (square) {
    const name = square === 1 ? "the square before" : `the ${square} squares before`;
    looked.push({ name, share: before.reduce((a, b) => a + b, 0), kind: "squares" });
  }
  return { looked, before, weights: [...cross, ...own] };
}
