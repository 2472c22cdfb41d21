// What a map shows, in words: one sentence about the row, column or cell that is pointed at.

import { weightsOf } from "../parts/head_pictures.js";
import { percent } from "../parts/weight_cells.js";
import { placed } from "./map_grid.js";

/** @typedef {import("./map_grid.js").Tokens} Tokens */
/** @typedef {import("./map_view.js").View} View */

/**
 * "o 62%, u 20%, g 9%, the other 4 together 9%".
 * @param {ArrayLike<number>} shares
 * @param {Tokens} tokens
 */
function listing(shares, tokens) {
  const sorted = Array.from(shares, (share, k) => ({ share, name: placed(tokens, k) })).sort(
    (a, b) => b.share - a.share,
  );
  const top = sorted.slice(0, 3).filter(({ share }) => share >= 0.005);
  const rest = sorted.slice(top.length);
  const left = rest.reduce((sum, { share }) => sum + share, 0);
  const said = top.map(({ share, name }) => `${name} ${percent(share)}`);
  if (left >= 0.005 && rest.length === 1) said.push(`${rest[0].name} ${percent(left)}`);
  else if (left >= 0.005) said.push(`the other ${rest.length} together ${percent(left)}`);
  return said.join(", ") || "nothing";
}

/**
 * Who looks at the token of a column.
 * @param {View} view
 * @param {Float32Array} weights
 * @param {number} j
 */
function columnWords({ rows, columns, map }, weights, j) {
  const column = rows.names.map((_, t) => weights[t * map.columns + j]);
  const who = listing(column, rows);
  return `${placed(columns, j)} is looked at by ${who} (each share is of that row's 100%).`;
}

/**
 * What a row looks at, and how much of it goes to column j, if it is not −1.
 * @param {View} view
 * @param {Float32Array} weights
 * @param {number} i
 * @param {number} j
 */
function rowWords({ attention, rows, columns, map, masked, sure }, weights, i, j) {
  const shares = weights.subarray(i * map.columns, (i + 1) * map.columns);
  const seen = masked ? shares.subarray(0, i + 1) : shares;
  const writing = attention !== "encoder";
  let said = `${writing ? "writing " : ""}${placed(rows, i)} looks at ${listing(seen, columns)}.`;
  if (masked && j > i) said += ` ${columns.names[j]} is hidden: it comes later.`;
  else if (j >= 0) said += ` ${placed(columns, j)} gets ${percent(shares[j])}.`;
  if (writing) said += ` The model is ${percent(sure[i])} sure of ${rows.names[i]}.`;
  return said;
}

/**
 * What is pointed at, in words.
 * @param {View} view
 * @param {import("../parts/grid_focus.js").Position} position
 * @param {number} head another one than the view's where a small picture is pointed at
 */
export function sentence(view, [i, j], head) {
  const weights = weightsOf(view.map, head);
  const where = head ? `Head ${head}` : `The mean of ${view.map.heads} heads`;
  const said = i < 0 ? columnWords(view, weights, j) : rowWords(view, weights, i, j);
  return `${where}: ${said}`;
}

/**
 * That the weights of every row add up to 100%, or to what they do.
 * @param {Float32Array[]} shares of each row
 */
export function sumsInWords(shares) {
  const totals = shares.map((row) => row.reduce((a, b) => a + b, 0));
  if (totals.every((total) => Math.abs(total - 1) < 5e-4)) {
    return "The weights of every row add up to 100%.";
  }
  const least = percent(Math.min(...totals));
  return `The weights of a row add up to ${least} to ${percent(Math.max(...totals))}.`;
}
