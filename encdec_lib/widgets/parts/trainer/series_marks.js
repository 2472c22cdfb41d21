// What stands around the curves of series_chart.js: ticks, levels, the names of axes and of curves.

import { element } from "../elements.js";
import { axisName, level, tick } from "../plot.js";

const APART = 18; // px between two labels at the curves' ends

/** @typedef {import("./series_chart.js").SeriesChart} SeriesChart */

/** The axes, the line that is marked, and what stands there before any curve. @param {SeriesChart} chart */
export function axes(chart) {
  const { left, right, top, bottom, narrow } = chart.box;
  const { from, to, marked } = chart;
  const step = Math.ceil((to - from) / (narrow ? 5 : 8)) || 1;
  const count = Math.floor((to - from) / step) + 1;
  const places = Array.from({ length: count }, (_, k) => to - k * step);
  const middle = (left + right) / 2;
  const nothing =
    chart.known.size || chart.kept.length
      ? null
      : element("text", {
          class: "bw-empty",
          x: middle,
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
  return [
    tick(0, 12, chart.words.what, "start"),
    ...chart.scale.levels.flatMap(([share, text]) => level(left, right, chart.y(share), text)),
    // The last number ends where the chart does, if there is no room for half of it beyond.
    ...places.map((n, k) =>
      tick(chart.x(n), bottom + 18, n, narrow && k === 0 && n > 99 ? "end" : "middle"),
    ),
    axisName(middle, chart.height - 4, chart.words.against),
    mark,
    nothing,
  ];
}

/**
 * Heights of labels so that none touches another, nor stands below `lowest`, on the axis.
 * @param {number[]} wished from the top
 * @param {number} lowest
 */
function apart(wished, lowest) {
  let last = -Infinity;
  const places = wished.map((y) => {
    last = Math.max(y, last + APART);
    return last;
  });
  let next = lowest;
  for (let k = places.length - 1; k >= 0; k--) {
    places[k] = Math.min(places[k], next);
    next = places[k] - APART;
  }
  return places;
}

/**
 * The names at the ends of their curves, never on top of each other.
 * @param {{label: string, line: string, y: number}[]} ends
 * @param {SeriesChart["box"]} box
 */
export function namesAt(ends, { narrow, right, bottom }) {
  const sorted = ends.sort((a, b) => a.y - b.y);
  const wished = sorted.map(({ y }) =>
    narrow ? Math.min(Math.max(y - 10, 14), bottom - 8) : y + 5,
  );
  const places = apart(wished, bottom + (narrow ? -8 : 5));
  return sorted.map(({ label, line }, k) =>
    element("text", {
      class: `bw-series-name is-${line}`,
      x: narrow ? right : right + 10,
      y: places[k],
      "text-anchor": narrow ? "end" : "start",
      text: label,
    }),
  );
}
