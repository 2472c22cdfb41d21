// Curves of a share, 0 to 1, against something whole, such as a length; the last ones fade. On
// another scale, such as a logarithmic one, the shares may be any numbers.

import { element } from "../elements.js";
import { pathThrough, plot } from "../plot.js";
import { axes } from "./series_marks.js";
import { namesAt } from "./series_names.js";
import { percent } from "./words.js";

const GREY = 4; // curves of earlier runs
const TRAIL = 5; // curves of earlier scorings that can still be seen
const NARROW = 480;
const SMALL = 96; // px for names beside the curves where there is little room
const MANY = 3; // curves whose names would cover them if they stood on top
const MARK = 15; // px for the name of the line that is marked

/** @typedef {{name: string, label: string, line: string}} Series */
/** @typedef {[x: number, share: number][]} Points from left to right */

/**
 * Where a share stands, 0 at the bottom and 1 at the top, the lines that are named, and how one is
 * called.
 * @typedef {{place: (share: number) => number, levels: [share: number, text: string][],
 *   words: (share: number) => string}} Scale
 */

/** @type {Scale} */
const SHARES = {
  place: (share) => Math.min(share, 1),
  levels: [0, 0.5, 1].map((share) => [share, percent(share)]),
  words: percent,
};

/** The chart: {node, add(name, points), clear(), markAt(x), range(from, to), fit()}. */
export class SeriesChart {
  /**
   * @param {object} options
   * @param {string} options.what of the vertical axis: "letters wrong"
   * @param {string} options.against of the horizontal axis: "length of the string"
   * @param {Series[]} options.series
   * @param {string} options.empty what stands where the curves will be
   * @param {string} [options.mark] what the marked line is: "your string"
   * @param {number} [options.height]
   * @param {Scale} [options.scale]
   * @param {number} [options.margin] px at the right for the names
   * @param {boolean} [options.trail] whether earlier scorings fade behind the newest
   */
  constructor(options) {
    const { what, against, series, empty, mark = "" } = options;
    const { height = 232, scale = SHARES, margin = 104, trail = true } = options;
    this.words = { what, against, empty, mark };
    this.scale = scale;
    this.series = series;
    this.height = height;
    this.margin = margin;
    this.trail = trail;
    /** @type {Map<string, Points[]>} the last is the newest */
    this.known = new Map();
    /** @type {{label: string, points: Points}[]} of earlier runs, in grey */
    this.kept = [];
    this.width = 0;
    this.from = 0;
    this.to = 1;
    /** @type {number | null} */
    this.marked = null;
    this.drawing = plot(height, (room) => {
      this.width = room;
      this.trace();
    });
    this.node = element("div", { class: "bw-plot" }, this.drawing.node);
  }

  get box() {
    const narrow = this.width < NARROW;
    const beside = !narrow || this.series.length >= MANY;
    const room = narrow ? SMALL : this.margin;
    return {
      left: 46,
      right: this.width - (beside ? room : 8),
      top: 24 + (this.words.mark ? MARK : 0),
      bottom: this.height - 42,
      narrow,
      beside,
    };
  }

  /** @param {number} n */
  x(n) {
    const { left, right } = this.box;
    return left + ((n - this.from) / (this.to - this.from || 1)) * (right - left);
  }

  /** @param {number} share */
  y(share) {
    const { top, bottom } = this.box;
    return top + (1 - this.scale.place(share)) * (bottom - top);
  }

  /** @param {string} name */
  newest(name) {
    const all = this.known.get(name) ?? [];
    return all.length ? all[all.length - 1] : null;
  }

  /** @param {Points} points */
  inside(points) {
    return points.filter(([n]) => n >= this.from && n <= this.to);
  }

  /** @param {Points} points @returns {[x: number, y: number][]} in the drawing */
  places(points) {
    return this.inside(points).map(([n, share]) => [this.x(n), this.y(share)]);
  }

  /** @param {Points} points */
  path(points) {
    return pathThrough(this.places(points));
  }

  /** @param {Series} one */
  curvesOf({ name, line }) {
    const now = this.newest(name);
    if (!now) return [];
    const old = this.trail ? (this.known.get(name) ?? []).slice(-TRAIL - 1, -1) : [];
    const trail = old.map((points, k) => {
      const opacity = (0.1 + (0.25 * (k + 1)) / old.length).toFixed(2);
      const kind = `bw-series is-trail is-${line}`;
      return element("path", { class: kind, style: `opacity:${opacity}`, d: this.path(points) });
    });
    const inside = this.inside(now);
    const at = now.find(([n]) => n === this.marked) ?? (inside.length === 1 ? inside[0] : null);
    const [cx, cy] = at ? [this.x(at[0]), this.y(at[1])] : [0, 0];
    return [
      ...trail,
      element("path", { class: `bw-series is-${line}`, d: this.path(now) }),
      at ? element("circle", { class: `bw-series-dot is-${line}`, cx, cy, r: 5 }) : null,
    ];
  }

  /** The names of all curves that can be seen, at their ends. */
  names() {
    const grey = this.kept.map(({ label, points }) => ({ label, line: "before", points }));
    const now = this.series.map(({ name, ...one }) => ({ ...one, points: this.newest(name) }));
    const seen = [...grey, ...now]
      .map(({ points, ...one }) => ({ ...one, curve: this.places(points ?? []) }))
      .filter(({ curve }) => curve.length);
    const ends = seen.map(({ label, line, curve }) => ({
      ...{ label, line },
      at: curve[curve.length - 1],
    }));
    const curves = seen.map(({ curve }) => curve);
    return namesAt(ends, curves, this.node, this.box, this.width);
  }

  trace() {
    if (this.width < 100) return;
    const drawn = [
      ...axes(this),
      ...this.kept.map(({ points }) =>
        element("path", { class: "bw-series is-before", d: this.path(points) }),
      ),
      ...this.series.flatMap((one) => this.curvesOf(one)),
      ...this.names(),
    ];
    this.drawing.node.replaceChildren(...drawn.filter((one) => one !== null));
    const said = this.series.map(({ name, label }) => {
      const now = this.newest(name);
      if (!now?.length) return `${label}: not measured yet`;
      const [first, last] = [now[0], now[now.length - 1]];
      const { words } = this.scale;
      return `${label}: ${words(first[1])} at ${first[0]}, ${words(last[1])} at ${last[0]}`;
    });
    const { what, against } = this.words;
    const grey = this.kept.map(({ label }) => label).join("; ");
    const before = grey && ` In grey, from before: ${grey}.`;
    const all = `${what} by ${against}. ${said.join(". ")}.${before}`;
    this.drawing.node.setAttribute("aria-label", all);
  }

  fit() {
    this.drawing.fit(this.node.clientWidth);
  }

  /** A new scoring. @param {string} name @param {Points} points */
  add(name, points) {
    this.known.set(name, [...(this.known.get(name) ?? []).slice(-TRAIL), points]);
    this.trace();
  }

  /** A curve that grows, and leaves no trail. @param {string} name @param {Points} points */
  set(name, points) {
    this.known.set(name, [points]);
    this.trace();
  }

  /** A curve of an earlier run; the last few stay. @param {string} label @param {Points} points */
  keep(label, points) {
    const others = this.kept.filter((one) => one.label !== label);
    this.kept = [...others, { label, points }].slice(-GREY);
    this.trace();
  }

  clear() {
    this.known.clear();
    this.trace();
  }

  /** @param {number | null} x */
  markAt(x) {
    this.marked = x;
    this.trace();
  }

  /** @param {number} from @param {number} to */
  range(from, to) {
    this.from = from;
    this.to = to;
    this.trace();
  }
}
