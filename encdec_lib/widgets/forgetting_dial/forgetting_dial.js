// Chapter 3: a slider for the spectral radius, and how far back gradient and state then reach.

import { announcer } from "../parts/announcer.js";
import { choice } from "../parts/choices.js";
import { eachFrame, element, prepare, whenResized } from "../parts/elements.js";
import { numberTable } from "../parts/number_table.js";
import { counted } from "../parts/numbers.js";
import { slider } from "../parts/slider.js";
import { stateOf } from "../parts/state.js";
import { reachChart, readable } from "./reach_chart.js";
import { distances, forward, gradientReach, unpack } from "./recurrence.js";

const RADIUS = { min: 0, max: 1.6, step: 0.05 };
const MARKS = [1, 10, 20, 40, 80]; // steps that the table shows
const TITLES = ["Last loss: gradient n steps back", "Two states: distance n steps later"];

/** @typedef {import("./recurrence.js").Layer} Layer */

/**
 * A function that gives both families of curves for a spectral radius; the last ones are kept.
 * @param {Layer[]} layers
 * @param {Float64Array} gradient
 */
function curvesOf(layers, gradient) {
  /** @type {{radius: number, reach: number[][], apart: number[][]} | null} */
  let computed = null;
  return (/** @type {number} */ radius) => {
    if (computed?.radius === radius) return computed;
    const runs = layers.map((layer) => forward(layer, layer.projected, radius));
    computed = {
      radius,
      reach: layers.map((layer, k) => gradientReach(layer, runs[k], gradient, radius)),
      apart: layers.map((layer, k) => distances(runs[k], forward(layer, layer.changed, radius))),
    };
    return computed;
  };
}

/**
 * The line of curve k, as it is drawn in the charts.
 * @param {number} k
 */
const swatch = (k) =>
  element(
    "svg",
    { class: "bw-swatch", width: 28, height: 8, "aria-hidden": "true" },
    element("path", { class: `bw-curve is-${k} is-chosen`, d: "M0 4H28" }),
  );

/**
 * Both charts side by side. Returns {node, draw(families, chosen, label), watch()}.
 * @param {number} steps
 */
function pairOfCharts(steps) {
  const charts = TITLES.map((title) => reachChart(title, steps));
  const frames = charts.map(({ node }) => element("div", { class: "bw-plot" }, node));
  const figures = frames.map((frame, k) =>
    element("figure", {}, element("figcaption", { text: TITLES[k] }), frame),
  );
  return {
    node: element("div", { class: "bw-pair" }, ...figures),
    /**
     * @param {number[][][]} families of curves
     * @param {number} chosen
     * @param {(curves: number[][]) => string} label
     */
    draw(families, chosen, label) {
      families.forEach((curves, k) => {
        charts[k].draw(curves, chosen, label(curves));
      });
    },
    watch: () =>
      whenResized(frames, () =>
        charts.forEach((chart, k) => {
          chart.fit(frames[k].clientWidth);
        }),
      ),
  };
}

/**
 * The rows of the table.
 * @param {number[]} marks
 * @param {number[]} reach
 * @param {number[]} apart
 */
const rowsOf = (marks, reach, apart) => [
  ["gradient", ...marks.map((n) => readable(reach[n]))],
  ["distance", ...marks.map((n) => readable(apart[n]))],
];

/**
 * What is left after n steps, in words.
 * @param {number} n
 * @param {number[]} reach
 * @param {number[]} apart
 */
function leftAfter(n, reach, apart) {
  const [gradient, distance] = [readable(reach[n]), readable(apart[n])];
  return `After ${counted(n, "step")} ${gradient} of the gradient and ${distance} of the distance are left.`;
}

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const id = prepare(el, "forgetting");
  const state = stateOf(model);
  const sizes = state.get("sizes");
  const { layers, gradient } = unpack(state.get("data"), sizes, state.get("layers"));
  const marks = MARKS.filter((n) => n < sizes.steps);
  const curvesAt = curvesOf(layers, gradient);

  const charts = pairOfCharts(sizes.steps);
  const dial = slider(`${id}-radius`, {
    label: "Spectral radius of the recurrent matrix",
    ...RADIUS,
    valueClass: "bw-radius",
    onInput: (radius) => state.keep({ radius }),
  });
  const choices = choice(
    `${id}-layer`,
    "Layer",
    layers.map(({ name }, k) => [name, name, swatch(k)]),
    (chosen) => state.keep({ chosen }),
  );
  const table = numberTable();
  const voice = announcer();
  el.append(
    dial.bar(),
    dial.input,
    choices.node,
    charts.node,
    element("div", { class: "bw-scroll" }, table.node),
    voice.node,
  );

  function draw() {
    const radius = state.get("radius");
    const { reach, apart } = curvesAt(radius);
    const chosen = Math.max(
      0,
      layers.findIndex(({ name }) => name === state.get("chosen")),
    );
    const { name } = layers[chosen];
    const n = marks[marks.length - 1];
    const about = `${name}, spectral radius ${radius.toFixed(2)}`;
    dial.show(radius, radius.toFixed(2), `spectral radius ${radius.toFixed(2)}`);
    choices.show(name);
    charts.draw([reach, apart], chosen, (curves) => {
      return `${about}: ${readable(curves[chosen][n])} at n = ${n}.`;
    });
    table.draw(about, ["n", ...marks], rowsOf(marks, reach[chosen], apart[chosen]));
    Object.assign(el.dataset, { radius: radius.toFixed(2), chosen: name });
    voice.say(`${about}. ${leftAfter(n, reach[chosen], apart[chosen])}`);
  }

  const soon = eachFrame(draw);
  state.follow(["radius", "chosen"], soon);
  state.atEnd(soon.cancel, voice.stop);
  draw();
  state.atEnd(charts.watch());
  return state.stop;
}

export default { render };
