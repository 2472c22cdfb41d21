// Squares of numbers, and frames around some of them.

import { element } from "../parts/elements.js";
import { label } from "../parts/stepper/marks.js";

/** @typedef {import("../parts/stepper/marks.js").Role} Role */
/** @typedef {{x: number, y: number, cell: number}} Place */

/** A number with a real minus. @param {number} value */
export const signed = (value) => (value < 0 ? `−${-value}` : String(value));

/**
 * One cell with its number; paler is nearer to 0.
 * @param {Place} place of the square
 * @param {number} r
 * @param {number} c
 * @param {number} value
 * @param {Role} role
 * @param {number} scale the number that is drawn at full strength
 */
export function numberCell({ x, y, cell }, r, c, value, role, scale) {
  const at = { x: x + c * cell + 1, y: y + r * cell + 1, width: cell - 2, height: cell - 2, rx: 2 };
  const share = Math.min(1, Math.abs(value) / scale);
  return element(
    "g",
    {},
    element("rect", { class: "bw-paper", ...at }),
    value >= 0
      ? element("rect", {
          ...{ class: `bw-fill is-${role}`, ...at },
          "fill-opacity": (0.06 + 0.3 * share).toFixed(2),
        })
      : element("rect", { class: `bw-hollow is-${role}`, ...at }),
    label(x + (c + 0.5) * cell, y + (r + 0.5) * cell + 5, signed(value), {
      ...{ anchor: "middle", size: cell < 30 ? 13 : 15 },
    }),
  );
}

/**
 * All numbers of a square.
 * @param {Place} place
 * @param {number[][]} values
 * @param {Role} role
 */
export function square(place, values, role) {
  const scale = Math.max(1, ...values.flat().map(Math.abs));
  return values.flatMap((row, r) =>
    row.map((value, c) => numberCell(place, r, c, value, role, scale)),
  );
}

/**
 * Empty cells, where numbers are to come.
 * @param {Place} place
 * @param {number} side
 */
export const emptySquare = ({ x, y, cell }, side) =>
  Array.from({ length: side * side }, (_, k) =>
    element("rect", {
      ...{ class: "bw-hollow is-muted", rx: 2, width: cell - 2, height: cell - 2 },
      ...{ x: x + (k % side) * cell + 1, y: y + Math.floor(k / side) * cell + 1 },
      "stroke-opacity": 0.35,
    }),
  );

/**
 * A frame around cells.
 * @param {Place} place
 * @param {number} r
 * @param {number} c
 * @param {number} side
 * @param {Role} [role]
 */
export const frame = ({ x, y, cell }, r, c, side, role = "ink") =>
  element("rect", {
    ...{ class: `bw-hollow is-${role}`, style: "stroke-width:2.5px", rx: 3 },
    ...{ x: x + c * cell, y: y + r * cell, width: side * cell, height: side * cell },
  });
