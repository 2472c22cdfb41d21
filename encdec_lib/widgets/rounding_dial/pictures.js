// The numbers near the weight, and the weight over a thousand steps.

import { drawing } from "../parts/dialled/dialled.js";
import { element } from "../parts/elements.js";
import { arrow, label, line } from "../parts/stepper/marks.js";
import { gapAt, round, STEPS, trained } from "./rounding.js";

/** @typedef {{weight: number, change: number, format: import("./rounding.js").Format}} Now */

const TICKS = 4; // gaps of the format that the line shows

/** A number as short as it can be told from its neighbours. @param {number} value */
export function short(value) {
  return value
    .toPrecision(6)
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");
}

/**
 * Which numbers there are from the weight on, where w + Δ falls, and to which it is rounded.
 * @param {number} width
 * @param {Now} now
 */
export function numberLine(width, { weight, change, format }) {
  const gap = gapAt(weight, format);
  const { step } = trained(weight, change, format);
  const share = step / gap; // of a gap
  const [left, right, y] = [22, width - 40, 66];
  const many = share > TICKS - 1; // more than the line can tell apart
  const shown = many ? share * 1.25 : TICKS;
  /** @type {(gaps: number) => number} */
  const x = (gaps) => left + ((right - left) * gaps) / shown;
  const ticks = many
    ? Array.from(
        { length: Math.min(Math.floor(shown), 400) + 1 },
        (_, k) => (k * Math.floor(shown)) / Math.min(Math.floor(shown), 400),
      )
    : Array.from({ length: TICKS + 1 }, (_, k) => k);
  const to = (round(Math.fround(weight + step), format) - weight) / gap;
  const words = `${format} near ${short(weight)}: the next number is ${short(weight + gap)}.`;
  /** @type {(k: number) => "start" | "middle" | "end"} */
  const side = (k) => (k === 0 ? "start" : k === TICKS ? "end" : "middle");
  return drawing(width, 150, words, [
    line(`M${left} ${y}H${right}`, "ink"),
    line(ticks.map((k) => `M${x(k).toFixed(1)} ${y - (many ? 5 : 9)}V${y}`).join(""), "ink", {
      "stroke-width": many ? 1 : 2,
    }),
    ...(many ? [0] : [0, 1, 2, 4]).map((k) =>
      label(k ? x(k) : left - 5, y + 20, short(weight + k * gap), {
        ...{ anchor: side(k), size: 13, role: "muted" },
      }),
    ),
    label(x(share), 16, "w + Δ", {
      role: "you",
      bold: true,
      anchor: share < 0.6 ? "start" : "middle",
    }),
    line(`M${x(share)} 22V${y - 12}`, "you", { "stroke-dasharray": "4 3" }),
    element("circle", { class: "bw-here", cx: x(share), cy: y, r: 6 }),
    arrow(
      [
        [x(share), y + 30],
        [x(share), y + 42],
        [x(to), y + 42],
        [x(to), y + 28],
      ],
      "you",
    ),
    label(
      0,
      y + 64,
      many ? "rounded to the nearest of many" : `rounded to ${short(weight + to * gap)}`,
      {
        ...{ role: "you", bold: true },
      },
    ),
  ]);
}

/**
 * The weight that is rounded, and dashed the one that is not.
 * @param {number} width
 * @param {Now} now
 */
export function weightChart(width, { weight, change, format }) {
  const { course } = trained(weight, change, format);
  const exact = weight + STEPS * change;
  const high = Math.max(exact, ...course);
  const [left, right, top, floor] = [54, width - 86, 16, 168];
  /** @type {(k: number) => number} */
  const x = (k) => left + ((right - left) * k) / STEPS;
  /** @type {(value: number) => number} */
  const y = (value) => floor - ((floor - top) * (value - weight)) / (high - weight);
  const path = course.map(
    (value, k) => `${k ? "L" : "M"}${x(k).toFixed(1)} ${y(value).toFixed(1)}`,
  );
  const last = course[STEPS];
  const close = Math.abs(y(last) - y(exact)) < 18;
  const muted = /** @type {const} */ ({ role: "muted", size: 13 });
  const words = `After ${STEPS} steps ${short(last)} in ${format}, ${short(exact)} without rounding.`;
  return drawing(width, 212, words, [
    line(`M${left} ${floor}H${right}`, "muted", { "stroke-width": 1 }),
    line(`M${x(0)} ${y(weight)}L${x(STEPS)} ${y(exact)}`, "ink", { "stroke-dasharray": "6 4" }),
    line(path.join(""), "you", { style: "stroke-width:2.75px" }),
    label(right + 6, y(exact) + 5, close ? "both" : "exact", { bold: !close, size: 14 }),
    close ? null : label(right + 6, y(last) + 5, format, { role: "you", bold: true }),
    label(left - 6, y(weight) + 4, short(weight), { ...muted, anchor: "end" }),
    label(left - 6, y(high) + 4, short(high), { ...muted, anchor: "end" }),
    label(left, floor + 18, "0", { ...muted, anchor: "middle" }),
    label(right, floor + 18, "1,000", { ...muted, anchor: "middle" }),
    label((left + right) / 2, floor + 34, "steps", { ...muted, anchor: "middle" }),
  ]);
}
