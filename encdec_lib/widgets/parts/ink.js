// Ink on a square sheet: a list of numbers from 0 to 1, row by row. A digit is such a list too, and
// is placed as encdec_lib/data/scenes.py places it, by the rectangle that holds its ink.

export const INK = 0.3; // from here a pixel belongs to a digit, as in data/scenes.py

/**
 * A rectangle cut out of a sheet, row by row.
 * @typedef {{data: Float32Array, height: number, width: number}} Crop
 */

/**
 * A point in pixels from the left and the top edge.
 * @typedef {{x: number, y: number}} Point
 */

/**
 * The rectangle of a digit's ink, null if it has none.
 * @param {Float32Array} digit
 * @returns {Crop | null}
 */
export function cropped(digit) {
  const side = Math.sqrt(digit.length);
  let [top, bottom, left, right] = [side, -1, side, -1];
  for (const [k, ink] of digit.entries()) {
    if (ink <= INK) continue;
    const row = Math.floor(k / side);
    const column = k % side;
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
  }
  if (bottom < 0) return null;
  const height = bottom - top + 1;
  const width = right - left + 1;
  const data = Float32Array.from(
    { length: height * width },
    (_, k) => digit[(top + Math.floor(k / width)) * side + left + (k % width)],
  );
  return { data, height, width };
}

/**
 * Puts a digit's ink on a sheet; where it is dark it covers what is there.
 * @param {Float32Array} sheet
 * @param {Crop} crop
 * @param {number} top the row of its first pixel
 * @param {number} left
 */
export function paste(sheet, { data, width }, top, left) {
  const side = Math.sqrt(sheet.length);
  for (let k = 0; k < data.length; k++) {
    const at = (top + Math.floor(k / width)) * side + left + (k % width);
    sheet[at] = data[k] > INK ? data[k] : Math.max(sheet[at], data[k]);
  }
}

/**
 * How far a pixel's middle lies from the line between two points, in pixels.
 * @param {Point} middle
 * @param {Point} from
 * @param {Point} to
 */
function distance({ x, y }, from, to) {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = dx * dx + dy * dy;
  const share = length ? ((x - from.x) * dx + (y - from.y) * dy) / length : 0;
  const t = Math.min(1, Math.max(0, share));
  return Math.hypot(x - from.x - t * dx, y - from.y - t * dy);
}

/**
 * Draws a line with soft edges, or rubs one out.
 * @param {Float32Array} sheet
 * @param {Point} from
 * @param {Point} to
 * @param {{radius: number, erase: boolean}} pen the radius is in pixels
 */
export function drawLine(sheet, from, to, { radius, erase }) {
  const side = Math.sqrt(sheet.length);
  const reach = radius + 0.5;
  /** @param {number} a @param {number} b the first and the last pixel that the line reaches */
  const span = (a, b) => [
    Math.max(0, Math.floor(Math.min(a, b) - reach)),
    Math.min(side - 1, Math.max(a, b) + reach),
  ];
  const [firstRow, lastRow] = span(from.y, to.y);
  const [firstColumn, lastColumn] = span(from.x, to.x);
  for (let row = firstRow; row <= lastRow; row++) {
    for (let column = firstColumn; column <= lastColumn; column++) {
      const far = distance({ x: column + 0.5, y: row + 0.5 }, from, to);
      const cover = Math.min(1, Math.max(0, reach - far));
      const k = row * side + column;
      sheet[k] = erase ? Math.min(sheet[k], 1 - cover) : Math.max(sheet[k], cover);
    }
  }
}
