// A drawing of curves that is as wide as the room it has.

import { element } from "./elements.js";

/**
 * An empty drawing, which `draw` fills whenever its width is another. Returns {node, fit(width)}.
 * @param {number} height
 * @param {(width: number) => void} draw
 */
export function plot(height, draw) {
  const node = element("svg", { class: "bw-chart", role: "img", height });
  let width = 0;
  return {
    node,
    /** @param {number} room the width there is now */
    fit(room) {
      if (Math.abs(room - width) < 1) return;
      width = room;
      node.setAttribute("width", String(width));
      node.setAttribute("viewBox", `0 0 ${width} ${height}`);
      draw(width);
    },
  };
}

/**
 * The number at a tick.
 * @param {number} x
 * @param {number} y
 * @param {unknown} text
 * @param {"start" | "middle" | "end"} [anchor]
 */
export const tick = (x, y, text, anchor = "middle") =>
  element("text", { x, y, "text-anchor": anchor, text });

/**
 * A horizontal line, with its number at the left.
 * @param {number} left
 * @param {number} right
 * @param {number} y
 * @param {unknown} text
 * @param {string} [kind]
 */
export const level = (left, right, y, text, kind = "bw-rule") => [
  element("line", { class: kind, x1: left, x2: right, y1: y, y2: y }),
  tick(left - 6, y + 4, text, "end"),
];

/**
 * The name of an axis.
 * @param {number} x
 * @param {number} y
 * @param {string} text
 * @param {import("./elements.js").Attributes} [attributes]
 */
export const axisName = (x, y, text, attributes = {}) =>
  element("text", { class: "bw-axis", x, y, text, "text-anchor": "middle", ...attributes });

/**
 * The path through some points.
 * @param {[number, number][]} points
 */
export const pathThrough = (points) =>
  points.map(([x, y], k) => `${k ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
