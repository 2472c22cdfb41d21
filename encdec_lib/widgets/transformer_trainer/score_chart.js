// The share of right answers by steps: of this run, and in grey of the last three before it.

import { element } from "../parts/elements.js";
import { level, pathThrough, plot, tick } from "../parts/plot.js";
import { percent, thousands } from "../parts/trainer/words.js";

/** @typedef {[steps: number, share: number][]} Curve */

const MARGIN = { left: 42, right: 6, top: 24, bottom: 22 };
const HEIGHT = 170;
const GREY = 3;
const NARROW = 250; // pixels, in which only the first words of a sentence fit

/** Returns {node, add(steps, share), begin(), fit()}. */
export function scoreChart() {
  /** @type {Curve[]} */
  let before = [];
  /** @type {Curve} */
  let now = [];
  let width = 0;
  const drawing = plot(HEIGHT, (room) => {
    width = room;
    trace();
  });
  const node = element("div", { class: "bw-plot" }, drawing.node);

  function trace() {
    if (width < 80) return;
    const narrow = width < NARROW;
    const ends = [...before, now].map((curve) => curve[curve.length - 1]?.[0] ?? 0);
    const most = Math.max(500, ...ends);
    const [right, below] = [width - MARGIN.right, HEIGHT - MARGIN.bottom];
    const x = (/** @type {number} */ steps) => MARGIN.left + ((right - MARGIN.left) * steps) / most;
    const y = (/** @type {number} */ share) => below - (below - MARGIN.top) * share;
    const path = (/** @type {Curve} */ curve, /** @type {string} */ kind) =>
      element("path", {
        class: `bw-loss ${kind}`,
        d: pathThrough([[0, 0], ...curve].map(([steps, share]) => [x(steps), y(share)])),
      });
    drawing.node.replaceChildren(
      tick(0, 12, narrow ? "strings right" : "strings right when it writes by itself", "start"),
      ...[0, 0.5, 1].flatMap((share) => level(MARGIN.left, right, y(share), percent(share))),
      tick(MARGIN.left, HEIGHT - 5, 0, "start"),
      tick(right, HEIGHT - 5, `${thousands(most)} steps`, "end"),
      ...before.map((curve) => path(curve, "is-before")),
      ...(now.length ? [path(now, "is-you")] : []),
      now.length || before.length
        ? ""
        : element("text", {
            class: "bw-empty",
            x: (MARGIN.left + right) / 2,
            y: (MARGIN.top + below) / 2 - 12,
            "text-anchor": "middle",
            text: narrow ? "Press Train" : "Press Train, and a curve appears here",
          }),
    );
    const [steps, share] = now[now.length - 1] ?? [0, 0];
    const said = now.length ? `${percent(share)} after ${thousands(steps)} steps` : "no test yet";
    drawing.node.setAttribute("aria-label", `Strings right when it writes by itself: ${said}.`);
  }
  return {
    node,
    /** @param {number} steps @param {number} share */
    add(steps, share) {
      if (now[now.length - 1]?.[0] !== steps) now.push([steps, share]);
      trace();
    },
    /** Another run begins. */
    begin() {
      if (now.length) before = [...before, now].slice(-GREY);
      now = [];
      trace();
    },
    fit: () => drawing.fit(node.clientWidth),
  };
}
