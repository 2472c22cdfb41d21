// Encoders and decoders of images that the page runs and does not train (chapters 2 and 5): the same
// equations as in encdec_lib/models/{cnn_to_cnn,captioning}.py, for one image at a time.
//
// They stay apart from ../layers, like the convolution below them: batch normalisation is folded into
// it, so there is nothing here that could learn, and one image needs no second copy of itself.

import { affine } from "./arithmetic.js";
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
 * @param {number | null} channels
 */
export function image(source, side = null, channels = null) {
  const { data, height, width, channels: C } = source;
  const said = `got ${data?.length} numbers for ${height}×${width}×${C}`;
  if (data?.length !== height * width * C) throw new Error(`no image: ${said}`);
  if (side === null || (height === side && width === side && C === (channels ?? C))) return source;
  if (channels !== null) {
    throw new Error(`this encoder reads images of ${side}×${side}×${channels} numbers; ${said}`);
  }
  throw new Error(`this encoder reads images of ${side}×${side} pixels; ${said}`);
}

// ---------------------------------------------------------------- encoders

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
export function unetEncoder(P) {
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
export function cnnEncoder(P, { side, grid = false }) {
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
 * Chapter 2: doubles the grid scale by scale, beside the encoder's map of that scale where there
 * are skips, and ends in the logits of every pixel: the same product at each, the 1×1 convolution.
 * @param {ParameterMap} P
 * @param {{skips?: boolean}} settings
 * @returns {ImageDecoder}
 */
export function unetDecoder(P, { skips: wanted = true }) {
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
