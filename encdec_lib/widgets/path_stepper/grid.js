// The picture: words above, one row of vectors for each step, the signal of the first word in blue.

import { element } from "../parts/elements.js";
import { arrow, label, line } from "../parts/stepper/marks.js";
import { distance, hears, strength, way } from "./paths.js";

/** @typedef {import("./paths.js").Kind} Kind */
/** @typedef {import("./paths.js").Place} Place */
/** @typedef {import("../parts/stepper/types.js").At} At */

const TOP = 30; // where the first row of vectors begins
const ROOM = 328; // for all rows below it
const CELL = 24; // height of one

/**
 * @typedef {object} Shown
 * @property {Kind} kind
 * @property {string[]} words
 * @property {Record<string, number[][]>} signals
 * @property {(place: Place) => number} since the step, from 0, at which a place is there
 */

/** Two digits of a number. @param {number} value @param {boolean} short */
export function digits(value, short = false) {
  if (value >= 0.995) return value.toFixed(1);
  const text = value.toFixed(value < 0.0095 ? 3 : 2);
  if (value < 0.0005) return short ? "≈0" : "< 0.001";
  return short ? text.replace(/^0/, "") : text;
}

/** @param {At} at @param {Shown} shown */
function placesOf({ width, phone }, { kind, words }) {
  const left = phone ? 44 : 96;
  const column = (width - left) / words.length;
  const pitch = Math.min(ROOM / distance(kind, words.length), 240);
  return {
    left,
    column,
    x: (/** @type {number} */ k) => left + column * (k + 0.5),
    y: (/** @type {number} */ level) => TOP + level * pitch,
    wide: Math.min(column - 4, 56),
  };
}

/**
 * A vector: how much of the first word it has.
 * @param {At} at
 * @param {Shown} shown
 * @param {Place} place
 */
function vectorAt(at, shown, place) {
  const { x, y, wide } = placesOf(at, shown);
  const size = strength(shown.signals, shown.kind, place);
  const box = { x: x(place.at) - wide / 2, y: y(place.level), width: wide, height: CELL, rx: 4 };
  if (size === 0) return [element("rect", { class: "bw-hollow is-muted", ...box })];
  const share = Math.min(1, Math.max(0, 1 + Math.log10(size) / 3)); // 0.001 is the palest
  return [
    element("rect", { class: "bw-paper", ...box }),
    element("rect", {
      ...{ class: "bw-fill is-encoder", ...box },
      "fill-opacity": (0.1 + 0.3 * share).toFixed(2),
    }),
    label(x(place.at), y(place.level) + 17, digits(size, true), { anchor: "middle", bold: true }),
  ];
}

/**
 * What a vector hears, as thin lines.
 * @param {At} at
 * @param {Shown} shown
 * @param {Place} place
 */
function heard(at, shown, place) {
  const { x, y } = placesOf(at, shown);
  const [N, to] = [shown.words.length, y(place.level)];
  if (shown.kind === "recurrent") {
    return line(`M${x(place.at)} ${TOP - 6}V${to}`, "muted", { "stroke-opacity": 0.55 });
  }
  const from = y(place.level - 1) + CELL;
  const role = shown.kind === "attention" ? "attention" : "muted";
  const d = hears(shown.kind, N, place).map((j) => `M${x(j)} ${from}L${x(place.at)} ${to}`);
  return line(d.join(""), role, { "stroke-opacity": 0.4, "stroke-width": 1 });
}

/**
 * The signal's way, one arrow a step.
 * @param {At} at
 * @param {Shown} shown
 * @returns {(Node | null)[]}
 */
function wayThrough(at, shown) {
  const { x, y, wide } = placesOf(at, shown);
  const places = way(shown.kind, shown.words.length);
  const role = shown.kind === "attention" ? "attention" : "encoder";
  return places.slice(1).map((to, k) => {
    const from = places[k];
    const beside = shown.kind === "recurrent"; // from the side into the top, as stairs
    const points = beside
      ? [
          [x(from.at) + wide / 2, y(from.level) + CELL / 2],
          [x(to.at), y(from.level) + CELL / 2],
          [x(to.at), y(to.level) - 1],
        ]
      : [
          [x(from.at), y(from.level) + CELL],
          [x(to.at), y(to.level) - 1],
        ];
    const strong = { style: "stroke-width:3px" };
    const made = arrow(/** @type {[number, number][]} */ (points), role);
    made.children[0].setAttribute("style", strong.style);
    const when = shown.kind === "attention" ? 2 : shown.since(to);
    return at.row(when, [made]);
  });
}

/**
 * @param {At} at
 * @param {Shown} shown
 * @returns {import("../parts/stepper/types.js").Picture}
 */
export function grid(at, shown) {
  const { x, y } = placesOf(at, shown);
  const { kind, words } = shown;
  const N = words.length;
  const names = words.map((word, k) =>
    label(x(k), 17, word, {
      ...{ role: "encoder", anchor: "middle", bold: k === 0 || k === N - 1 },
      size: at.phone ? 13 : 16,
    }),
  );
  const rows = [];
  const under = [];
  for (let level = 0; level <= distance(kind, N); level += 1) {
    const name = level ? `step ${level}` : kind === "recurrent" ? "start" : "words";
    rows.push(label(0, y(level) + 17, at.phone ? name.replace("step ", "") : name, MUTED));
    const here = kind === "recurrent" ? [level] : words.map((_, k) => k);
    for (const k of here) {
      const place = { level, at: k };
      const when = shown.since(place);
      if (level || kind === "recurrent") under.push(at.row(when, [heard(at, shown, place)]));
      rows.push(at.row(when, vectorAt(at, shown, place)));
    }
  }
  return {
    height: TOP + ROOM + CELL + 6,
    nodes: [...names, ...under, ...wayThrough(at, shown), ...rows],
  };
}

/** @type {{role: "muted", size: number}} */
const MUTED = { role: "muted", size: 14 };
