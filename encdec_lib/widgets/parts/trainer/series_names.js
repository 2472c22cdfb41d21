// The names of curves, each where its curve ends: beside the end if there is room, else above or
// below it; never on top of each other, and off the curves where that can be.

import { element } from "../elements.js";

const APART = 18; // px between the lines of two names
const BESIDE = 10; // px from an end to its name
const [ABOVE, BELOW] = [10, 18]; // px from an end to the foot of a name above it, or below it
const [RISES, FALLS] = [12, 4]; // px of the letters over their foot and under it
const SAMPLED = 4; // px between the points at which a curve is asked whether a name covers it
const SHIFTS = Array.from({ length: 17 }, (_, k) => (k % 2 ? -1 : 1) * 4 * Math.ceil(k / 2));

/** @typedef {[x: number, y: number]} Place */
/** @typedef {{label: string, line: string, at: Place}} End */
/** @typedef {{label: string, line: string, from: number, to: number, y: number}} Name */

const pen = document.createElement("canvas").getContext("2d");

/** How wide a name is, in px. @param {End} end @param {Element} chart */
function widthOf({ label, line }, chart) {
  if (!pen) return 8 * label.length;
  const font = line === "before" ? "13px" : "650 14px";
  pen.font = `${font} ${getComputedStyle(chart).fontFamily}`;
  return pen.measureText(label).width;
}

/** @typedef {Pick<Name, "from" | "to">} Span */

/** @param {Span} one @param {Span} other */
const meet = (one, other) => one.from < other.to + 6 && other.from < one.to + 6;

/**
 * Moves names apart, up or down, so that none touches another nor stands below `lowest`.
 * @param {Pick<Name, "from" | "to" | "y">[]} names from the top
 * @param {number} lowest
 * @param {number} [gap] px between two
 */
export function apart(names, lowest, gap = APART) {
  names.forEach((name, k) => {
    const over = names.slice(0, k).filter((other) => meet(name, other));
    name.y = Math.max(name.y, ...over.map(({ y }) => y + gap));
  });
  for (let k = names.length - 1; k >= 0; k--) {
    const under = names.slice(k + 1).filter((other) => meet(names[k], other));
    names[k].y = Math.min(names[k].y, lowest, ...under.map(({ y }) => y - gap));
  }
}

/**
 * How many points of the curves a name would cover.
 * @param {Name} name
 * @param {number} y
 * @param {Place[]} points
 */
const covered = ({ from, to }, y, points) =>
  points.filter(([px, py]) => px > from - 3 && px < to + 3 && py > y - RISES && py < y + FALLS)
    .length;

/** Points of a curve, close together. @param {Place[]} curve @returns {Place[]} */
function sampled(curve) {
  return curve.flatMap(([x, y], k) => {
    if (!k) return [[x, y]];
    const [fromX, fromY] = curve[k - 1];
    const count = Math.max(1, Math.ceil(Math.hypot(x - fromX, y - fromY) / SAMPLED));
    return Array.from({ length: count }, (_, n) => {
      const share = (n + 1) / count;
      return /** @type {Place} */ ([fromX + share * (x - fromX), fromY + share * (y - fromY)]);
    });
  });
}

/**
 * Moves each name off the curves, up or down, as far as the other names let it.
 * @param {Name[]} names from the top
 * @param {Place[]} points
 * @param {number} lowest
 */
function clear(names, points, lowest) {
  names.forEach((name, k) => {
    const may = (/** @type {number} */ y) =>
      y >= RISES + 2 &&
      y <= lowest &&
      names.every((other, n) => {
        if (n === k || !meet(name, other)) return true;
        return n < k ? y >= other.y + APART : y <= other.y - APART;
      });
    const costs = SHIFTS.map((shift) => {
      const y = name.y + shift;
      return { y, cost: 10 * covered(name, y, points) + Math.abs(shift) };
    }).filter(({ y }, n) => !n || may(y));
    name.y = costs.reduce((best, one) => (one.cost < best.cost ? one : best)).y;
  });
}

/**
 * The names at the ends of their curves.
 * @param {End[]} ends
 * @param {Place[][]} curves
 * @param {Element} chart
 * @param {{right: number, bottom: number}} box
 * @param {number} width of the chart
 */
export function namesAt(ends, curves, chart, { bottom }, width) {
  const sorted = [...ends].sort((a, b) => a.at[1] - b.at[1]);
  const names = sorted.map((end, k) => {
    const { label, line, at } = end;
    const wide = widthOf(end, chart);
    const [x, y] = at;
    if (x + BESIDE + wide <= width) {
      return { label, line, from: x + BESIDE, to: x + BESIDE + wide, y: y + 5 };
    }
    // A name stands above its curve, but that of the lowest below it, where none is.
    const below = k > 0 && k === sorted.length - 1 && y + BELOW < bottom;
    const to = Math.max(x, wide);
    const foot = below ? y + BELOW : Math.min(Math.max(y - ABOVE, 14), bottom - 8);
    return { label, line, from: to - wide, to, y: foot };
  });
  apart(names, bottom + 5);
  clear(names, curves.flatMap(sampled), bottom + 5);
  return names.map(({ label, line, from, y }) =>
    element("text", { class: `bw-series-name is-${line}`, x: from, y, text: label }),
  );
}
