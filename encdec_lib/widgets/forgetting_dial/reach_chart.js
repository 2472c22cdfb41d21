// Curves against the number of steps, on a logarithmic axis.

import { element } from "../parts/elements.js";
import { axisName, level, pathThrough, plot, tick } from "../parts/plot.js";

const MARGIN = { left: 46, right: 12, top: 10, bottom: 38 };
const HEIGHT = 230;
const LOW = -15; // powers of ten on the vertical axis
const HIGH = 6;
const FARTHEST = 60; // a power beyond this is not drawn: far outside, or 0

/** @param {number} power */
const raised = (power) =>
  [...String(power)].map((sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]).join("");

/**
 * 0.00034 as "3.4·10⁻⁴"; numbers of an everyday size as they are.
 * @param {number} value
 */
export function readable(value) {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return "too large";
  if (value >= 100 && value < 1000) return value.toFixed(0);
  if (value >= 0.01 && value < 100) return value.toPrecision(2).replace(/\.0$/, "");
  const [digits, exponent] = value.toExponential(1).split("e");
  return `${digits}·10${raised(Number(exponent))}`;
}

/** @param {number} power */
const y = (power) => ((HEIGHT - MARGIN.top - MARGIN.bottom) * (HIGH - power)) / (HIGH - LOW);

/**
 * What lies behind the curves: a line for every third power of ten, the numbers of the steps.
 * @param {number} steps
 * @param {number} width
 * @param {(n: number) => number} x
 */
function background(steps, width, x) {
  const [right, above] = [width - MARGIN.right, MARGIN.top];
  const powers = Array.from({ length: (HIGH - LOW) / 3 + 1 }, (_, k) => LOW + 3 * k);
  const apart = steps > 60 ? 20 : 10;
  const places = Array.from({ length: Math.floor(steps / apart) + 1 }, (_, k) => apart * k);
  return [
    ...powers.flatMap((power) =>
      power === 0
        ? level(MARGIN.left, right, above + y(0), "1", "bw-rule is-one")
        : level(MARGIN.left, right, above + y(power), `10${raised(power)}`),
    ),
    ...places.map((n) => tick(MARGIN.left + x(n), HEIGHT - 20, n)),
    axisName(MARGIN.left + x(steps / 2), HEIGHT - 4, "steps n"),
  ];
}

/**
 * The chart. Returns {node, fit(width), draw(curves, chosen, label)}.
 * @param {string} title
 * @param {number} steps
 */
export function reachChart(title, steps) {
  // A drawing of its own cuts off what leaves the plot.
  const inside = element("svg", {
    x: MARGIN.left,
    y: MARGIN.top,
    height: HEIGHT - MARGIN.top - MARGIN.bottom,
  });
  /** @type {{curves: number[][], chosen: number}} */
  let shown = { curves: [], chosen: 0 };
  let room = 0;
  /** @param {number} n */
  const x = (n) => (room * n) / steps;

  const drawing = plot(HEIGHT, (width) => {
    room = width - MARGIN.left - MARGIN.right;
    inside.setAttribute("width", String(Math.max(room, 1)));
    drawing.node.replaceChildren(...background(steps, width, x), inside);
    trace();
  });

  /** @param {number[]} values */
  function path(values) {
    const powers = values.map((value) => Math.log10(value));
    const end = powers.findIndex((power) => !(Math.abs(power) < FARTHEST));
    const seen = end < 0 ? powers : powers.slice(0, end);
    return pathThrough(seen.map((power, n) => [x(n), y(power)]));
  }

  /** The curves, the chosen one last and so above the others. */
  function trace() {
    const { curves, chosen } = shown;
    const order = [...curves.keys()].sort((a, b) => Number(a === chosen) - Number(b === chosen));
    const paths = order.map((k) => {
      const kind = `bw-curve is-${k}${k === chosen ? " is-chosen" : ""}`;
      return element("path", { class: kind, d: path(curves[k]) });
    });
    inside.replaceChildren(...paths);
  }

  return {
    node: drawing.node,
    fit: drawing.fit,
    /**
     * @param {number[][]} curves
     * @param {number} chosen
     * @param {string} label
     */
    draw(curves, chosen, label) {
      shown = { curves, chosen };
      drawing.node.setAttribute("aria-label", `${title}. ${label}`);
      trace();
    },
  };
}
