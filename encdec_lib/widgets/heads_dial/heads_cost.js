// What the maps cost: scores, multiply-adds and memory, and the curve of h·N² against N.

import { element } from "../parts/elements.js";
import { numberTable } from "../parts/number_table.js";
import { axisName, level, pathThrough, plot, tick } from "../parts/plot.js";

const MARGIN = { left: 52, right: 12, top: 10, bottom: 38 };
const HEIGHT = 170;
const LATER = [1024, 32768]; // lengths to compare with

const UNTRAINED_WIDTH =
  "For one layer and one sentence. d_v is as large as d_k. In a trained layer d_k is mostly " +
  "d_model / h, so more heads cost no more multiply-adds; here the two move apart.";

/** @type {[number, string][]} */
const NUMBERS = [
  [1e12, "trillion"],
  [1e9, "billion"],
  [1e6, "million"],
];
/** @type {[number, string][]} */
const BYTES = [
  [1e12, "TB"],
  [1e9, "GB"],
  [1e6, "MB"],
  [1e3, "kB"],
];

/**
 * In the largest unit that fits, with three digits; null if none does.
 * @param {number} value
 * @param {[number, string][]} units
 */
function inUnits(value, units) {
  const fitting = units.find(([size]) => value >= size);
  return fitting ? `${Number((value / fitting[0]).toPrecision(3))} ${fitting[1]}` : null;
}

/**
 * 1234 as "1,234", 1.2e7 as "12 million".
 * @param {number} value
 */
const count = (value) => inUnits(value, NUMBERS) ?? value.toLocaleString("en-US");

/** @param {number} bytes */
const memory = (bytes) => inUnits(bytes, BYTES) ?? `${bytes} bytes`;

/** @typedef {Pick<import("./heads_maths.js").Settings, "heads" | "length" | "d_k">} Sizes */

/**
 * Of one layer and one sentence; values are as wide as keys, weights are float32.
 * @param {Sizes} sizes
 */
function costOf({ heads, length, d_k }) {
  const scores = heads * length ** 2;
  return { scores, products: scores * 2 * d_k, bytes: 4 * scores };
}

/**
 * The curve of the scores. Returns {node, fit(room), draw(sizes)}.
 * @param {number} longest
 * @param {number} mostHeads
 */
function costCurve(longest, mostHeads) {
  let width = 0;
  /** @type {Sizes | null} */
  let shown = null;
  const drawing = plot(HEIGHT, (room) => {
    width = room;
    trace();
  });

  function trace() {
    if (!shown || width < 100) return;
    const { heads, length } = shown;
    const most = heads * longest ** 2;
    const [right, below] = [width - MARGIN.right, HEIGHT - MARGIN.bottom];
    const x = (/** @type {number} */ N) => MARGIN.left + ((right - MARGIN.left) * N) / longest;
    const y = (/** @type {number} */ scores) =>
      MARGIN.top + (below - MARGIN.top) * (1 - scores / most);
    const curve = Array.from(
      { length: longest + 1 },
      (_, N) => /** @type {[number, number]} */ ([x(N), y(heads * N * N)]),
    );
    const now = heads * length ** 2;
    drawing.node.replaceChildren(
      ...[0, most / 4, most / 2, most].flatMap((scores) =>
        level(MARGIN.left, right, y(scores), count(scores)),
      ),
      ...[1, 8, 16, 24, 32].map((N) => tick(x(N), HEIGHT - 20, N)),
      axisName(x(longest / 2), HEIGHT - 4, "length N; scores h·N² upwards"),
      element("path", { class: "bw-curve", d: pathThrough(curve) }),
      element("circle", { class: "bw-dot", cx: x(length), cy: y(now), r: 5 }),
    );
    const ends = `${count(now)} at N = ${length}, ${count(most)} at N = ${longest}`;
    const words = `Scores against length for ${heads} of up to ${mostHeads} heads: ${ends}.`;
    drawing.node.setAttribute("aria-label", words);
  }
  return {
    node: drawing.node,
    fit: drawing.fit,
    /** @param {Sizes} sizes */
    draw(sizes) {
      shown = sizes;
      trace();
    },
  };
}

/**
 * The table and the curve: {node, draw(sizes), fit()}.
 * @param {number} longest
 * @param {number} mostHeads
 */
export function costs(longest, mostHeads) {
  const table = numberTable();
  const curve = costCurve(longest, mostHeads);
  const frame = element("div", { class: "bw-plot" }, curve.node);
  return {
    node: element(
      "div",
      { class: "bw-cost" },
      element("p", { class: "bw-title", text: "What it costs" }),
      element("div", { class: "bw-scroll" }, table.node),
      element("p", { class: "bw-hint", text: UNTRAINED_WIDTH }),
      frame,
    ),
    fit: () => curve.fit(frame.clientWidth),
    /** @param {Sizes} sizes */
    draw(sizes) {
      const { heads, length, d_k } = sizes;
      const all = [length, 2 * length, ...LATER].map((N) => costOf({ heads, length: N, d_k }));
      table.draw(
        `h = ${heads}, d_k = ${d_k}`,
        ["N", `${length} (now)`, ...[2 * length, ...LATER].map(count)],
        [
          ["scores, h·N²", ...all.map(({ scores }) => count(scores))],
          ["multiply-adds, h·N²·(d_k + d_v)", ...all.map(({ products }) => count(products))],
          ["memory of the weights", ...all.map(({ bytes }) => memory(bytes))],
        ],
      );
      curve.draw(sizes);
    },
  };
}
