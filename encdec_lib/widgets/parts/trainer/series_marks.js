// What stands around the curves of series_chart.js: ticks, levels, the names of the axes.

import { element } from "../elements.js";
import { axisName, level, tick } from "../plot.js";
import { thousands } from "./words.js";

const ROUND = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000]; // between two ticks

/**
 * What lies between two ticks: a round number that divides the axis, or else any whole one.
 * @param {number} length of the axis
 * @param {number} most spaces between its ticks
 */
function spaceOf(length, most) {
  const least = length / most;
  const whole = Math.ceil(least) || 1;
  return ROUND.find((one) => one >= least && one <= 2 * whole && length % one === 0) ?? whole;
}

/** @typedef {import("./series_chart.js").SeriesChart} SeriesChart */

/** The axes, the line that is marked, and what stands there before any curve. @param {SeriesChart} chart */
export function axes(chart) {
  const { left, right, top, bottom, narrow } = chart.box;
  const { from, to, marked } = chart;
  const step = spaceOf(to - from, narrow ? 5 : 8);
  const count = Math.floor((to - from) / step) + 1;
  const places = Array.from({ length: count }, (_, k) => to - k * step);
  const middle = (left + right) / 2;
  const nothing =
    chart.known.size || chart.kept.length
      ? null
      : element("text", {
          class: "bw-empty",
          x: narrow ? (left + chart.width) / 2 : middle,
          y: (top + bottom) / 2 - 14,
          "text-anchor": "middle",
          text: chart.words.empty,
        });
  const mark =
    marked === null
      ? null
      : element("line", {
          class: "bw-mark-line",
          x1: chart.x(marked),
          x2: chart.x(marked),
          y1: top,
          y2: bottom,
        });
  const name =
    marked === null || !chart.words.mark
      ? null
      : element("text", {
          class: "bw-mark-name",
          x: Math.min(Math.max(chart.x(marked), 40), chart.width - 40),
          y: top - 5,
          "text-anchor": "middle",
          text: chart.words.mark,
        });
  return [
    tick(0, 12, chart.words.what, "start"),
    ...chart.scale.levels.flatMap(([share, text]) => level(left, right, chart.y(share), text)),
    // The last number ends where the chart does, if there is no room for half of it beyond.
    ...places.map((n, k) =>
      tick(chart.x(n), bottom + 18, thousands(n), narrow && k === 0 && n > 99 ? "end" : "middle"),
    ),
    axisName(middle, chart.height - 4, chart.words.against),
    mark,
    name,
    nothing,
  ];
}
