// How much of the learning signal reaches each letter. The string is the axis, in the order in
// which it is read; the signal goes back from the last letter, at the right, to the first, where
// it stands what each network gets.

import { element } from "../parts/elements.js";
import { axisName, pathThrough, plot, tick } from "../parts/plot.js";
import { apart } from "../parts/trainer/series_names.js";
import { inWords, LEVELS, place, tiny } from "./shares.js";

const HEIGHT = 312;
const NARROW = 560;
const [TOP, BELOW] = [42, 52]; // px over the plot and under it
const PITCH = 14; // px between letters; where there is less, every other one is named
const TITLE = "How much of the learning signal reaches each letter";
const HERE = "reaches the first letter:";
const WAY = "← from the last letter, back to the first";

/** @typedef {{name: string, label: string, line: string}} Racer */

/** @param {number} share */
const got = (share) => (tiny(share) ? "almost none" : inWords(share));

export class SignalChart {
  /** @param {Racer[]} racers */
  constructor(racers) {
    this.racers = racers;
    /** @type {string[]} */
    this.letters = [];
    /** @type {Map<string, number[]>} shares, from the last letter back to the first */
    this.reach = new Map();
    this.width = 0;
    this.drawing = plot(HEIGHT, (room) => {
      this.width = room;
      this.trace();
    });
    this.node = element(
      "div",
      { class: "bw-signal" },
      element("p", { class: "bw-signal-title", "aria-hidden": "true", text: TITLE }),
      element("div", { class: "bw-plot" }, this.drawing.node),
    );
  }

  get box() {
    const narrow = this.width < NARROW;
    const [left, right] = narrow ? [112, 84] : [192, 122];
    return { left, right: this.width - right, top: TOP, bottom: HEIGHT - BELOW, narrow };
  }

  /** @param {number} k of the letter, 0 the first */
  x(k) {
    const { left, right } = this.box;
    return left + (k / (this.letters.length - 1 || 1)) * (right - left);
  }

  /** @param {number} share */
  y(share) {
    const { top, bottom } = this.box;
    return top + (1 - place(share)) * (bottom - top);
  }

  /** @param {string} name @returns {[x: number, y: number][]} the first letter's place first */
  places(name) {
    const reach = this.reach.get(name) ?? [];
    const last = this.letters.length - 1;
    /** @type {[number, number][]} */
    const places = reach.slice(0, last + 1).map((share, n) => [this.x(last - n), this.y(share)]);
    return places.reverse();
  }

  /** The lines of equal shares, and the letters under them. */
  axes() {
    const { left, right, bottom, narrow } = this.box;
    const levels = LEVELS.flatMap(([share, text]) => {
      const y = this.y(share);
      const rule = element("line", { class: "bw-rule", x1: left, x2: right, y1: y, y2: y });
      const lines = narrow && text.length > 12 ? text.split(/ (?=\S+$)/) : [text];
      return [rule, ...lines.map((line, k) => tick(right + 8, y + 4 + 15 * k, line, "start"))];
    });
    const each = this.x(1) - this.x(0) < PITCH ? 2 : 1;
    const letters = this.letters.flatMap((letter, k) => {
      if (k % each) return [];
      const kind = k ? "bw-letter-read" : "bw-letter-read is-first";
      const middle = { "text-anchor": "middle", text: letter };
      return [element("text", { class: kind, x: this.x(k), y: bottom + 20, ...middle })];
    });
    const here = narrow ? tick(0, 12, HERE, "start") : tick(left - 12, 12, HERE, "end");
    return [...levels, ...letters, here, axisName(this.width / 2, HEIGHT - 6, WAY)];
  }

  /** What each network gets at the first letter, beside it. */
  names() {
    const { left, bottom, narrow } = this.box;
    const ends = this.racers.flatMap(({ name, label, line }) => {
      const [first] = this.places(name);
      const reach = this.reach.get(name) ?? [];
      if (!first) return [];
      const words = [label, got(reach[reach.length - 1])];
      return [{ label: "", line, words, from: 0, to: left, y: first[1] + 5 }];
    });
    ends.sort((a, b) => a.y - b.y);
    apart(ends, bottom + (narrow ? -10 : 5), narrow ? 34 : 18);
    return ends.flatMap(({ line, words, y }) =>
      (narrow ? words : [words.join(" ")]).map((text, k) =>
        element("text", {
          class: `bw-series-name is-${line}`,
          ...{ x: left - 12, y: y + 16 * k, "text-anchor": "end", text },
        }),
      ),
    );
  }

  trace() {
    if (this.width < 200 || !this.letters.length) return;
    const curves = this.racers.flatMap(({ name, line }) => {
      const places = this.places(name);
      if (!places.length) return [];
      const [[cx, cy]] = places;
      return [
        element("path", { class: `bw-series is-${line}`, d: pathThrough(places) }),
        element("circle", { class: `bw-series-dot is-${line}`, cx, cy, r: 5 }),
      ];
    });
    this.drawing.node.replaceChildren(...this.axes(), ...curves, ...this.names());
    const parts = this.racers.map(({ name, label }) => {
      const reach = this.reach.get(name);
      return `${label}: ${reach ? inWords(reach[reach.length - 1]) : "not measured yet"}`;
    });
    const [first] = this.letters;
    this.drawing.node.setAttribute(
      "aria-label",
      `${TITLE} of ${this.letters.join(" ")}. At the first, ${first}: ${parts.join("; ")}.`,
    );
  }

  /** Another string, or a new run. @param {string[]} letters @param {boolean} fresh */
  begin(letters, fresh) {
    this.letters = letters;
    if (fresh) this.reach.clear();
    this.trace();
  }

  /** @param {string} name @param {number[]} reach from the last letter back */
  set(name, reach) {
    this.reach.set(name, reach);
    this.trace();
  }

  fit() {
    this.drawing.fit(this.node.clientWidth);
  }
}
