// Numbers and the sentence of the figure.

/** A whole number with the sign of a minus. @param {number} value */
export const many = (value) => String(value).replace("-", "−");

/** Two digits, never "−0.00". @param {number} value */
export const signed = (value) => (Number(value.toFixed(2)) || 0).toFixed(2).replace("-", "−");

/** 6.28 as 6.3, 35333.4 as 35,333. @param {number} value */
export const short = (value) =>
  value < 99.5 ? value.toFixed(1) : Math.round(value).toLocaleString("en-US");

const FURTHER = 37; // 3 and 8 become 40 and 45
const FAR_ENOUGH = 50; // so that no place of the second pair lies before the first word

/**
 * The first place of the pair that the sentence compares with.
 * @param {number} t
 * @param {number} n
 */
export const another = (t, n) => t + (t + n < 0 ? FAR_ENOUGH : FURTHER);

/**
 * What is to be seen, with its numbers.
 * @param {number} t
 * @param {number} n
 * @param {number} share of the largest product
 */
export function sentence(t, n, share) {
  const other = another(t, n);
  if (n === 0) {
    return (
      `Place ${t} with itself: all angles are 0, and the product is the largest there is. ` +
      `Place ${other} has the same.`
    );
  }
  const pair = `Places ${t} and ${many(t + n)}: their product is ${signed(share)} of the largest. `;
  const same = `laces ${other} and ${other + n} have the same`;
  return t + n < 0
    ? `${pair}No word stands at ${many(t + n)}, but p${same}.`
    : `${pair}P${same}, since they too lie ${Math.abs(n)} apart.`;
}
