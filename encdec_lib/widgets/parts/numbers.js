// Numbers in the widgets' sentences.

/** @param {Iterable<number>} values */
export function sum(values) {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/**
 * "1 head", "2 heads".
 * @param {number} count
 * @param {string} one
 */
export const counted = (count, one) => `${count} ${one}${Math.abs(count) === 1 ? "" : "s"}`;
