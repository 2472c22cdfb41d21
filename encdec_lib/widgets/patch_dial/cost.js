// What a Vision Transformer multiplies for one image, by the side of its patches.

/** @typedef {"embedding" | "others" | "attending"} Part */

/** @type {[Part, string][]} */
export const PARTS = [
  ["embedding", "embedding"],
  ["others", "all other matrices"],
  ["attending", "scores and mixtures"],
];

/**
 * The sizes of a model, as the widget's Python hands them over.
 * @typedef {object} Sizes
 * @property {number} side of the image
 * @property {number} in_channels
 * @property {number} d_model
 * @property {number} d_ff
 * @property {number} layers
 */

/**
 * Numbers of patches, of scores a head, and of multiplications by part.
 * @param {Sizes} sizes
 * @param {number} patch
 */
export function cost({ side, in_channels: channels, d_model: width, d_ff: inner, layers }, patch) {
  const patches = (side / patch) ** 2;
  const vectors = patches + 1; // and the class token
  return {
    patches,
    numbers: patch * patch * channels,
    scores: vectors ** 2,
    embedding: patches * patch * patch * channels * width,
    attending: layers * 2 * vectors ** 2 * width,
    others: layers * vectors * (4 * width * width + 2 * width * inner),
  };
}

/** @param {number} number */
export const whole = (number) => number.toLocaleString("en-US");

/**
 * A number in the thousands, millions or billions, with two or three digits.
 * @param {number} number
 */
export function short(number) {
  /** @type {[number, string]} */
  const [size, name] =
    number < 1e6 ? [1e3, "thousand"] : number < 1e9 ? [1e6, "million"] : [1e9, "billion"];
  const value = number / size;
  return `${value.toFixed(value < 10 ? 1 : 0)} ${name}`;
}
