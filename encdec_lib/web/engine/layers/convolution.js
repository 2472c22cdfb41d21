// Layers of images: convolution, pooling, and the way back up, as in
// encdec_lib/layers/convolution.py. A row is a pixel: B images of height × width, row by row,
// C channels in the columns. A kernel of shape (side, side, C, K) is side² · C rows of K.
//
// A convolution is a product: the pixels under the kernel, side by side, times the kernel. They are
// laid out image by image, and again on the way back, since all at once would fill the memory.

import { add, gradOf } from "./elementwise.js";

/** @typedef {import("../tape/tape.js").Tape} Tape */
/** @typedef {import("../tape/types.js").Floats} Floats */
/** @typedef {import("../tape/types.js").Matrix} Matrix */
/** @typedef {{B: number, height: number, width: number}} Images */

/**
 * Calls visit(from, to, C) for every pixel of an image that stands under a kernel: its first number
 * in the image, and in the row of what the kernel covers. Zeros stand outside of the image.
 * @param {{height: number, width: number, C: number, side: number}} sizes
 * @param {(from: number, to: number) => void} visit
 */
function covered({ height, width, C, side }, visit) {
  const before = (side - 1) >> 1; // pixels of the kernel to the left of its middle
  for (let y = 0, row = 0; y < height; y++) {
    for (let x = 0; x < width; x++, row += side * side * C) {
      for (let i = 0; i < side; i++) {
        const line = y + i - before;
        if (line < 0 || line >= height) continue;
        for (let j = 0; j < side; j++) {
          const column = x + j - before;
          if (column < 0 || column >= width) continue;
          visit((line * width + column) * C, row + (i * side + j) * C);
        }
      }
    }
  }
}

/**
 * y = x * kernel + bias, size kept: what is outside of the image counts as 0.
 * @param {Tape} tape
 * @param {Matrix} x
 * @param {Matrix} kernel
 * @param {Matrix | null} bias
 * @param {Images} images
 */
export function convolution(tape, x, kernel, bias, { B, height, width }) {
  const C = x.cols,
    { rows: covers, cols: K } = kernel,
    pixels = height * width;
  const sizes = { height, width, C, side: Math.sqrt(covers / C) };
  const y = tape.zeros(x.rows, K),
    under = tape.numbers(pixels * covers);
  const image = (/** @type {Floats} */ all, /** @type {number} */ b, /** @type {number} */ wide) =>
    all.subarray(b * pixels * wide, (b + 1) * pixels * wide);
  const layOut = (/** @type {Floats} */ from) =>
    covered(sizes, (at, to) => {
      for (let c = 0; c < C; c++) under[to + c] = from[at + c];
    });
  for (let b = 0; b < B; b++) {
    layOut(image(x.data, b, C));
    tape.mul(pixels, K, covers, under, covers, kernel.data, K, image(y.data, b, K), K, false);
  }
  tape.later(() => {
    const turned = tape.transposed(kernel.data, covers, K),
      dUnder = tape.numbers(pixels * covers);
    for (let b = 0; b < B; b++) {
      const dy = image(gradOf(y), b, K);
      if (kernel.grad) {
        layOut(image(x.data, b, C));
        tape.addTransposedMul(covers, K, pixels, under, covers, dy, K, kernel.grad, K);
      }
      if (!x.grad) continue;
      const dx = image(x.grad, b, C);
      tape.mul(pixels, covers, K, dy, K, turned, covers, dUnder, covers, false);
      covered(sizes, (at, from) => {
        for (let c = 0; c < C; c++) dx[at + c] += dUnder[from + c];
      });
    }
  });
  return bias ? add(tape, y, bias) : y;
}

/**
 * Every pixel stamps the kernel, weighted by its value, `stride` pixels apart; `padding` pixels are
 * cut off each side: y[s i + a − p, s j + b − p] += x[i, j] W_ab, with sides (n − 1) s − 2 p + side.
 * @param {Tape} tape
 * @param {Matrix} x
 * @param {Matrix} kernel
 * @param {Matrix | null} bias
 * @param {Images & {stride?: number, padding?: number, side?: number}} how
 */
export function transposedConvolution(tape, x, kernel, bias, how) {
  const { B, height, width, stride = 2, padding = 0 } = how;
  const C = x.cols,
    K = kernel.cols,
    side = Math.sqrt(kernel.rows / C),
    n = x.rows;
  const tall = (height - 1) * stride - 2 * padding + side,
    wide = (width - 1) * stride - 2 * padding + side;
  const y = tape.zeros(B * tall * wide, K),
    stamps = tape.numbers(n * K);
  /** @type {(a: number, b: number, visit: (stamp: number, at: number) => void) => void} */
  const stamped = (a, b, visit) => {
    for (let pixel = 0; pixel < n; pixel++) {
      const column = (pixel % width) * stride + b - padding,
        line = (Math.floor(pixel / width) % height) * stride + a - padding;
      const inside = line >= 0 && line < tall && column >= 0 && column < wide;
      const first = Math.floor(pixel / (width * height)) * tall;
      if (inside) visit(pixel * K, ((first + line) * wide + column) * K);
    }
  };
  const places = Array.from({ length: side * side }, (_, k) => [Math.floor(k / side), k % side, k]);
  for (const [a, b, k] of places) {
    const W = kernel.data.subarray(k * C * K, (k + 1) * C * K);
    tape.mul(n, K, C, x.data, C, W, K, stamps, K, false);
    stamped(a, b, (stamp, at) => {
      for (let c = 0; c < K; c++) y.data[at + c] += stamps[stamp + c];
    });
  }
  tape.later(() => {
    const dy = gradOf(y);
    for (const [a, b, k] of places) {
      stamps.fill(0);
      stamped(a, b, (stamp, at) => {
        for (let c = 0; c < K; c++) stamps[stamp + c] = dy[at + c];
      });
      const start = k * C * K,
        W = kernel.data.subarray(start, start + C * K);
      if (kernel.grad) {
        const dW = kernel.grad.subarray(start, start + C * K);
        tape.addTransposedMul(C, K, n, x.data, C, stamps, K, dW, K);
      }
      if (x.grad) tape.mul(n, C, K, stamps, K, tape.transposed(W, C, K), C, x.grad, C, true);
    }
  });
  return bias ? add(tape, y, bias) : y;
}

/**
 * The largest number of each square of 2 × 2 pixels, channel by channel.
 * @param {Tape} tape
 * @param {Matrix} x
 * @param {Images} images of even sides
 */
export function maxPool(tape, x, { B, height, width }) {
  const C = x.cols,
    half = width / 2,
    y = tape.zeros(x.rows / 4, C),
    from = new Int32Array(y.data.length);
  for (let row = 0, at = 0; row < (B * height) / 2; row++) {
    for (let column = 0; column < half; column++) {
      for (let c = 0; c < C; c++, at++) {
        const corner = (2 * row * width + 2 * column) * C + c;
        let best = corner;
        for (const other of [corner + C, corner + width * C, corner + (width + 1) * C]) {
          if (x.data[other] > x.data[best]) best = other;
        }
        y.data[at] = x.data[best];
        from[at] = best;
      }
    }
  }
  tape.later(() => {
    const dx = x.grad,
      dy = gradOf(y);
    if (dx) for (let at = 0; at < dy.length; at++) dx[from[at]] += dy[at];
  });
  return y;
}
