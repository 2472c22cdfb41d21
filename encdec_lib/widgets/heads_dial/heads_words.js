// What the maps of the heads show, in words and shades.

import { sum } from "../parts/numbers.js";
import { PAD } from "./heads_maths.js";

/** @typedef {Float64Array[][]} Maps row t of head n is maps[n][t] */
/** @typedef {{head: number, row: number}} Place */

/** @param {number} share */
export const percent = (share) =>
  share > 0 && share < 0.005 ? "<1%" : `${Math.round(100 * share)}%`;

/**
 * How green a weight is: its root, so that one of 3% can be seen and one of 100% is the most.
 * @param {number} weight
 */
export const shade = (weight) => Math.sqrt(weight);

/** @param {string} token */
export const nameOf = (token) => (token === PAD ? "padding" : token);

/**
 * One row of one head.
 * @param {string[]} tokens
 * @param {Maps} maps
 * @param {Place} place
 */
export function readingOf(tokens, maps, { head, row }) {
  const shares = maps[head]?.[row];
  if (!shares) return "";
  const best = Array.from(shares, (share, s) => ({ share, s }))
    .sort((a, b) => b.share - a.share)
    .slice(0, 3)
    .filter(({ share }) => share > 0)
    .map(({ share, s }) => `${nameOf(tokens[s])} (${s + 1}) ${percent(share)}`);
  const who = `Head ${head + 1}, row ${row + 1}: ${nameOf(tokens[row])}`;
  const total = sum(shares).toFixed(3);
  return `${who} looks at ${best.join(", ") || "nothing"}. Its row adds up to ${total}.`;
}

/**
 * What the rows add up to.
 * @param {Maps} maps
 */
export function sumsOf(maps) {
  const totals = maps.flatMap((rows) => rows.map(sum));
  const [least, most] = [Math.min(...totals), Math.max(...totals)].map((one) => one.toFixed(3));
  const nothing = most === "0.000" ? " There is nothing to look at." : "";
  return `Sums of all ${totals.length} rows: ${least} to ${most}.${nothing}`;
}

/**
 * How far apart two rows are: the largest difference of two weights.
 * @param {Float64Array} one
 * @param {Float64Array} other
 */
const apart = (one, other) => one.reduce((most, w, s) => Math.max(most, Math.abs(w - other[s])), 0);

/**
 * What a word that stands twice shows: whether its rows differ.
 * @param {string[]} tokens
 * @param {Maps} maps
 */
export function twinsOf(tokens, maps) {
  const real = tokens.filter((token) => token !== PAD);
  const twice = real.find((token, t) => real.indexOf(token) < t);
  if (twice === undefined) return "No word stands twice, so there are no rows to compare.";
  const [one, other] = real.flatMap((token, t) => (token === twice ? [t] : []));
  const difference = Math.max(...maps.map((rows) => apart(rows[one], rows[other])));
  const found =
    difference < 1e-6
      ? "the same in every head."
      : `different: by up to ${percent(difference)} in one weight.`;
  return `“${twice}” stands at places ${one + 1} and ${other + 1}. Its two rows are ${found}`;
}
