// The plane of H for width 2: test digits where the encoder puts them, and a point to move.

import { shareOf, whileHeld } from "../parts/dragging.js";
import { element } from "../parts/elements.js";

const SIDE = 200; // of the drawing
const STEPS = 40; // arrow keys from one border to the other

/**
 * The borders of the plane, and digits on it as [x, y, label].
 * @typedef {{x: [number, number], y: [number, number], points: [number, number, number][]}} Plane
 */

/** @type {(value: number, low: number, high: number) => number} */
const within = (value, low, high) => Math.min(high, Math.max(low, value));

/**
 * The plane. Returns {node, draw(vector)}.
 * @param {Plane} plane
 * @param {(place: [number, number]) => void} onMove hears where the reader puts the point
 */
export function planeOf({ x: [left, right], y: [low, high], points }, onMove) {
  /** @type {(x: number, y: number) => [number, number]} */
  const toDrawing = (x, y) => [
    (SIDE * (x - left)) / (right - left),
    (SIDE * (high - y)) / (high - low),
  ];
  const point = element("circle", { r: 7, class: "bw-point" });
  const node = element(
    "svg",
    { class: "bw-plane", viewBox: `0 0 ${SIDE} ${SIDE}`, tabindex: 0, role: "application" },
    ...points.map(([x, y, label]) => {
      const [h, v] = toDrawing(x, y);
      return element("text", { x: h, y: v, text: label });
    }),
    point,
  );
  let now = [0, 0];

  /** @type {(x: number, y: number) => void} */
  const move = (x, y) => onMove([within(x, left, right), within(y, low, high)]);
  whileHeld(node, (event) => {
    const [across, down] = shareOf(node, event);
    move(left + (right - left) * across, high - (high - low) * down);
  });
  node.addEventListener("keydown", (event) => {
    const [dx, dy] = [(right - left) / STEPS, (high - low) / STEPS];
    /** @type {Record<string, [number, number]>} */
    const arrows = {
      ArrowLeft: [-dx, 0],
      ArrowRight: [dx, 0],
      ArrowUp: [0, dy],
      ArrowDown: [0, -dy],
    };
    const step = arrows[event.key];
    if (!step) return;
    move(now[0] + step[0], now[1] + step[1]);
    event.preventDefault();
  });

  return {
    node,
    /** @param {Iterable<number>} vector */
    draw(vector) {
      now = [...vector];
      const [h, v] = toDrawing(now[0], now[1]).map((at) => within(at, 0, SIDE));
      point.setAttribute("cx", String(h));
      point.setAttribute("cy", String(v));
      const place = now.map((value) => value.toFixed(1)).join(" and ");
      const words = `The plane of H. Arrow keys move the point. It is at ${place}.`;
      node.setAttribute("aria-label", words);
    },
  };
}
