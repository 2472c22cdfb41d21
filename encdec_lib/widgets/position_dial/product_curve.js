// The product of the vectors of two places against their distance.

import { drawing } from "../parts/dialled/dialled.js";
import { element } from "../parts/elements.js";
import { pathThrough } from "../parts/plot.js";
import { label, line } from "../parts/stepper/marks.js";
import { curve, FARTHEST, product } from "./angles.js";
import { many, signed } from "./words.js";

const [LOW, HIGH] = [-0.12, 1]; // no width goes below
const [TOP, FLOOR, LEFT, RIGHT] = [52, 196, 30, 14];

/**
 * @param {number} room
 * @param {number} t
 * @param {number} n
 * @param {number} width
 */
export function productCurve(room, t, n, width) {
  const right = room - RIGHT;
  /** @type {(n: number) => number} */
  const x = (distance) => LEFT + ((right - LEFT) * (distance + FARTHEST)) / (2 * FARTHEST);
  /** @type {(share: number) => number} */
  const y = (share) => FLOOR - ((FLOOR - TOP) * (share - LOW)) / (HIGH - LOW);
  const shares = curve(t, width);
  const share = product(t, n, width);
  /** @type {[number, number][]} */
  const points = shares.map((value, k) => [x(k - FARTHEST), y(value)]);
  const muted = /** @type {const} */ ({ role: "muted", size: 13 });
  /** @type {[number, "start" | "middle" | "end"][]} */
  const ends = [
    [-FARTHEST, "start"],
    [0, "middle"],
    [FARTHEST, "end"],
  ];
  const said = `Product against distance: ${signed(share)} of the largest at n = ${many(n)}.`;
  return drawing(room, FLOOR + 42, said, [
    label(0, 15, "Mean of the cosines: product ÷ the largest", { ...muted, role: "attention" }),
    ...[0, 1].map((value) =>
      line(`M${LEFT} ${y(value)}H${right}`, "muted", { "stroke-opacity": 0.35, "stroke-width": 1 }),
    ),
    ...[0, 1].map((value) => label(LEFT - 8, y(value) + 4, value, { ...muted, anchor: "end" })),
    line(pathThrough(points), "attention"),
    line(`M${x(n)} ${TOP - 8}V${FLOOR}`, "you", { "stroke-dasharray": "4 3" }),
    element("circle", { class: "bw-here", cx: x(n), cy: y(share), r: 7 }),
    label(x(n), TOP - 13, signed(share), { role: "you", bold: true, size: 15, anchor: "middle" }),
    ...ends.map(([value, anchor]) =>
      label(x(value), FLOOR + 18, many(value), { ...muted, anchor }),
    ),
    label((LEFT + right) / 2, FLOOR + 36, "distance n", { ...muted, anchor: "middle" }),
  ]);
}
