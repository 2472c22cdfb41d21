// Small pictures: a canvas of one dot a number, row by row; its style sheet enlarges it.

import { element } from "./elements.js";

/** @typedef {number[] | Uint8ClampedArray} Color red, green, blue and, if it is not 255, alpha */

/**
 * A canvas for `rows` × `columns` numbers.
 * @param {number} rows
 * @param {number} columns
 * @param {import("./elements.js").Attributes} [attributes]
 */
export function pixels(rows, columns, attributes = {}) {
  return element("canvas", { width: columns, height: rows, ...attributes });
}

/**
 * Paints one dot a number.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} values row by row, as many as the canvas has dots
 * @param {(value: number) => Color} colorOf such as light, ink, between(…), dense(…), listed(…)
 */
export function paintPixels(canvas, values, colorOf) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const dots = context.createImageData(canvas.width, canvas.height);
  for (let k = 0; k < values.length; k++) {
    const [red, green, blue, alpha = 255] = colorOf(values[k]);
    dots.data.set([red, green, blue, alpha], 4 * k);
  }
  context.putImageData(dots, 0, 0);
}

/**
 * Grey levels: 0 is black, 1 is white.
 * @param {number} value
 */
export const light = (value) => [255 * value, 255 * value, 255 * value];

/**
 * Ink: 0 is white, 1 is black.
 * @param {number} value
 */
export const ink = (value) => light(1 - value);

/**
 * A mixture of two colours: 0 is the first, 1 the second.
 * @param {Color} from
 * @param {Color} to
 */
export const between = (from, to) => (/** @type {number} */ share) =>
  [0, 1, 2].map((k) => from[k] + share * (to[k] - from[k]));

/**
 * One colour, as dense as the number, 0 to 1.
 * @param {Color} color
 */
export const dense =
  ([red, green, blue]) =>
  (/** @type {number} */ share) => [red, green, blue, Math.round(255 * share)];

/**
 * A list of colours, one a class.
 * @param {Color[]} colors
 */
export const listed = (colors) => (/** @type {number} */ label) => colors[label];

/**
 * The images of a Bytes trait, one byte a pixel, as lists of numbers from 0 to 1.
 * @param {DataView} bytes
 * @param {number} side of the square images
 */
export function imagesFrom(bytes, side) {
  const size = side * side;
  return Array.from({ length: bytes.byteLength / size }, (_, n) =>
    Float32Array.from({ length: size }, (_, k) => bytes.getUint8(n * size + k) / 255),
  );
}

/**
 * A colour of the style sheet, such as --bw-attention, as [red, green, blue, alpha].
 * @param {Element} el
 * @param {string} variable
 */
export function styleColor(el, variable) {
  const context = /** @type {CanvasRenderingContext2D} */ (
    pixels(1, 1).getContext("2d", { willReadFrequently: true })
  );
  context.fillStyle = getComputedStyle(el).getPropertyValue(variable).trim();
  context.fillRect(0, 0, 1, 1);
  return context.getImageData(0, 0, 1, 1).data;
}

/**
 * Calls `redraw` when the page's light is switched: a canvas does not follow the style sheet.
 * @param {() => void} redraw
 * @returns {() => void} ends it
 */
export function whenThemeChanges(redraw) {
  const observer = new MutationObserver(redraw);
  for (const owner of [document.documentElement, document.body]) {
    observer.observe(owner, {
      attributes: true,
      attributeFilter: ["data-theme", "theme", "class", "data-jp-theme-light"],
    });
  }
  return () => observer.disconnect();
}
