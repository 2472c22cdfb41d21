// The picture as far as it is written, with what this step reads of it; the counts; the cache.

import { element } from "../parts/elements.js";
import { box, label, line } from "../parts/stepper/marks.js";
import { heightOf, ledger } from "./ledger.js";
import { whole } from "./story.js";

/** @typedef {import("./writing.js").Writing} Writing */
/** @typedef {import("../parts/stepper/types.js").At} At */

const DARKEST = 0.75; // green of the square that is read most

/**
 * The squares up to t, as the address of an image; the others are holes.
 * @param {Writing} writing
 * @param {number} t
 */
function address({ codebook: { patch, squares }, columns, codes }, t) {
  const side = columns * patch;
  const canvas = element("canvas", { width: side, height: side });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const dots = context.createImageData(side, side);
  for (let square = 0; square <= t; square++) {
    const [top, left] = [Math.floor(square / columns) * patch, (square % columns) * patch];
    squares[codes[square]].forEach((level, k) => {
      const dot = (top + Math.floor(k / patch)) * side + left + (k % patch);
      dots.data.set([255 - level, 255 - level, 255 - level, 255], 4 * dot);
    });
  }
  context.putImageData(dots, 0, 0);
  return canvas.toDataURL();
}

/**
 * @param {Writing} writing
 * @param {number | null} t
 * @param {number} side in pixels of the page
 */
function painting(writing, t, side) {
  const wide = side / writing.columns;
  /** @type {(square: number) => {x: number, y: number, width: number, height: number}} */
  const place = (square) => ({
    ...{ x: (square % writing.columns) * wide, y: Math.floor(square / writing.columns) * wide },
    ...{ width: wide, height: wide },
  });
  const ground = box(0, 0, side, side, "muted", { "fill-opacity": 0.18, rx: 0 });
  if (t === null) return [ground];
  const read = writing.square(t).own.subarray(1);
  const most = Math.max(...read, 1e-9);
  return [
    ground,
    element("image", {
      ...{ href: address(writing, t), x: 0, y: 0, width: side, height: side },
      style: "image-rendering:pixelated",
    }),
    ...Array.from(read, (share, k) =>
      element("rect", {
        ...{ ...place(k), "fill-opacity": ((DARKEST * share) / most).toFixed(3) },
        style: "fill:rgb(0 158 115);mix-blend-mode:multiply;forced-color-adjust:none",
      }),
    ),
    line(`M0 0H${side}V${side}H0Z`, "muted", { "stroke-width": 1 }),
    element("rect", {
      ...{ class: "bw-line is-decoder", ...place(t), style: "stroke-width:2.5" },
    }),
  ];
}

/**
 * How many rows have been worked out so far.
 * @param {Writing} writing
 * @param {number | null} t
 * @param {number} x
 * @param {number} y
 */
function counts(writing, t, x, y) {
  const { cached, anew } = writing.rows(t ?? -1);
  return [
    label(x, y, "rows worked out so far", { role: "muted", size: 13 }),
    label(x, y + 24, whole(cached), { size: 18, bold: true }),
    label(x, y + 42, "with the cache", { size: 13 }),
    label(x + 106, y + 24, whole(anew), { size: 18, bold: true, role: "muted" }),
    label(x + 106, y + 42, "without it", { role: "muted", size: 13 }),
  ];
}

/**
 * @param {At} at
 * @param {Writing} writing
 * @param {number} longest tokens of the longest caption
 * @returns {import("../parts/stepper/types.js").Picture}
 */
export function cachePicture({ step, width, phone }, writing, longest) {
  const t = step ? writing.stops()[step - 1] : null;
  const side = phone ? 128 : 192;
  const list = phone
    ? { x: 4, y: side + 16, width: width - 4, phone }
    : { x: side + 44, y: 0, width: width - side - 44, phone };
  const beside = phone ? [side + 18, 30] : [0, side + 28];
  return {
    height: Math.max(list.y + heightOf(longest), beside[1] + 52),
    nodes: [
      ...painting(writing, t, side),
      ...counts(writing, t, beside[0], beside[1]),
      ...ledger(writing, t, list),
    ],
  };
}
