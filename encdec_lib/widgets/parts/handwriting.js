// From strokes on a canvas to a small image as MNIST has them: the digit fills a box of 10/14 of
// the side, its centre of mass stands in the middle, and grey levels come from averaging.

/** A sheet of `size` × `size` cells, all empty. */
export const emptySheet = (size) => new Float32Array(size * size);

/** Puts ink on every cell within `radius` of the stroke from (x0, y0) to (x1, y1). */
export function stroke(sheet, size, x0, y0, x1, y1, radius) {
  const steps = Math.max(1, Math.ceil(Math.hypot(x1 - x0, y1 - y0)));
  for (let k = 0; k <= steps; k++) {
    const x = x0 + ((x1 - x0) * k) / steps,
      y = y0 + ((y1 - y0) * k) / steps;
    for (let r = Math.max(0, Math.floor(y - radius)); r < Math.min(size, y + radius); r++) {
      for (let c = Math.max(0, Math.floor(x - radius)); c < Math.min(size, x + radius); c++) {
        if (Math.hypot(c + 0.5 - x, r + 0.5 - y) <= radius) sheet[r * size + c] = 1;
      }
    }
  }
}

/** The sheet as an image of `side` × `side` grey levels, or null if nothing is drawn. */
export function normalised(sheet, size, side) {
  let top = size,
    bottom = -1,
    left = size,
    right = -1,
    ink = 0,
    atX = 0,
    atY = 0;
  for (let r = 0; r < size; r++) {
    for (let c = 0; c < size; c++) {
      if (!sheet[r * size + c]) continue;
      [top, bottom] = [Math.min(top, r), Math.max(bottom, r)];
      [left, right] = [Math.min(left, c), Math.max(right, c)];
      ink += 1;
      atX += c + 0.5;
      atY += r + 0.5;
    }
  }
  if (!ink) return null;
  const cells = (1.4 * Math.max(bottom - top + 1, right - left + 1)) / side; // cells in one pixel
  const fine = 5,
    image = new Float32Array(side * side);
  for (let r = 0; r < side * fine; r++) {
    const y = Math.floor(atY / ink + ((r + 0.5) / fine - side / 2) * cells);
    for (let c = 0; c < side * fine; c++) {
      const x = Math.floor(atX / ink + ((c + 0.5) / fine - side / 2) * cells);
      if (x < 0 || y < 0 || x >= size || y >= size) continue;
      const pixel = Math.floor(r / fine) * side + Math.floor(c / fine);
      image[pixel] += sheet[y * size + x] / (fine * fine);
    }
  }
  return image;
}

/** The image moved `n` pixels to the right; what leaves is lost, what comes in is empty. */
export function movedRight(image, side, n) {
  return image.map((_, k) => {
    const from = (k % side) - n;
    return from >= 0 && from < side ? image[k - n] : 0;
  });
}
