// From lists of tokens to rows of ids, and back to lists. B examples; PAD fills up what is short.

import { EngineError } from "../tape/memory.js";

export const PAD = 0;
export const BOS = 1;
export const EOS = 2;

/** @param {number[][]} lists */
export const longest = (lists) => lists.reduce((most, list) => Math.max(most, list.length), 0);

/**
 * B lists as one row of ids, batch-major, each `length` long.
 * @param {number[][]} lists
 * @param {number} length
 */
export function padded(lists, length) {
  const ids = new Int32Array(lists.length * length);
  lists.forEach((list, b) => {
    ids.set(list, b * length);
  });
  return ids;
}

/**
 * The decoder's input in training: <bos>, then each target without its last token.
 * @param {number[][]} targets
 */
export const shifted = (targets) => targets.map((target) => [BOS, ...target.slice(0, -1)]);

/**
 * Sources as ids, checked, and where they are real.
 * @param {number[][]} sources
 * @param {number} vocabulary
 */
export function sourceIds(sources, vocabulary) {
  const B = sources.length,
    S = longest(sources);
  if (!B || sources.some((source) => !source.length)) {
    throw new EngineError("A batch needs at least one source, each of at least one token.");
  }
  const ids = padded(sources, S);
  checkIds("source", ids, vocabulary);
  return { B, S, ids, real: ids };
}

/**
 * @param {string} name
 * @param {Int32Array} ids
 * @param {number} vocabulary
 */
export function checkIds(name, ids, vocabulary) {
  const wrong = ids.find((id) => id < 0 || id >= vocabulary);
  if (wrong === undefined) return;
  throw new EngineError(
    `Every ${name} token must be an id from 0 to ${vocabulary - 1}, as the model was built; got ` +
      `${wrong}.`,
  );
}

/**
 * Batch-major ids as time-major ones, t · B + b.
 * @param {Int32Array} ids
 * @param {number} B
 */
export function timeMajor(ids, B) {
  const T = ids.length / B;
  return ids.map((_, i) => ids[(i % B) * T + Math.floor(i / B)]);
}
