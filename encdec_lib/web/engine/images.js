// Encoders and decoders of images for the page's engine (chapters 1, 2 and 5): the same equations
// as in encdec_lib/models/{encoder_decoder,cnn_to_cnn,captioning}.py, for one image at a time.

import { affine, relu } from "./arithmetic.js";
import { beside, convolution, maxPool, transposedConvolution } from "./convolution.js";

/** @typedef {import("./types.js").Encoded} Encoded */
/** @typedef {import("./types.js").Image} Image */
/** @typedef {import("./types.js").ImageDecoder} ImageDecoder */
/** @typedef {import("./types.js").ParameterMap} ParameterMap */

/**
 * @param {ParameterMap} P
 * @param {string} name
 * @param {Float32Array} x
 */
const dense = (P, name, x, rows = 1) => affine(x, rows, P[`${name}.kernel`], P[`${name}.bias`]);

/**
 * The blocks of two convolutions at `path`.0, `path`.1, ...
 * @param {ParameterMap} P
 * @param {string} path
 */
function blocksOf(P, path) {
  const blocks = [];
  for (let k = 0; P[`${path}.${k}.conv1.kernel`]; k++) {
    const [first, second] = ["conv1", "conv2"].map((name) =>
      convolution(P[`${path}.${k}.${name}.kernel`], P[`${path}.${k}.${name}.bias`]),
    );
    blocks.push((/** @type {Image} */ image) => second(first(image)));
  }
  return blocks;
}

/**
 * Checks an image source and gives it back.
 * @param {Image} source
 * @param {number | null} side
 */
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

/**
 * Chapter 1: H = relu(x W_1 + b_1) W_2 + b_2, the pixels x row by row.
 * @param {ParameterMap} P
 * @param {{side: number}} settings
 */
function denseEncoder(P, { side }) {
  return (/** @type {Image} */ source) => {
    const hidden = dense(P, "hidden", image(source, side).data).map(relu);
    return { M: 1, vectors: dense(P, "output", hidden) };
  };
}

/**
 * Halves the image scale by scale: the map of each, from fine to coarse.
 * @param {ParameterMap} P
 * @param {string} path of the blocks, one a scale
 */
function scalesOf(P, path) {
  const blocks = blocksOf(P, path),
    factor = 2 ** (blocks.length - 1);
  return (/** @type {Image} */ source) => {
    const { height, width } = image(source);
    if (height % factor || width % factor) {
      throw new Error(`this encoder needs sides divisible by ${factor}; got ${height}×${width}`);
    }
    const maps = [blocks[0](source)];
    for (const block of blocks.slice(1)) maps.push(block(maxPool(maps[maps.length - 1])));
    return maps;
  };
}

/**
 * Chapter 2: the coarsest map is the encoding, the finer ones are its skips.
 * @param {ParameterMap} P
 */
function unetEncoder(P) {
  const scales = scalesOf(P, "blocks");
  return (/** @type {Image} */ source) => {
    const maps = scales(source),
      last = maps[maps.length - 1];
    return { M: last.height * last.width, vectors: last.data, skips: maps.slice(0, -1) };
  };
}

/**
 * Chapter 5: the convolutions of a U-Net, then one vector for the whole grid G, or for each cell:
 * H = flatten(G) W + b, or H_j = G_j W + b, with positions + p_j.
 * @param {ParameterMap} P
 * @param {{side: number, grid?: boolean}} settings
 */
function cnnEncoder(P, { side, grid = false }) {
  const scales = scalesOf(P, "convolutions.blocks"),
    places = P.positions?.data;
  return (/** @type {Image} */ source) => {
    const maps = scales(image(source, side)),
      last = maps[maps.length - 1];
    const M = grid ? last.height * last.width : 1,
      projected = dense(P, "project", last.data, M);
    return { M, vectors: places ? projected.map((value, k) => value + places[k]) : projected };
  };
}

// ---------------------------------------------------------------- decoders

/**
 * Chapter 1: every pixel's logit from one vector, relu(H W_3 + b_3) W_4 + b_4.
 * @param {ParameterMap} P
 * @param {{side: number}} settings
 * @returns {ImageDecoder}
 */
function denseDecoder(P, { side }) {
  return {
    paint({ M, vectors }) {
      if (M !== 1) throw new Error(`this decoder paints from one vector; the encoding has ${M}`);
      const data = dense(P, "output", dense(P, "hidden", vectors).map(relu));
      return { data, height: side, width: side, channels: 1 };
    },
  };
}

/**
 * Chapter 2: doubles the grid scale by scale, beside the encoder's map of that scale where there
 * are skips, and ends in the logits of every pixel: the same product at each, the 1×1 convolution.
 * @param {ParameterMap} P
 * @param {{skips?: boolean}} settings
 * @returns {ImageDecoder}
 */
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
        x = block(wanted ? beside(x, skips[skips.length - 1 - k]) : x);
      });
      const data = dense(P, "output", x.data, x.height * x.width);
      return { ...x, data, channels: P["output.bias"].shape[0] };
    },
  };
}

export const IMAGE_ENCODERS = { dense: denseEncoder, unet: unetEncoder, cnn: cnnEncoder };
export const IMAGE_DECODERS = { dense: denseDecoder, unet: unetDecoder };
