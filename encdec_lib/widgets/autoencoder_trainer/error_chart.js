// Error against the width of H: a point for every run of the reader's, and the one that learns now.

import { element } from "../parts/elements.js";
import { axisName, level, plot, tick } from "../parts/plot.js";

const HEIGHT = 210;
const MARGIN = { left: 34, right: 14, top: 24, bottom: 40 };
const TOP = 0.25; // the largest error that is drawn

/**
 * One run: the width of H, its hidden layers, its error from 0 to 1, and whether it is over.
 * @typedef {{width: number, hidden: number, error: number, over: boolean}} Point
 */

/** @param {number} error */
export const errorText = (error) => `${(100 * error).toFixed(1)}%`;

/**
 * The chart. Returns {node, fit(), draw(points)}.
 * @param {number[]} widths
 * @param {number} nothing the error of always painting the mean digit
 */
export function errorChart(widths, nothing) {
  /** @type {Point[]} */
  let points = [];
  let room = 0;
  const drawing = plot(HEIGHT, (width) => {
    room = width;
    trace();
  });

  function trace() {
    if (room < 100) return;
    const [right, below] = [room - MARGIN.right, HEIGHT - MARGIN.bottom];
    const last = Math.log2(widths[widths.length - 1]);
    const x = (/** @type {number} */ width) =>
      MARGIN.left + 12 + ((right - MARGIN.left - 24) * Math.log2(width)) / last;
    const y = (/** @type {number} */ error) =>
      MARGIN.top + (below - MARGIN.top) * (1 - Math.min(error, TOP) / TOP);
    const mean = y(nothing);
    drawing.node.replaceChildren(
      tick(0, 12, "error (%)", "start"),
      ...[0, 10, 20].flatMap((error) => level(MARGIN.left, right, y(error / 100), error)),
      ...widths.map((width) => tick(x(width), below + 16, width)),
      axisName((MARGIN.left + right) / 2, HEIGHT - 4, "width of H"),
      element("line", { class: "bw-mean", x1: MARGIN.left, x2: right, y1: mean, y2: mean }),
      tick(right, mean - 6, "painting the mean digit every time", "end"),
      ...points.map(({ width, error, over }) =>
        element("circle", {
          class: over ? "bw-point" : "bw-point is-now",
          cx: x(width),
          cy: y(error),
          r: 5,
        }),
      ),
    );
    const said = points.map(
      ({ width, hidden, error }) => `width ${width}, hidden ${hidden}: ${errorText(error)}`,
    );
    const label = `Error by width of H, your runs. ${said.join("; ") || "No run yet"}.`;
    drawing.node.setAttribute("aria-label", label);
  }
  return {
    node: element(
      "div",
      { class: "bw-runs" },
      element("p", { class: "bw-runs-title", text: "Error by width of H, your runs" }),
      element("div", { class: "bw-plot" }, drawing.node),
    ),
    fit() {
      drawing.fit(drawing.node.parentElement?.clientWidth ?? 0);
    },
    /** @param {Point[]} now */
    draw(now) {
      points = now;
      trace();
    },
  };
}
