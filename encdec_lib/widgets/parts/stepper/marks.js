// Marks of a stepper's picture: words, vectors of cells, bars and arrows, in the roles' colours.

import { element } from "../elements.js";

/** @typedef {"encoder" | "decoder" | "attention" | "you" | "ink" | "muted"} Role */

/** @type {(role: Role) => (text: unknown) => HTMLElement} */
const word = (role) => (text) => element("b", { class: `is-${role}`, text });

/** Words of a sentence in the colour of what they name. */
export const encoder = word("encoder");
export const decoder = word("decoder");
export const attention = word("attention");
/** @param {unknown} text */
export const italic = (text) => element("i", { text });

/**
 * Words in the picture; `size` in pixels, never under 13.
 * @param {number} x
 * @param {number} y of the base line
 * @param {unknown} text
 * @param {{role?: Role, anchor?: "start" | "middle" | "end", size?: number, bold?: boolean}} [how]
 */
export const label = (x, y, text, { role = "ink", anchor = "start", size = 14, bold } = {}) =>
  element("text", {
    class: `bw-word is-${role}${bold ? " is-bold" : ""}`,
    ...{ x, y, text, "text-anchor": anchor, style: `font-size:${size}px` },
  });

/**
 * A vector as a column of cells: filled positive, hollow negative, opacity is size.
 * @param {number} x of the left edge
 * @param {number} y of the upper edge
 * @param {ArrayLike<number>} values
 * @param {object} how
 * @param {Role} how.role
 * @param {number} [how.width] of a cell
 * @param {number} [how.cell] its height
 * @param {number} [how.scale] the number that is drawn at full strength
 * @param {boolean} [how.across] as a row instead
 */
export function vector(x, y, values, { role, width = 40, cell = 8, scale = 1, across = false }) {
  const cells = Array.from(values, (value, k) => {
    const size = Math.min(1, Math.abs(value) / scale);
    const at = across ? { x: x + k * (width + 2), y } : { x, y: y + k * (cell + 2) };
    if (value >= 0) {
      return element("rect", {
        ...{ class: `bw-fill is-${role}`, ...at, width, height: cell, rx: 1.5 },
        "fill-opacity": (0.12 + 0.88 * size).toFixed(2),
      });
    }
    return element("rect", {
      ...{ class: `bw-hollow is-${role}`, x: at.x + 0.75, y: at.y + 0.75, rx: 1.5 },
      ...{ width: width - 1.5, height: cell - 1.5 },
      "stroke-opacity": (0.25 + 0.75 * size).toFixed(2),
    });
  });
  return element("g", {}, ...cells);
}

/**
 * A filled box.
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 * @param {Role} role
 * @param {import("../elements.js").Attributes} [more]
 */
export const box = (x, y, width, height, role, more = {}) =>
  element("rect", { class: `bw-fill is-${role}`, x, y, width, height, rx: 2, ...more });

/**
 * A line along a path.
 * @param {string} d
 * @param {Role} role
 * @param {import("../elements.js").Attributes} [more]
 */
export const line = (d, role, more = {}) =>
  element("path", { class: `bw-line is-${role}`, d, ...more });

/**
 * A line with a head, through points; the last stretch gives the head its direction.
 * @param {[number, number][]} points two or more
 * @param {Role} role
 * @param {import("../elements.js").Attributes} [more]
 */
export function arrow(points, role, more = {}) {
  const [[x0, y0], [x, y]] = points.slice(-2);
  const length = Math.hypot(x - x0, y - y0) || 1;
  const [dx, dy] = [(7 * (x - x0)) / length, (7 * (y - y0)) / length];
  const path = points.map(([px, py], k) => `${k ? "L" : "M"}${px.toFixed(1)} ${py.toFixed(1)}`);
  const head = `M${x} ${y}L${x - dx - dy * 0.5} ${y - dy + dx * 0.5}`;
  return element(
    "g",
    more,
    line(path.join(""), role),
    element("path", {
      class: `bw-fill is-${role}`,
      d: `${head}L${x - dx + dy * 0.5} ${y - dy - dx * 0.5}Z`,
    }),
  );
}
