// Comparing a model's tokens with a reference, token by token.

/**
 * "wrong" is another token, "extra" is only in the answer, "missing" only in the reference.
 * @typedef {{kind: "right" | "wrong" | "extra" | "missing", answer: string | null,
 *   reference: string | null}} Pair
 */

/**
 * The way from `reference` to `answer` with the fewest edits and, among those, the most tokens
 * right. As encdec_lib.evaluation.metrics.edit_alignment does it.
 * @param {string[]} answer
 * @param {string[]} reference
 * @returns {Pair[]}
 */
export function compare(answer, reference) {
  const n = answer.length;
  const m = reference.length;
  const edit = n + m + 1; // dearer than all matches together, so that edits decide first
  const cost = Array.from({ length: n + 1 }, (_, i) =>
    Array.from({ length: m + 1 }, (_, j) => edit * Math.max(i, j)),
  ); // right where i or j is 0
  /** @type {(i: number, j: number) => boolean} */
  const same = (i, j) => answer[i - 1] === reference[j - 1];
  /** @type {(i: number, j: number) => number} */
  const pair = (i, j) => cost[i - 1][j - 1] + (same(i, j) ? -1 : edit);
  for (let i = 1; i <= n; i++) {
    for (let j = 1; j <= m; j++) {
      cost[i][j] = Math.min(pair(i, j), cost[i - 1][j] + edit, cost[i][j - 1] + edit);
    }
  }
  /** @type {Pair[]} */
  const pairs = [];
  for (let i = n, j = m; i > 0 || j > 0; ) {
    if (i > 0 && j > 0 && cost[i][j] === pair(i, j)) {
      const kind = same(i, j) ? "right" : "wrong";
      pairs.push({ kind, answer: answer[--i], reference: reference[--j] });
    } else if (i > 0 && cost[i][j] === cost[i - 1][j] + edit) {
      pairs.push({ kind: "extra", answer: answer[--i], reference: null });
    } else {
      pairs.push({ kind: "missing", answer: null, reference: reference[--j] });
    }
  }
  return pairs.reverse();
}

/**
 * How an answer differs from what it should be: "3 of 4 wrong, 1 too many". What is left out is
 * wrong as well; what is too many is counted apart, as nothing stands there to be compared with.
 * @param {Pair[]} pairs
 */
export function faultsIn(pairs) {
  /** @param {Pair["kind"]} kind */
  const count = (kind) => pairs.filter((pair) => pair.kind === kind).length;
  const extra = count("extra");
  const wanted = pairs.length - extra;
  const wrong = wanted - count("right");
  const parts = [wrong ? `${wrong} of ${wanted} wrong` : "", extra ? `${extra} too many` : ""];
  return parts.filter(Boolean).join(", ") || "all right";
}

/**
 * compare() against the nearest of several references.
 * @param {string[]} answer
 * @param {string[][]} references
 */
export function compareNearest(answer, references) {
  /** @param {Pair[]} pairs */
  const faults = (pairs) => pairs.filter((pair) => pair.kind !== "right").length;
  return references
    .map((reference) => compare(answer, reference))
    .reduce((best, pairs) => (faults(pairs) < faults(best) ? pairs : best));
}
