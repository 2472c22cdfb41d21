// Encoders and decoders of images for the page's engine (chapters 1, 2 and 5).
//
// An image is {data: Float32Array, height, width, channels}, row by row, channels last, as in
// encdec_lib/layers/convolution.py. Batch normalisation is not here: export.py folds it into the
// convolution before it. A convolution is nearly all of the time, so it keeps 2 pixels × 4 output
// channels in local variables, with weights laid out in the order in which it reads them.

import { affine } from "./arithmetic.js";

// ---------------------------------------------------------------- layers

/** A copy in double precision with a border of zeros, 1 pixel wide and 2 on the right. */
function padded({ data, height, width, channels }) {
  const copy = new Float64Array((height + 2) * (width + 3) * channels);
  for (let y = 0; y < height; y++) {
    const line = data.subarray(y * width * channels, (y + 1) * width * channels);
    copy.set(line, ((y + 1) * (width + 3) + 1) * channels);
  }
  return copy;
}

/** A 3×3 kernel (3, 3, C, K) with the weights of 4 output channels side by side. */
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

/** max(0, x * kernel + bias), size kept: a function of the image x. */
export function convolution(kernel, bias) {
  const [rows, columns, C, K] = kernel.shape,
    weights = fourByFour(kernel);
  if (rows !== 3 || columns !== 3)
    throw new Error(`this page convolves 3×3, not ${rows}×${columns}`);
  const offsets = new Float64Array(Math.ceil(K / 4) * 4);
  offsets.set(bias.data);
  return (image) => {
    const { height, width, channels } = image;
    if (channels !== C) throw new Error(`a kernel for ${C} channels met an image of ${channels}`);
    const x = padded(image),
      line = (width + 3) * C,
      span = 3 * C;
    const out = new Float32Array(height * width * K),
      sums = new Float64Array(8);
    for (let k = 0, block = 0; k < K; k += 4, block += 9 * C * 4) {
      const b0 = offsets[k],
        b1 = offsets[k + 1],
        b2 = offsets[k + 2],
        b3 = offsets[k + 3];
      const wide = Math.min(4, K - k);
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column += 2) {
          let s0 = b0,
            s1 = b1,
            s2 = b2,
            s3 = b3; // this pixel's
          let t0 = b0,
            t1 = b1,
            t2 = b2,
            t3 = b3; // and its right neighbour's
          for (let a = 0, w = block; a < 3; a++) {
            const start = (row + a) * line + column * C;
            for (let i = start; i < start + span; i++, w += 4) {
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

/** The largest value of each square of 2×2 pixels. */
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

/** The transposed convolution with kernel 2×2 and stride 2: every pixel stamps four, which no
 *  other pixel touches; y[2i + a, 2j + b] = x[i, j] W_ab + bias. */
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

/** Two images of the same size, the channels of the second after those of the first. */
function beside(one, two) {
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

const dense = (P, name, x, rows = 1) => affine(x, rows, P[`${name}.kernel`], P[`${name}.bias`]);
const relu = (x) => x.map((value) => Math.max(0, value));

/** The blocks of two convolutions at `path`.0, `path`.1, ... */
function blocksOf(P, path) {
  const blocks = [];
  for (let k = 0; P[`${path}.${k}.conv1.kernel`]; k++) {
    const [first, second] = ["conv1", "conv2"].map((name) =>
      convolution(P[`${path}.${k}.${name}.kernel`], P[`${path}.${k}.${name}.bias`]),
    );
    blocks.push((image) => second(first(image)));
  }
  return blocks;
}

/** Checks an image source and gives it back. */
function image(source, side = null) {
  const { data, height, width, channels } = source;
  const said = `got ${data?.length} numbers for ${height}×${width}×${channels}`;
  if (data?.length !== height * width * channels) throw new Error(`no image: ${said}`);
  if (side !== null && (height !== side || width !== side)) {
    throw new Error(`this encoder reads images of ${side}×${side} pixels; ${said}`);
  }
  return source;
}

// ---------------------------------------------------------------- encoders

/** Chapter 1: H = relu(x W_1 + b_1) W_2 + b_2, the pixels x row by row. */
function denseEncoder(P, { side }) {
  return (source) => {
    const hidden = relu(dense(P, "hidden", image(source, side).data));
    return { M: 1, vectors: dense(P, "output", hidden) };
  };
}

/** Chapter 2: halves the image; the coarsest map is the encoding, the finer ones are its skips. */
function unetEncoder(P, settings, path = "blocks") {
  const blocks = blocksOf(P, path),
    factor = 2 ** (blocks.length - 1);
  return (source) => {
    const { height, width } = image(source);
    if (height % factor || width % factor) {
      throw new Error(`this encoder needs sides divisible by ${factor}; got ${height}×${width}`);
    }
    const maps = [];
    for (const block of blocks) maps.push(block(maps.length ? maxPool(maps.at(-1)) : source));
    const last = maps.pop();
    return { M: last.height * last.width, vectors: last.data, skips: maps };
  };
}

/** Chapter 5: the convolutions of a U-Net, then one vector for the whole grid G, or for each cell:
 *  H = flatten(G) W + b, or H_j = G_j W + b, with positions + p_j. */
function cnnEncoder(P, { side, grid = false }) {
  const convolutions = unetEncoder(P, {}, "convolutions.blocks");
  return (source) => {
    const { M: cells, vectors } = convolutions(image(source, side));
    const M = grid ? cells : 1,
      projected = dense(P, "project", vectors, M);
    const places = P["positions"]?.data;
    return { M, vectors: places ? projected.map((value, k) => value + places[k]) : projected };
  };
}

// ---------------------------------------------------------------- decoders

/** Chapter 1: every pixel's logit from one vector, relu(H W_3 + b_3) W_4 + b_4. */
function denseDecoder(P, { side }) {
  return {
    paint({ M, vectors }) {
      if (M !== 1) throw new Error(`this decoder paints from one vector; the encoding has ${M}`);
      const data = dense(P, "output", relu(dense(P, "hidden", vectors)));
      return { data, height: side, width: side, channels: 1 };
    },
  };
}

/** Chapter 2: doubles the grid scale by scale, beside the encoder's map of that scale where there
 *  are skips, and ends in the logits of every pixel: the same product at each, the 1×1 convolution. */
function unetDecoder(P, { skips: wanted = true }) {
  const blocks = blocksOf(P, "blocks"),
    width = P["ups.0.kernel"].shape[2];
  return {
    paint({ M, vectors, skips = [] }) {
      const side = Math.sqrt(M);
      if (!Number.isInteger(side)) throw new Error(`${M} vectors are no square grid`);
      if (wanted && skips.length !== blocks.length) {
        throw new Error(`this decoder needs ${blocks.length} skips; got ${skips.length}`);
      }
      let x = { data: vectors, height: side, width: side, channels: width };
      blocks.forEach((block, k) => {
        x = transposedConvolution(x, P[`ups.${k}.kernel`], P[`ups.${k}.bias`]);
        x = block(wanted ? beside(x, skips.at(-1 - k)) : x);
      });
      const data = dense(P, "output", x.data, x.height * x.width);
      return { ...x, data, channels: P["output.bias"].shape[0] };
    },
  };
}

export const IMAGE_ENCODERS = { dense: denseEncoder, unet: unetEncoder, cnn: cnnEncoder };
export const IMAGE_DECODERS = { dense: denseDecoder, unet: unetDecoder };
