// Two places as the page's own positions have them, pair by pair.

import { sinusoidal } from "../../web/engine/positions.js";

/** @typedef {{sin: number, cos: number}} Hand where its tip is: to the right, and up */

/**
 * One clock: the hands of both places.
 * @typedef {object} Clock
 * @property {number} turn places for one turn of a hand
 * @property {Hand} here of place t
 * @property {Hand} there of place t + n
 * @property {number} between the angle from `here` to `there`, clockwise, -π to π
 * @property {number} cosine of that angle, which is what the pair adds to the product
 */

export const LAST = 100; // as in position_dial.py, the two below too
export const FARTHEST = 50;
export const WIDTHS = [4, 8, 16, 32];

/**
 * The numbers from one to another, both included.
 * @param {number} from
 * @param {number} to
 */
export const range = (from, to) => Array.from({ length: to - from + 1 }, (_, k) => from + k);

/**
 * The hands of a place.
 * @param {number} place
 * @param {number} width
 * @returns {Hand[]}
 */
function hands(place, width) {
  const numbers = sinusoidal(place, width);
  return Array.from({ length: width / 2 }, (_, m) => ({
    sin: numbers[2 * m],
    cos: numbers[2 * m + 1],
  }));
}

/**
 * The angle from one hand to another, clockwise.
 * @param {Hand} a
 * @param {Hand} b
 */
const angle = (a, b) => Math.atan2(b.sin * a.cos - b.cos * a.sin, a.sin * b.sin + a.cos * b.cos);

/**
 * All clocks, fast ones first.
 * @param {number} place t
 * @param {number} distance n
 * @param {number} width d_model
 * @returns {Clock[]}
 */
export function clocks(place, distance, width) {
  const [from, to] = [hands(place, width), hands(place + distance, width)];
  const [first, second] = [hands(0, width), hands(1, width)];
  return from.map((here, m) => ({
    turn: (2 * Math.PI) / angle(first[m], second[m]),
    here,
    there: to[m],
    between: angle(here, to[m]),
    cosine: here.sin * to[m].sin + here.cos * to[m].cos,
  }));
}

/**
 * The product of the vectors of places t and t + n, as a share of the largest, d_model / 2.
 * @param {number} place
 * @param {number} distance
 * @param {number} width
 */
export function product(place, distance, width) {
  const [a, b] = [sinusoidal(place, width), sinusoidal(place + distance, width)];
  return a.reduce((sum, number, k) => sum + number * b[k], 0) / (width / 2);
}

/**
 * That for every distance, of the vectors around this very place.
 * @param {number} place
 * @param {number} width
 */
export const curve = (place, width) =>
  range(-FARTHEST, FARTHEST).map((distance) => product(place, distance, width));
