// From strokes on a canvas to a small image as MNIST has them: the digit fills a box of 10/14 of
// the side, its centre of mass stands in the middle, and grey levels come from averaging.

/**
 * A sheet of `size` × `size` cells, all empty.
 * @param {number} size
 */
export const emptySheet = (size) => new Float32Array(size * size);

/**
 * Puts ink on every cell within `radius` of the stroke from (x0, y0) to (x1, y1).
 * @param {Float32Array} sheet
 * @param {number} size
 * @param {number} x0
 * @param {number} y0
 * @param {number} x1
 * @param {number} y1
 * @param {number} radius
 */
export function stroke(sheet, size, x0, y0, x1, y1, radius) {
  const steps = Math.max(1, Math.ceil(Math.hypot(x1 - x0, y1 - y0)));
  for (let k = 0; k <= steps; k++) {
    const x = x0 + ((x1 - x0) * k) / steps;
    const y = y0 + ((y1 - y0) * k) / steps;
    for (let r = Math.max(0, Math.floor(y - radius)); r < Math.min(size, y + radius); r++) {
      for (let c = Math.max(0, Math.floor(x - radius)); c < Math.min(size, x + radius); c++) {
        if (Math.hypot(c + 0.5 - x, r + 0.5 - y) <= radius) sheet[r * size + c] = 1;
      }
    }
  }
}

/**
 * Where the ink of a sheet is: the longer side of its box and its centre of mass; null without ink.
 * @param {Float32Array} sheet
 * @param {number} size
 */
function inkOf(sheet, size) {
  let [top, bottom, left, right] = [size, -1, size, -1];
  let [cells, x, y] = [0, 0, 0];
  for (let r = 0; r < size; r++) {
    for (let c = 0; c < size; c++) {
      if (!sheet[r * size + c]) continue;
      [top, bottom] = [Math.min(top, r), Math.max(bottom, r)];
      [left, right] = [Math.min(left, c), Math.max(right, c)];
      cells += 1;
      x += c + 0.5;
      y += r + 0.5;
    }
  }
  if (!cells) return null;
  return { longest: Math.max(bottom - top, right - left) + 1, x: x / cells, y: y / cells };
}

/**
 * The sheet as an image of `side` × `side` grey levels, or null if nothing is drawn.
 * @param {Float32Array} sheet
 * @param {number} size
 * @param {number} side
 */
export function normalised(sheet, size, side) {
  const ink = inkOf(sheet, size);
  if (!ink) return null;
  const cells = (1.4 * ink.longest) / side; // in one pixel
  const fine = 5; // points a pixel, in both directions
  const image = new Float32Array(side * side);
  for (let r = 0; r < side * fine; r++) {
    const y = Math.floor(ink.y + ((r + 0.5) / fine - side / 2) * cells);
    for (let c = 0; c < side * fine; c++) {
      const x = Math.floor(ink.x + ((c + 0.5) / fine - side / 2) * cells);
      if (x < 0 || y < 0 || x >= size || y >= size) continue;
      const pixel = Math.floor(r / fine) * side + Math.floor(c / fine);
      image[pixel] += sheet[y * size + x] / (fine * fine);
    }
  }
  return image;
}

/**
 * The image moved `n` pixels to the right; what leaves is lost, what comes in is empty.
 * @param {Float32Array} image
 * @param {number} side
 * @param {number} n
 */
export function movedRight(image, side, n) {
  return image.map((_, k) => {
    const from = (k % side) - n;
    return from >= 0 && from < side ? image[k - n] : 0;
  });
}

/**
 * The middle of a square image.
 * @param {Float32Array} image
 * @param {number} whole its side
 * @param {number} side of what is cut out
 */
export function middle(image, whole, side) {
  const spare = (whole - side) >> 1;
  const from = (/** @type {number} */ k) =>
    (spare + Math.floor(k / side)) * whole + spare + (k % side);
  return Float32Array.from({ length: side * side }, (_, k) => image[from(k)]);
}
