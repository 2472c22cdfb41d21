// How well a model does on examples that it has not learned from.

/** @typedef {import("../tasks/types.js").TokenExample} TokenExample */
/** @typedef {import("./types.js").Tally} Tally */

/**
 * Edits between two lists: insertions, deletions and replacements (Levenshtein).
 * @param {number[]} a
 * @param {number[]} b
 */
export function edits(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      next.push(Math.min(row[j + 1] + 1, next[j] + 1, row[j] + (a[i] === b[j] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length];
}

/**
 * Exact answers and the token error rate, over all examples and by the length of their sources.
 * Of several references the nearest counts, and of equally near ones the first, as in
 * encdec_lib/evaluation.
 * @param {TokenExample[]} examples
 * @param {number[][]} answers
 */
export function tokenScore(examples, answers) {
  /** @type {Map<number, {edits: number, tokens: number, right: number, count: number}>} */
  const sums = new Map();
  const of = (/** @type {number} */ length) => {
    if (!sums.has(length)) sums.set(length, { edits: 0, tokens: 0, right: 0, count: 0 });
    return /** @type {{edits: number, tokens: number, right: number, count: number}} */ (
      sums.get(length)
    );
  };
  examples.forEach(({ references, length }, n) => {
    const [best] = references
      .map((reference) => ({ edits: edits(answers[n], reference), tokens: reference.length }))
      .sort((a, b) => a.edits - b.edits);
    for (const sum of [of(length), of(0)]) {
      sum.edits += best.edits;
      sum.tokens += best.tokens;
      sum.right += best.edits === 0 ? 1 : 0;
      sum.count++;
    }
  });
  const all = tally(of(0)); // no source has length 0
  const lengths = [...sums.keys()].filter((length) => length > 0).sort((a, b) => a - b);
  return {
    score: all.exact,
    measure: /** @type {const} */ ("exact"),
    ...all,
    by_length: lengths.map((length) => ({ length, ...tally(of(length)) })),
  };
}

/**
 * @param {{edits: number, tokens: number, right: number, count: number}} sum
 * @returns {Tally}
 */
function tally({ edits, tokens, right, count }) {
  return { count, exact: right / count, error_rate: edits / tokens };
}

/**
 * Whether a score is as good as was asked for; of nats fewer are better.
 * @param {import("./types.js").Score} score
 * @param {number | null} wanted
 */
export function isSolved({ score, measure }, wanted) {
  if (wanted === null) return false;
  return measure === "nats" ? score <= wanted : score >= wanted;
}
