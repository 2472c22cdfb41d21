// The picture: a column for each symbol, and below each other its key, score, weight and value; at
// the left the query, and at the end the mixture.

import { box, label, vector } from "../parts/stepper/marks.js";

/** @typedef {import("./one_row.js").Row} Row */
/** @typedef {import("../parts/stepper/types.js").At} At */

const TALL = 64; // about the height of a vector
const GAP = 2;
const BAR = 56; // height of a weight of 1
const [NAMES, KEYS] = [18, 34]; // where the rows begin

/** @type {(value: number) => string} */
export const signed = (value) => value.toFixed(1).replace("-", "−");

/** The height of a number. @param {ArrayLike<number>} vector */
const cellOf = ({ length }) => Math.max(2, Math.round(TALL / length) - GAP);

/** Where everything stands, so that it does not depend on the step. @param {At} at @param {Row} row */
function placesOf({ width, phone }, { keys, values }) {
  const left = phone ? 46 : 110;
  const pitch = Math.min((width - left) / keys.length, 92);
  const scores = KEYS + keys[0].length * (cellOf(keys[0]) + GAP) + 24;
  const weights = scores + 14;
  return {
    ...{ left, pitch, scores, weights },
    values: weights + BAR + 34,
    height: weights + BAR + 34 + values[0].length * (cellOf(values[0]) + GAP) + 8,
    wide: Math.min(pitch - 8, 44),
    x: (/** @type {number} */ j) => left + pitch * (j + 0.5),
  };
}

/** The largest number of some vectors, which is drawn at full strength. @type {(vectors: ArrayLike<number>[]) => number} */
const largest = (vectors) => Math.max(...vectors.flatMap((one) => Array.from(one, Math.abs)), 1e-9);

/**
 * @param {At} at
 * @param {Row} row
 * @param {string[]} names
 * @returns {import("../parts/stepper/types.js").Picture}
 */
export function rowPicture(at, row, names) {
  const { query, keys, values, scores, weights, mixture, asking } = row;
  const is = placesOf(at, row);
  const size = at.phone ? 13 : 15;
  /** @type {{role: "muted", size: number}} */
  const muted = { role: "muted", size: 13 };
  const found = { role: /** @type {const} */ ("encoder"), width: is.wide, cell: cellOf(query) };
  const carries = { ...found, cell: cellOf(values[0]), scale: largest(values) };
  const own = is.left - is.wide - (at.phone ? 2 : 12); // of the query and the mixture
  const head = (/** @type {number} */ k, /** @type {number} */ y, /** @type {string} */ text) =>
    at.row(k, [label(0, y, text, muted)]);

  /** @type {(make: (j: number) => (Node | null)[]) => (Node | null)[]} */
  const each = (make) => names.flatMap((_, j) => make(j));
  const scale = largest([...keys, query]);
  return {
    height: is.height,
    nodes: [
      ...each((j) => [
        label(is.x(j), NAMES, names[j], {
          ...{ role: j === asking ? "decoder" : "encoder", anchor: "middle", size: size + 2 },
          bold: true,
        }),
      ]),
      head(0, KEYS - 16, "query"),
      at.row(0, [vector(own, KEYS, query, { ...found, role: "decoder", scale })]),
      at.row(
        1,
        each((j) => [vector(is.x(j) - is.wide / 2, KEYS, keys[j], { ...found, scale })]),
      ),
      head(2, is.scores, "score"),
      at.row(
        2,
        each((j) => [label(is.x(j), is.scores, signed(scores[j]), { anchor: "middle", size })]),
      ),
      head(3, is.weights + BAR, "weight"),
      at.row(
        3,
        each((j) => [
          box(
            is.x(j) - is.wide / 2,
            is.weights + BAR * (1 - weights[j]),
            is.wide,
            Math.max(BAR * weights[j], 1),
            "attention",
          ),
          label(is.x(j), is.weights + BAR + 15, `${Math.round(100 * weights[j])}%`, {
            ...{ role: "attention", anchor: "middle", size: 13, bold: true },
          }),
        ]),
      ),
      head(4, is.values - 4, "values"),
      at.row(
        4,
        each((j) => [vector(is.x(j) - is.wide / 2, is.values, values[j], carries)]),
      ),
      at.row(5, [vector(own, is.values + 8, mixture, { ...carries, role: "attention" })]),
    ],
  };
}
