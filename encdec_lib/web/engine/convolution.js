// The layers of images for the page's engine: convolution, pooling, and the way back up. Those that
// learn, in layers/convolution.js, lay every image out nine times; these do not.
//
// An image is {data: Float32Array, height, width, channels}, row by row, channels last, as in
// encdec_lib/layers/convolution.py. Batch normalisation is not here: export.py folds it into the
// convolution before it. A convolution is nearly all of the time, so it keeps 2 pixels × 4 output
// channels in local variables, with weights laid out in the order in which it reads them.

import { affine } from "./arithmetic.js";

/** @typedef {import("./types.js").Image} Image */
/** @typedef {import("./types.js").Tensor} Tensor */

/**
 * A copy in double precision with a border of zeros, 1 pixel wide and 2 on the right.
 * @param {Image} image
 */
function padded({ data, height, width, channels }) {
  const copy = new Float64Array((height + 2) * (width + 3) * channels);
  for (let y = 0; y < height; y++) {
    const line = data.subarray(y * width * channels, (y + 1) * width * channels);
    copy.set(line, ((y + 1) * (width + 3) + 1) * channels);
  }
  return copy;
}

/**
 * A 3×3 kernel (3, 3, C, K) with the weights of 4 output channels side by side.
 * @param {Tensor} kernel
 */
function fourByFour({ data, shape: [, , C, K] }) {
  const blocks = Math.ceil(K / 4),
    packed = new Float64Array(blocks * 9 * C * 4);
  for (let block = 0, p = 0; block < blocks; block++) {
    for (let i = 0; i < 9 * C; i++) {
      for (let k = 4 * block; k < 4 * block + 4; k++) packed[p++] = k < K ? data[i * K + k] : 0;
    }
  }
  return packed;
}

/**
 * max(0, x * kernel + bias), size kept: a function of the image x.
 * @param {Tensor} kernel
 * @param {Tensor} bias
 */
export function convolution(kernel, bias) {
  const [rows, columns, C, K] = kernel.shape,
    weights = fourByFour(kernel);
  if (rows !== 3 || columns !== 3)
    throw new Error(`this page convolves 3×3, not ${rows}×${columns}`);
  const offsets = new Float64Array(Math.ceil(K / 4) * 4);
  offsets.set(bias.data);
  return (/** @type {Image} */ image) => {
    const { height, width, channels } = image;
    if (channels !== C) throw new Error(`a kernel for ${C} channels met an image of ${channels}`);
    const x = padded(image),
      out = new Float32Array(height * width * K),
      sums = new Float64Array(8);
    for (let k = 0; k < K; k += 4) {
      const wide = Math.min(4, K - k);
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column += 2) {
          const corner = (row * (width + 3) + column) * C;
          pairOfPixels(sums, x, corner, (width + 3) * C, C, weights, k * 9 * C, offsets, k);
          const o = (row * width + column) * K + k,
            pair = column + 1 < width;
          for (let c = 0; c < wide; c++) {
            if (sums[c] > 0) out[o + c] = sums[c];
            if (pair && sums[4 + c] > 0) out[o + K + c] = sums[4 + c];
          }
        }
      }
    }
    return { data: out, height, width, channels: K };
  };
}

/**
 * Four output channels of a pixel, sums 0 to 3, and of its right neighbour, sums 4 to 7.
 * @param {Float64Array} sums
 * @param {Float64Array} x the padded image
 * @param {number} corner where the first pixel of the 3×3 begins in x
 * @param {number} line numbers in a row of x
 * @param {number} C
 * @param {Float64Array} weights
 * @param {number} block where the weights of these channels begin
 * @param {Float64Array} offsets
 * @param {number} k the first of the channels
 */
function pairOfPixels(sums, x, corner, line, C, weights, block, offsets, k) {
  let s0 = offsets[k],
    s1 = offsets[k + 1],
    s2 = offsets[k + 2],
    s3 = offsets[k + 3];
  let t0 = s0,
    t1 = s1,
    t2 = s2,
    t3 = s3;
  for (let a = 0, w = block; a < 3; a++) {
    const start = corner + a * line,
      stop = start + 3 * C;
    for (let i = start; i < stop; i++, w += 4) {
      const u = x[i],
        v = x[i + C];
      const w0 = weights[w],
        w1 = weights[w + 1],
        w2 = weights[w + 2],
        w3 = weights[w + 3];
      s0 += u * w0;
      s1 += u * w1;
      s2 += u * w2;
      s3 += u * w3;
      t0 += v * w0;
      t1 += v * w1;
      t2 += v * w2;
      t3 += v * w3;
    }
  }
  sums[0] = s0;
  sums[1] = s1;
  sums[2] = s2;
  sums[3] = s3;
  sums[4] = t0;
  sums[5] = t1;
  sums[6] = t2;
  sums[7] = t3;
}

/**
 * The largest value of each square of 2×2 pixels.
 * @param {Image} image
 */
export function maxPool({ data, height, width, channels: C }) {
  const h = height / 2,
    w = width / 2,
    out = new Float32Array(h * w * C).fill(-Infinity);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const o = ((y >> 1) * w + (x >> 1)) * C;
      for (let c = 0; c < C; c++, i++) if (data[i] > out[o + c]) out[o + c] = data[i];
    }
  }
  return { data: out, height: h, width: w, channels: C };
}

/**
 * The transposed convolution with kernel 2×2 and stride 2: every pixel stamps four, which no
 * other pixel touches; y[2i + a, 2j + b] = x[i, j] W_ab + bias.
 * @param {Image} image
 * @param {Tensor} kernel
 * @param {Tensor} bias
 */
export function transposedConvolution({ data, height, width }, kernel, bias) {
  const [, , C, K] = kernel.shape,
    out = new Float32Array(4 * height * width * K);
  for (let a = 0; a < 2; a++) {
    for (let b = 0; b < 2; b++) {
      const start = (2 * a + b) * C * K;
      const W = { data: kernel.data.subarray(start, start + C * K), shape: [C, K] };
      const stamped = affine(data, height * width, W, bias);
      for (let p = 0; p < height * width; p++) {
        const y = 2 * Math.floor(p / width) + a,
          x = 2 * (p % width) + b;
        out.set(stamped.subarray(p * K, (p + 1) * K), (y * 2 * width + x) * K);
      }
    }
  }
  return { data: out, height: 2 * height, width: 2 * width, channels: K };
}

/**
 * Two images of the same size, the channels of the second after those of the first.
 * @param {Image} one
 * @param {Image} two
 */
export function beside(one, two) {
  const { height, width } = one,
    C = one.channels,
    K = C + two.channels;
  const data = new Float32Array(height * width * K);
  for (let p = 0; p < height * width; p++) {
    data.set(one.data.subarray(p * C, (p + 1) * C), p * K);
    data.set(two.data.subarray(p * two.channels, (p + 1) * two.channels), p * K + C);
  }
  return { data, height, width, channels: K };
}
