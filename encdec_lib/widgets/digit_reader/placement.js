// Where a drawn digit stands on its sheet, and what sets it apart from those of the training.

const BOX = 20 / 28; // share of an image's side that the digits of MNIST fill
export const FAINT = 0.1; // ink below this is the edge of a stroke
const FARTHEST = 3 / 28; // how far the middle of the ink may be off

/**
 * How large the digits of the training are, and how far off the middle, as shares of the sheet's
 * side. A model that reads a part of an image has had it cut out at any place.
 * @param {number} side of the sheet
 * @param {number} whole side of the images
 */
export const usual = (side, whole) => ({
  box: (BOX * whole) / side,
  farthest: (FARTHEST * whole + (whole - side) / 2) / side,
});

/**
 * The longer side of the ink's box and how far its centre of mass is from the middle, both as
 * shares of the sheet's side; null if there is none.
 * @param {Float32Array} ink
 * @param {number} side
 */
export function spread(ink, side) {
  let [top, bottom, left, right] = [side, -1, side, -1];
  let [mass, atX, atY] = [0, 0, 0];
  for (const [k, dot] of ink.entries()) {
    const row = Math.floor(k / side);
    const column = k % side;
    mass += dot;
    atX += dot * (column + 0.5);
    atY += dot * (row + 0.5);
    if (dot < 2 * FAINT) continue;
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
  }
  if (bottom < 0) return null;
  const off = Math.max(Math.abs(atX / mass - side / 2), Math.abs(atY / mass - side / 2)) / side;
  return { size: Math.max(bottom - top + 1, right - left + 1) / side, off };
}

/**
 * What sets a drawing apart from the training digits, in words; "" if nothing does.
 * @param {{size: number, off: number}} spread
 * @param {ReturnType<typeof usual>} usual
 */
export function unlike({ size, off }, { box, farthest }) {
  const said = [];
  if (size < 0.8 * box) said.push("is smaller than those of the training");
  if (size > 1.2 * box) said.push("is larger than those of the training");
  if (off > farthest) said.push("stands further from the middle than in the training");
  return said.length ? `Your digit ${said.join(" and ")} (they fill the dashed box).` : "";
}
