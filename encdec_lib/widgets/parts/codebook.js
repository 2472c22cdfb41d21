// The codes that the model writes, as the small squares of ink that they stand for.

import { element } from "./elements.js";
import { ink, paintPixels } from "./pixels.js";

export class Codebook {
  /**
   * @param {DataView} bytes the ink of every code, a byte a pixel
   * @param {number} patch side of a square, in pixels
   */
  constructor(bytes, patch) {
    this.patch = patch;
    const size = patch * patch;
    this.squares = Array.from({ length: bytes.byteLength / size }, (_, code) =>
      Uint8Array.from({ length: size }, (_, k) => bytes.getUint8(code * size + k)),
    );
  }

  /**
   * The mean ink of a code, 0 to 1.
   * @param {number} code
   */
  ink(code) {
    const square = this.squares[code];
    return square.reduce((sum, level) => sum + level, 0) / (255 * square.length);
  }

  /**
   * A code as a small picture.
   * @param {number} code
   */
  swatch(code) {
    const { patch } = this;
    const canvas = element("canvas", {
      width: patch,
      height: patch,
      class: "bw-swatch",
      "aria-hidden": "true",
    });
    paintPixels(canvas, this.squares[code], (level) => ink(level / 255));
    return canvas;
  }
}
