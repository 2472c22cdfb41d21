// What the maps cost: scores, multiply-adds and memory, and the curve of h·N² against N.

import { element } from "../parts/page.js";

const LEFT = 52,
  RIGHT = 12,
  TOP = 10,
  BOTTOM = 38,
  HEIGHT = 170; // a plot's margins and height
const LATER = [1024, 32768]; // lengths to compare with

/** 1234 as "1,234", 1.2e7 as "12 million". */
export function count(value) {
  for (const [size, word] of [
    [1e12, "trillion"],
    [1e9, "billion"],
    [1e6, "million"],
  ]) {
    if (value >= size) return `${Number((value / size).toPrecision(3))} ${word}`;
  }
  return value.toLocaleString("en-US");
}

/** Bytes in the largest unit that fits. */
export function memory(bytes) {
  for (const [size, unit] of [
    [1e12, "TB"],
    [1e9, "GB"],
    [1e6, "MB"],
    [1e3, "kB"],
  ]) {
    if (bytes >= size) return `${Number((bytes / size).toPrecision(3))} ${unit}`;
  }
  return `${bytes} bytes`;
}

/** Of one layer and one sentence; values are as wide as keys, weights are float32. */
export function costOf({ heads, length, d_k }) {
  const scores = heads * length ** 2;
  return { scores, products: scores * 2 * d_k, bytes: 4 * scores };
}

/** The table and the curve: {node, draw(settings), fit()}. */
export function costs(longest, mostHeads) {
  const chart = element("svg", { class: "bw-chart", role: "img", height: HEIGHT });
  const plot = element("div", { class: "bw-plot" }, chart);
  const table = element("table", { class: "bw-numbers" });
  const node = element(
    "div",
    { class: "bw-cost" },
    element("p", { class: "bw-title", text: "What it costs" }),
    element("div", { class: "bw-scroll" }, table),
    element("p", {
      class: "bw-hint",
      text:
        "For one layer and one sentence. d_v is as large as d_k. In a trained layer d_k is " +
        "mostly d_model / h, so more heads cost no more multiply-adds; here the two move apart.",
    }),
    plot,
  );
  let shown = null,
    width = 0;

  function row(tag, [first, ...cells]) {
    return element(
      "tr",
      {},
      element("th", { scope: "row", text: first }),
      ...cells.map((text) => element(tag, { scope: tag === "th" ? "col" : null, text })),
    );
  }

  function draw(settings) {
    shown = settings;
    const { heads, length, d_k } = settings;
    const all = [length, 2 * length, ...LATER].map((N) => costOf({ ...settings, length: N }));
    table.replaceChildren(
      element("caption", { text: `h = ${heads}, d_k = ${d_k}` }),
      row("th", ["N", `${length} (now)`, ...[2 * length, ...LATER].map(count)]),
      row("td", ["scores, h·N²", ...all.map(({ scores }) => count(scores))]),
      row("td", ["multiply-adds, h·N²·(d_k + d_v)", ...all.map((one) => count(one.products))]),
      row("td", ["memory of the weights", ...all.map(({ bytes }) => memory(bytes))]),
    );
    curve();
  }

  function curve() {
    if (!shown || width < 100) return;
    const { heads, length } = shown,
      most = heads * longest ** 2;
    const x = (N) => LEFT + ((width - LEFT - RIGHT) * N) / longest;
    const y = (scores) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - scores / most);
    let d = "";
    for (let N = 0; N <= longest; N++) {
      d += `${N ? "L" : "M"}${x(N).toFixed(1)} ${y(heads * N * N).toFixed(1)}`;
    }
    const grid = [0, most / 4, most / 2, most].flatMap((scores) => [
      element("line", {
        class: "bw-rule",
        x1: LEFT,
        x2: width - RIGHT,
        y1: y(scores),
        y2: y(scores),
      }),
      element("text", { x: LEFT - 6, y: y(scores) + 4, "text-anchor": "end", text: count(scores) }),
    ]);
    const below = [1, 8, 16, 24, 32].map((N) =>
      element("text", {
        x: x(N),
        y: HEIGHT - 20,
        "text-anchor": "middle",
        text: N,
      }),
    );
    chart.replaceChildren(
      ...grid,
      ...below,
      element("text", {
        class: "bw-axis",
        x: x(longest / 2),
        y: HEIGHT - 4,
        "text-anchor": "middle",
        text: "length N; scores h·N² upwards",
      }),
      element("path", { class: "bw-curve", d }),
      element("circle", { class: "bw-dot", cx: x(length), cy: y(heads * length ** 2), r: 5 }),
    );
    chart.setAttribute(
      "aria-label",
      `Scores against length for ${heads} of up to ${mostHeads} ` +
        `heads: ${count(heads * length ** 2)} at N = ${length}, ${count(most)} at N = ${longest}.`,
    );
  }

  function fit() {
    if (Math.abs(plot.clientWidth - width) < 1) return;
    width = plot.clientWidth;
    chart.setAttribute("width", width);
    chart.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    curve();
  }
  return { node, draw, fit };
}
