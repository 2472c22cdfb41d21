// Comparing a model's tokens with a reference, token by token.

/** The cheapest way to turn `reference` into `answer`: a list of {kind, answer, reference} with
 *  kind "right", "wrong" (another token), "extra" (only in the answer) or "missing". */
export function compare(answer, reference) {
  const n = answer.length, m = reference.length, cost = [];
  for (let i = 0; i <= n; i++) {
    cost.push(new Array(m + 1).fill(0));
    for (let j = 0; j <= m; j++) {
      if (i === 0 || j === 0) cost[i][j] = i + j;
      else {
        const change = cost[i - 1][j - 1] + (answer[i - 1] === reference[j - 1] ? 0 : 1);
        cost[i][j] = Math.min(change, cost[i - 1][j] + 1, cost[i][j - 1] + 1);
      }
    }
  }
  const pairs = [];
  for (let i = n, j = m; i > 0 || j > 0; ) {
    const same = i > 0 && j > 0 && answer[i - 1] === reference[j - 1];
    if (i > 0 && j > 0 && cost[i][j] === cost[i - 1][j - 1] + (same ? 0 : 1)) {
      i--; j--;
      pairs.push({ kind: same ? "right" : "wrong", answer: answer[i], reference: reference[j] });
    } else if (i > 0 && cost[i][j] === cost[i - 1][j] + 1) {
      pairs.push({ kind: "extra", answer: answer[--i], reference: null });
    } else {
      pairs.push({ kind: "missing", answer: null, reference: reference[--j] });
    }
  }
  return pairs.reverse();
}

/** compare() against the nearest of several references. */
export function compareNearest(answer, references) {
  const faults = (pairs) => pairs.filter((pair) => pair.kind !== "right").length;
  return references.map((reference) => compare(answer, reference))
    .reduce((best, pairs) => (faults(pairs) < faults(best) ? pairs : best));
}
