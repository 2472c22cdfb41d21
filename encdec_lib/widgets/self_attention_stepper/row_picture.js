// The picture: a column for each symbol, and below each other its key, score, weight and value; at
// the left the query, and at the end the mixture.

import { element } from "../parts/elements.js";
import { box, label, vector } from "../parts/stepper/marks.js";

/** @typedef {import("./one_row.js").Row} Row */
/** @typedef {import("../parts/stepper/types.js").At} At */

const CELL = 6; // height of a number
const GAP = 2;
const HIGH = 8; // numbers of a vector below each other; more stand in further columns
const BAR = 56; // height of a weight of 1
const [NAMES, KEYS] = [18, 34]; // where the rows begin

/** @type {(value: number) => string} */
export const signed = (value) => value.toFixed(1).replace("-", "−");

/** How high a vector is drawn. @param {ArrayLike<number>} vector */
const heightOf = ({ length }) => Math.min(length, HIGH) * (CELL + GAP);

/**
 * A vector as columns of at most HIGH cells, side by side.
 * @param {number} x
 * @param {number} y
 * @param {ArrayLike<number>} values
 * @param {{role: import("../parts/stepper/marks.js").Role, width: number, scale: number}} how
 */
function columns(x, y, values, { width, ...how }) {
  const count = Math.ceil(values.length / HIGH);
  const each = (width - (count - 1) * GAP) / count;
  return element(
    "g",
    {},
    ...Array.from({ length: count }, (_, n) => {
      const part = Array.from(values).slice(n * HIGH, (n + 1) * HIGH);
      return vector(x + n * (each + GAP), y, part, { ...how, width: each, cell: CELL });
    }),
  );
}

/** Where everything stands, so that it does not depend on the step. @param {At} at @param {Row} row */
function placesOf({ width, phone }, { keys, values }) {
  const left = phone ? 46 : 110;
  const pitch = Math.min((width - left) / keys.length, 128);
  const scores = KEYS + heightOf(keys[0]) + 24;
  const weights = scores + 14;
  return {
    ...{ left, pitch, scores, weights },
    values: weights + BAR + 34,
    height: weights + BAR + 34 + heightOf(values[0]) + 8,
    wide: Math.min(pitch - 8, 60, left - 2), // the query's too, at the left
    x: (/** @type {number} */ j) => left + pitch * (j + 0.5),
  };
}

/** The largest number of some vectors, which is drawn at full strength. @type {(vectors: ArrayLike<number>[]) => number} */
const largest = (vectors) => Math.max(...vectors.flatMap((one) => Array.from(one, Math.abs)), 1e-9);

/** @type {(x: number, y: number, width: number, weight: number) => Node[]} */
const weightBar = (x, y, width, weight) => [
  box(x - width / 2, y + BAR * (1 - weight), width, Math.max(BAR * weight, 1), "attention"),
  label(x, y + BAR + 15, `${Math.round(100 * weight)}%`, {
    ...{ role: "attention", anchor: "middle", size: 13, bold: true },
  }),
];

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
  const wide = { width: is.wide, role: /** @type {const} */ ("encoder") };
  const [found, carried] = [largest(keys), largest([...values, mixture])];
  const own = Math.max(0, is.left - is.wide - (at.phone ? 2 : 12)); // of the query and the mixture
  const head = (/** @type {number} */ k, /** @type {number} */ y, /** @type {string} */ text) =>
    at.row(k, [label(0, y, text, muted)]);

  /** @type {(make: (j: number) => (Node | null)[]) => (Node | null)[]} */
  const each = (make) => names.flatMap((_, j) => make(j));
  return {
    height: is.height,
    nodes: [
      ...each((j) => [
        label(is.x(j), NAMES, names[j], {
          ...{ role: j === asking ? "ink" : "encoder", anchor: "middle", size: size + 2 },
          bold: true,
        }),
      ]),
      head(0, KEYS - 16, at.phone ? "query" : "query · keys"),
      at.row(0, [columns(own, KEYS, query, { ...wide, role: "ink", scale: largest([query]) })]),
      at.row(
        1,
        each((j) => [columns(is.x(j) - is.wide / 2, KEYS, keys[j], { ...wide, scale: found })]),
      ),
      head(2, is.scores, "score"),
      at.row(
        2,
        each((j) => [label(is.x(j), is.scores, signed(scores[j]), { anchor: "middle", size })]),
      ),
      head(3, is.weights + BAR, "weight"),
      at.row(
        3,
        each((j) => [...weightBar(is.x(j), is.weights, is.wide, weights[j])]),
      ),
      head(4, is.values - 6, at.phone ? "values" : "sum · values"),
      at.row(
        4,
        each((j) => [
          columns(is.x(j) - is.wide / 2, is.values, values[j], { ...wide, scale: carried }),
        ]),
      ),
      at.row(5, [columns(own, is.values, mixture, { ...wide, role: "attention", scale: carried })]),
    ],
  };
}
