// Images cut into patches.

/** @typedef {import("../tape/types.js").Floats} Floats */

/**
 * Patches row by row; in each the pixels row by row, the channels of a pixel side by side.
 * @param {Floats} patches is filled
 * @param {ArrayLike<number>} pixels of B square images
 * @param {number} B
 * @param {{side: number, patch: number, channels: number}} sizes
 */
export function cutImages(patches, pixels, B, { side, patch, channels }) {
  const across = side / patch,
    line = patch * channels;
  let at = 0;
  for (let i = 0; i < B * across; i++) {
    for (let j = 0; j < across; j++) {
      for (let r = 0; r < patch; r++) {
        let from = ((i * patch + r) * side + j * patch) * channels;
        for (let k = 0; k < line; k++) patches[at++] = pixels[from++];
      }
    }
  }
}
