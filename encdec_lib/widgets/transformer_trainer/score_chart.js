// How well it does by steps: in training, where each next symbol follows right ones, and when it
// writes by itself. Both are shares, so that one sees them part; in grey what earlier runs wrote.

import { element } from "../parts/elements.js";
import { level, pathThrough, plot, tick } from "../parts/plot.js";
import { thinned } from "../parts/trainer/loss_chart.js";
import { percent, thousands } from "../parts/trainer/words.js";

/** @typedef {[steps: number, share: number][]} Curve */
/** @typedef {import("../parts/trainer/types.js").Track} Track */

const MARGIN = { left: 42, right: 112, top: 24, bottom: 22 };
const HEIGHT = 170;
const GREY = 3;
const POINTS = 40; // of the curve in training: a batch is noisy
const APART = 18; // px between two names

/** The probability that a loss in nats stands for. @param {number} loss */
export const chance = (loss) => Math.exp(-loss);

const MEANS =
  "In training: the probability of the right next letter. By itself: of 200 strings, those " +
  "without a fault.";

/**
 * Names at the ends of two curves, where neither stands on the other.
 * @param {{y: number, text: string, kind: string}[]} names
 * @param {number} x
 * @param {number} lowest
 */
function namesAt(names, x, lowest) {
  const [upper, lower] = [...names].sort((a, b) => a.y - b.y);
  const places = [upper.y, lower.y];
  const short = APART - (places[1] - places[0]);
  if (short > 0) {
    places[0] -= short / 2;
    places[1] += short / 2;
  }
  const down = Math.max(0, places[1] - lowest);
  return [upper, lower].map(({ text, kind }, k) =>
    element("text", { class: `bw-series-name ${kind}`, x, y: places[k] - down + 5, text }),
  );
}

/** What there is to draw. @typedef {{before: Curve[], now: Curve, track: Track | null}} Seen */

/** The newest of both. @param {Seen} seen */
const newest = ({ now, track }) => ({
  taught: track?.curve.length ? chance(track.loss) : null,
  test: now[now.length - 1] ?? null,
});

/** What a screen reader says of it. @param {Seen} seen */
function spokenOf(seen) {
  const { taught, test } = newest(seen);
  if (taught === null) return "How well it does in training and by itself: no step yet.";
  const tested = test ? `${percent(test[1])} after ${thousands(test[0])} steps` : "no test yet";
  return `Right next letter in training: ${percent(taught)}. Strings right by itself: ${tested}.`;
}

/**
 * Axes, curves and their names.
 * @param {number} width
 * @param {Seen} seen
 */
function drawn(width, seen) {
  const { before, now, track } = seen;
  const losses = thinned(track?.curve ?? [], POINTS);
  const shares = /** @type {Curve} */ (losses.map(([steps, loss]) => [steps, chance(loss)]));
  const ends = [...before, now, shares].map((curve) => curve[curve.length - 1]?.[0] ?? 0);
  const most = Math.max(500, ...ends);
  const [right, below] = [width - MARGIN.right, HEIGHT - MARGIN.bottom];
  const x = (/** @type {number} */ steps) => MARGIN.left + ((right - MARGIN.left) * steps) / most;
  const y = (/** @type {number} */ share) => below - (below - MARGIN.top) * share;
  const path = (/** @type {Curve} */ curve, /** @type {string} */ kind) =>
    element("path", {
      class: `bw-loss ${kind}`,
      d: pathThrough([[0, 0], ...curve].map(([steps, share]) => [x(steps), y(share)])),
    });
  const axes = [
    tick(0, 12, "how well it does", "start"),
    ...[0, 0.5, 1].flatMap((share) => level(MARGIN.left, right, y(share), percent(share))),
    tick(MARGIN.left, HEIGHT - 5, 0, "start"),
    tick(right, HEIGHT - 5, `${thousands(most)} steps`, "end"),
    ...before.map((curve) => path(curve, "is-before")),
  ];
  const { taught, test } = newest(seen);
  if (taught === null) return before.length ? axes : [...axes, empty(width)];
  const tested = test ? ` ${percent(test[1])}` : "";
  const names = [
    { y: y(taught), text: `in training ${percent(taught)}`, kind: "is-fixed" },
    { y: y(test?.[1] ?? 0), text: `by itself${tested}`, kind: "is-you" },
  ];
  const curves = [path(shares, "is-fixed"), path(now, "is-you")];
  return [...axes, ...curves, ...namesAt(names, right + 8, below)];
}

/** @param {number} width */
const empty = (width) =>
  element("text", {
    class: "bw-empty",
    x: (MARGIN.left + width) / 2,
    y: HEIGHT / 2 - 12,
    "text-anchor": "middle",
    text: "Press Train to see two curves",
  });

/** Returns {node, draw(tracks), add(steps, share) of a test, begin() of another run, fit()}. */
export function scoreChart() {
  /** @type {Seen} */
  const seen = { before: [], now: [], track: null };
  let width = 0;
  const drawing = plot(HEIGHT, (room) => {
    width = room;
    trace();
  });
  const means = element("p", { class: "bw-hint", text: MEANS });
  const node = element("div", { class: "bw-plot" }, drawing.node, means);

  function trace() {
    if (width < 200) return;
    drawing.node.replaceChildren(...drawn(width, seen));
    drawing.node.setAttribute("aria-label", spokenOf(seen));
  }
  return {
    node,
    /** @param {Track[]} tracks */
    draw([track]) {
      seen.track = track ?? null;
      trace();
    },
    /** @param {number} steps @param {number} share */
    add(steps, share) {
      if (newest(seen).test?.[0] !== steps) seen.now.push([steps, share]);
      trace();
    },
    begin() {
      const { before, now } = seen;
      if (now.length) seen.before = [...before, now].slice(-GREY);
      Object.assign(seen, { now: [], track: null });
      trace();
    },
    fit: () => drawing.fit(node.clientWidth),
  };
}
