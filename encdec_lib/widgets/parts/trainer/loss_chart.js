// The loss of this run, and in grey of the last three before it.

import { element } from "../elements.js";
import { level, pathThrough, plot, tick } from "../plot.js";
import { thousands } from "./words.js";

/** @typedef {import("./types.js").Track} Track */
/** @typedef {[number, number][]} Curve */

const MARGIN = { left: 30, right: 4, top: 22, bottom: 22 };
const HEIGHT = 150;
const LABEL = 80; // px for a name beside the end of a curve
const POINTS = 200; // of a curve at most; more cannot be seen

/**
 * A curve with few enough points, each the mean of its neighbours.
 * @param {Curve} curve
 * @returns {Curve}
 */
function thinned(curve) {
  const each = Math.ceil(curve.length / POINTS);
  if (each < 2) return curve;
  /** @type {Curve} */
  const few = [];
  for (let k = 0; k < curve.length; k += each) {
    const part = curve.slice(k, k + each);
    const mean = part.reduce((sum, [, loss]) => sum + loss, 0) / part.length;
    few.push([part[part.length - 1][0], mean]);
  }
  return few;
}

/**
 * Where two models race, the name of each at the end of its curve.
 * @param {Track[]} tracks
 * @param {number} width of the chart
 * @param {(steps: number) => number} x
 * @param {(loss: number) => number} y
 */
function names(tracks, width, x, y) {
  if (tracks.length < 2) return [];
  return tracks.flatMap(({ label, line, curve }) => {
    const end = curve[curve.length - 1];
    if (!end) return [];
    const kind = `bw-series-name is-${line}`;
    const [right, height] = [x(end[0]), y(end[1])];
    const place =
      right + LABEL < width
        ? { x: right + 6, y: height + 4, "text-anchor": "start" }
        : { x: right, y: height - 14, "text-anchor": "end" };
    return [element("text", { class: kind, ...place, text: label })];
  });
}

/** Returns {node, fit(room), draw(tracks, before)}. */
export function lossChart() {
  /** @type {Track[]} */
  let tracks = [];
  /** @type {Curve[]} */
  let before = [];
  let width = 0;
  const drawing = plot(HEIGHT, (room) => {
    width = room;
    trace();
  });

  function trace() {
    if (width < 80) return;
    const curves = [...before, ...tracks.map(({ curve }) => curve)].filter((one) => one.length);
    const most = Math.max(100, ...curves.map((one) => one[one.length - 1][0]));
    const top = Math.ceil(Math.max(1, ...curves.map((one) => one[0][1])));
    const [right, below] = [width - MARGIN.right, HEIGHT - MARGIN.bottom];
    const x = (/** @type {number} */ steps) => MARGIN.left + ((right - MARGIN.left) * steps) / most;
    const y = (/** @type {number} */ loss) =>
      MARGIN.top + (below - MARGIN.top) * (1 - Math.min(loss, top) / top);
    const path = (/** @type {Curve} */ curve, /** @type {string} */ kind) =>
      element("path", {
        class: `bw-loss ${kind}`,
        d: pathThrough(thinned(curve).map(([steps, loss]) => [x(steps), y(loss)])),
      });
    drawing.node.replaceChildren(
      tick(0, 12, "loss", "start"),
      ...[0, top / 2, top].flatMap((loss) => level(MARGIN.left, right, y(loss), loss)),
      tick(MARGIN.left, HEIGHT - 5, 0, "start"),
      tick(right, HEIGHT - 5, `${thousands(most)} steps`, "end"),
      ...before.filter((one) => one.length > 1).map((curve) => path(curve, "is-before")),
      ...tracks
        .filter(({ curve }) => curve.length > 1)
        .map((one) => path(one.curve, `is-${one.line}`)),
      ...names(tracks, width, x, y),
    );
    const said = tracks
      .filter(({ curve }) => curve.length)
      .map(
        ({ label, loss, steps }) => `${label}: ${loss.toFixed(3)} after ${thousands(steps)} steps`,
      );
    const grey = before.length ? ` In grey ${before.length} from before.` : "";
    drawing.node.setAttribute("aria-label", `Loss. ${said.join("; ") || "No step yet"}.${grey}`);
  }
  return {
    node: element("div", { class: "bw-plot" }, drawing.node),
    fit: drawing.fit,
    /** @param {Track[]} now @param {Curve[]} earlier */
    draw(now, earlier) {
      tracks = now;
      before = earlier;
      trace();
    },
  };
}
