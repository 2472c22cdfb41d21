// What a network that gives every pixel a class says of an image: the class of each pixel, where
// the regions of a class lie, and that in words.

import { argmax } from "../../web/engine/arithmetic.js";

const SMALLEST = 6; // pixels that a region needs to be named, as in encdec_lib/plots/images.py
const MOST = 6; // regions that are named in words

/**
 * Numbers for every pixel, row by row, channel beside channel.
 * @typedef {{data: Float32Array, height: number, width: number, channels: number}} Image
 */

/**
 * A region of a digit; row and column are of the middle of its pixels.
 * @typedef {object} Region
 * @property {number} digit
 * @property {number} size in pixels
 * @property {number} row
 * @property {number} column
 * @property {number} top
 * @property {number} right
 */

/**
 * The likeliest class of every pixel.
 * @param {Image} logits
 */
export const classesOf = ({ data, height, width, channels }) =>
  Uint8Array.from({ length: height * width }, (_, p) =>
    argmax(data.subarray(p * channels, (p + 1) * channels)),
  );

/**
 * The pixels that are connected with one and have its class; corners count as contact.
 * @param {Uint8Array} classes
 * @param {number} side
 * @param {number} start
 * @param {Uint8Array} seen pixels that were met; is filled
 */
function connected(classes, side, start, seen) {
  const members = [start];
  seen[start] = 1;
  for (const at of members) {
    const row = Math.floor(at / side);
    const column = at % side;
    for (let r = Math.max(0, row - 1); r <= Math.min(side - 1, row + 1); r++) {
      for (let c = Math.max(0, column - 1); c <= Math.min(side - 1, column + 1); c++) {
        const next = r * side + c;
        if (classes[next] !== classes[start] || seen[next]) continue;
        seen[next] = 1;
        members.push(next); // is visited by the outer loop
      }
    }
  }
  return members;
}

/**
 * The connected regions of digits, largest first.
 * @param {Uint8Array} classes of which 0 is the background
 * @param {number} side
 * @returns {Region[]}
 */
export function regionsOf(classes, side) {
  const seen = new Uint8Array(classes.length);
  /** @type {Region[]} */
  const regions = [];
  for (const [start, label] of classes.entries()) {
    if (!label || seen[start]) continue;
    const members = connected(classes, side, start, seen);
    if (members.length < SMALLEST) continue;
    const rows = members.map((at) => Math.floor(at / side));
    const columns = members.map((at) => at % side);
    regions.push({
      digit: label - 1,
      size: members.length,
      row: mean(rows),
      column: mean(columns),
      top: Math.min(...rows),
      right: Math.max(...columns),
    });
  }
  return regions.sort((a, b) => b.size - a.size);
}

/** @param {number[]} numbers */
const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/**
 * "at top left", "at left", "in the middle": the ninth of the image where a region's middle is.
 * @param {{row: number, column: number}} middle
 * @param {number} side
 */
function whereabouts({ row, column }, side) {
  /** @type {(at: number, names: string[]) => string} */
  const third = (at, names) => names[Math.min(2, Math.floor((3 * (at + 0.5)) / side))];
  const words = [third(row, ["top", "", "bottom"]), third(column, ["left", "", "right"])];
  const place = words.filter(Boolean).join(" ");
  return place ? `at ${place}` : "in the middle";
}

/**
 * "found: 3 at left, 7 at bottom right", or that nothing was found.
 * @param {Region[]} regions
 * @param {number} side
 */
export function inWords(regions, side) {
  if (!regions.length) return "found: no digit";
  const named = regions
    .slice(0, MOST)
    .map((region) => `${region.digit} ${whereabouts(region, side)}`);
  if (regions.length > MOST) named.push(`and ${regions.length - MOST} smaller`);
  return `found: ${named.join(", ")}`;
}
