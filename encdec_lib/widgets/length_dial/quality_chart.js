// Quality against source length for both models, with a point that moves along each curve.

import { element } from "../parts/elements.js";
import { axisName, level, pathThrough, plot, tick } from "../parts/plot.js";

const MARGIN = { left: 44, right: 16, top: 12, bottom: 26 }; // length_dial.css fits the slider to it
const HEIGHT = 210;

/** @typedef {"attention" | "fixed"} Key */

/** @type {{key: Key, name: string}[]} */
export const MODELS = [
  { key: "attention", name: "With attention" },
  { key: "fixed", name: "One fixed vector" },
];

/**
 * The value of a curve at x: straight lines between the measured points.
 * @param {number[]} xs
 * @param {number[]} ys
 * @param {number} x
 */
function along(xs, ys, x) {
  const k = xs.findIndex((right) => right >= x);
  if (k === 0) return ys[0];
  if (k < 0) return ys[ys.length - 1];
  return ys[k - 1] + ((ys[k] - ys[k - 1]) * (x - xs[k - 1])) / (xs[k] - xs[k - 1]);
}

/**
 * The point of a model, with its value beside it.
 * @param {Key} key
 */
function pointOf(key) {
  const shape =
    key === "fixed"
      ? element("rect", { x: -6, y: -6, width: 12, height: 12, rx: 2 })
      : element("circle", { r: 7 });
  const value = element("text", { y: -12 });
  return { value, node: element("g", { class: `bw-point is-${key}` }, shape, value) };
}

/**
 * @typedef {object} Chart
 * @property {number[]} lengths that were measured
 * @property {Record<Key, number[]>} curves
 * @property {string} quality the name of what was measured
 * @property {number} from
 * @property {number} to
 */

/**
 * The upper end of the vertical axis: 1, or 100 for percent.
 * @param {Record<Key, number[]>} curves
 */
const topOf = ({ attention, fixed }) => (Math.max(...attention, ...fixed) <= 1 ? 1 : 100);

/**
 * What lies still: levels, numbers, curves with their measured points.
 * @param {Chart} chart
 * @param {number} width
 * @param {(length: number) => number} x
 * @param {(value: number) => number} y
 * @returns {Node[]}
 */
function background({ lengths, curves, quality, from, to }, width, x, y) {
  const top = topOf(curves);
  const step = to - from > 30 ? 10 : 5;
  const first = Math.ceil(from / step);
  const middle = MARGIN.top + (HEIGHT - MARGIN.top - MARGIN.bottom) / 2;
  const levels = [0, 0.25, 0.5, 0.75, 1].map((share) => share * top);
  const places = Array.from({ length: Math.floor(to / step) - first + 1 }, (_, k) => first + k);
  return [
    ...levels.flatMap((value) => level(MARGIN.left, width - MARGIN.right, y(value), value)),
    ...places.map((k) => tick(x(k * step), HEIGHT - 8, k * step)),
    axisName(-middle, 11, quality, { transform: "rotate(-90)" }),
    ...MODELS.flatMap(({ key }) => {
      /** @type {[number, number][]} */
      const points = lengths.map((length, k) => [x(length), y(curves[key][k])]);
      return [
        element("path", { class: `bw-curve is-${key}`, d: pathThrough(points) }),
        ...points.map(([cx, cy]) =>
          element("circle", { class: `bw-dot is-${key}`, cx, cy, r: 2.5 }),
        ),
      ];
    }),
  ];
}

/**
 * The chart. Returns {node, fit(width), moveTo(length)}.
 * @param {Chart} chart
 */
export function qualityChart(chart) {
  const { lengths, curves, quality, from, to } = chart;
  const top = topOf(curves);
  const points = { attention: pointOf("attention"), fixed: pointOf("fixed") };
  const guide = element("line", {
    class: "bw-guide",
    y1: MARGIN.top,
    y2: HEIGHT - MARGIN.bottom,
  });
  let width = 0;
  let at = from;
  /** @param {number} length */
  const x = (length) =>
    MARGIN.left + ((width - MARGIN.left - MARGIN.right) * (length - from)) / (to - from || 1);
  /** @param {number} value */
  const y = (value) => MARGIN.top + (HEIGHT - MARGIN.top - MARGIN.bottom) * (1 - value / top);
  /** @param {number} value */
  const format = (value) => value.toFixed(top === 1 ? 2 : 1);

  const drawing = plot(HEIGHT, (room) => {
    width = room;
    const still = background(chart, width, x, y);
    const moving = MODELS.map(({ key }) => points[key].node);
    drawing.node.replaceChildren(...still, guide, ...moving);
    moveTo(at);
  });

  /** @param {number} length */
  function moveTo(length) {
    at = length;
    if (!width) return;
    guide.setAttribute("x1", String(x(length)));
    guide.setAttribute("x2", String(x(length)));
    const [attention, fixed] = MODELS.map(({ key }) => along(lengths, curves[key], length));
    const late = x(length) > width - 80;
    for (const [key, value, other] of /** @type {const} */ ([
      ["attention", attention, fixed],
      ["fixed", fixed, attention],
    ])) {
      const { node, value: label } = points[key];
      node.setAttribute("transform", `translate(${x(length)} ${y(value)})`);
      label.textContent = format(value);
      // Beside the point, inwards; below it for the upper curve, above it for the lower.
      label.setAttribute("x", late ? "-11" : "11");
      label.setAttribute("text-anchor", late ? "end" : "start");
      label.setAttribute("y", value >= other ? "18" : "-9");
    }
    const said = `with attention ${format(attention)}, one fixed vector ${format(fixed)}`;
    const words = `${quality} against source length. At ${length} tokens: ${said}`;
    drawing.node.setAttribute("aria-label", words);
  }
  return { node: drawing.node, fit: drawing.fit, moveTo };
}
