// Numbers with few digits: rounding to them, neighbours, and a weight that adds steps.

/** @typedef {"bfloat16" | "float16" | "float32"} Format */

/** Bits behind the point, and the exponent of the smallest normal number. */
/** @type {Record<Format, {digits: number, least: number}>} */
export const FORMATS = {
  bfloat16: { digits: 7, least: -126 },
  float16: { digits: 10, least: -14 },
  float32: { digits: 23, least: -126 },
};
export const WEIGHTS = Array.from({ length: 9 }, (_, k) => 2 ** (k - 4)); // as in rounding_dial.py
export const CHANGES = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02];
export const STEPS = 1000;

/**
 * How far the numbers of a format lie apart at a value, on the side away from 0.
 * @param {number} value above 0
 * @param {Format} format
 */
export function gapAt(value, format) {
  const { digits, least } = FORMATS[format];
  let exponent = Math.floor(Math.log2(value));
  if (2 ** exponent > value) exponent -= 1; // log2 is itself rounded
  if (2 ** (exponent + 1) <= value) exponent += 1;
  return 2 ** (Math.max(exponent, least) - digits);
}

/**
 * The nearest number of a format; of two, the even one.
 * @param {number} value 0 or above
 * @param {Format} format
 */
export function round(value, format) {
  if (value === 0) return 0;
  const gap = gapAt(value, format);
  const count = value / gap;
  const below = Math.floor(count);
  const over = count - below;
  const up = over > 0.5 || (over === 0.5 && below % 2 === 1);
  return (below + (up ? 1 : 0)) * gap;
}

/**
 * The weight before each step and after the last.
 * @param {number} weight
 * @param {number} change
 * @param {Format} format
 */
export function trained(weight, change, format) {
  const step = round(Math.fround(change), format);
  const course = [weight];
  // A processor adds in 32 bits and rounds the sum.
  for (let k = 0; k < STEPS; k += 1) {
    course.push(round(Math.fround(course[k] + step), format));
  }
  return { course, step };
}
