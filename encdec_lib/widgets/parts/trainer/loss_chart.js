// The loss of this run, and in grey of the last three before it.

import { element } from "../elements.js";
import { level, pathThrough, plot, tick } from "../plot.js";
import { stepsOf, thousands } from "./words.js";

/** @typedef {import("./types.js").Track} Track */
/** @typedef {[number, number][]} Curve */

const MARGIN = { left: 30, right: 4, top: 22, bottom: 22 };
const HEIGHT = 150;
const SWATCH = 30; // px of a line beside its name
const POINTS = 200; // of a curve at most; more cannot be seen

/**
 * A curve with few enough points, each the mean of its neighbours.
 * @param {Curve} curve
 * @returns {Curve}
 */
export function thinned(curve, most = POINTS) {
  const each = Math.ceil(curve.length / most);
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
 * Where models race, which line is whose: below the chart, as curves of a loss end close together.
 * Returns {node, draw(tracks)}.
 */
function lineNames() {
  const node = element("p", { class: "bw-line-names", "aria-hidden": "true" });
  let shown = "";
  return {
    node,
    /** @param {Track[]} tracks */
    draw(tracks) {
      const racing = tracks.length > 1 ? tracks : [];
      const now = racing.map(({ label, line }) => `${label} ${line}`).join();
      if (now === shown) return;
      shown = now;
      node.replaceChildren(
        ...racing.map(({ label, line }) =>
          element(
            "span",
            {},
            element(
              "svg",
              { width: SWATCH, height: 10 },
              element("path", { class: `bw-loss is-${line}`, d: `M1 5H${SWATCH - 1}` }),
            ),
            label,
          ),
        ),
      );
    },
  };
}

/** Returns {node, fit(room), draw(tracks, before)}. */
export function lossChart() {
  /** @type {Track[]} */
  let tracks = [];
  /** @type {Curve[]} */
  let before = [];
  let width = 0;
  const names = lineNames();
  const drawing = plot(HEIGHT, (room) => {
    width = room;
    trace();
  });

  function trace() {
    if (width < 80) return;
    const curves = [...before, ...tracks.map(({ curve }) => curve)].filter((one) => one.length);
    const ends = curves.map((one) => one[one.length - 1][0]);
    // The last few steps have no report of their own.
    const most = Math.max(100, ...ends, ...tracks.map(({ steps }) => steps));
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
      ...[0, top / 2, top].flatMap((loss) =>
        level(MARGIN.left, right, y(loss), top < 10 ? loss : Math.round(loss)),
      ),
      tick(MARGIN.left, HEIGHT - 5, 0, "start"),
      tick(right, HEIGHT - 5, `${thousands(most)} steps`, "end"),
      ...before.filter((one) => one.length > 1).map((curve) => path(curve, "is-before")),
      ...tracks
        .filter(({ curve }) => curve.length > 1)
        .map((one) => path(one.curve, `is-${one.line}`)),
    );
    const said = tracks
      .filter(({ curve }) => curve.length)
      .map(({ label, loss, steps }) => `${label}: ${loss.toFixed(3)} after ${stepsOf(steps)}`);
    const grey = before.length ? ` In grey ${before.length} from before.` : "";
    drawing.node.setAttribute("aria-label", `Loss. ${said.join("; ") || "No step yet"}.${grey}`);
  }
  return {
    node: element("div", { class: "bw-plot" }, drawing.node, names.node),
    fit: drawing.fit,
    /** @param {Track[]} now @param {Curve[]} earlier */
    draw(now, earlier) {
      tracks = now;
      names.draw(now);
      before = earlier;
      trace();
    },
  };
}
