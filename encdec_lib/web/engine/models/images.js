// Models of images that a page can train: the dense autoencoder of chapter 1 and the Vision
// Transformer of chapter 14, the same equations as in encdec_lib/models/{encoder_decoder,
// vision_transformer}.py. B images, M patches, D width of a vector.

import { add, reluOf } from "../layers/elementwise.js";
import { dense } from "../layers/linear.js";
import { cutImages } from "../layers/patches.js";
import { below, mean, rows } from "../layers/shapes.js";
import { EngineError } from "../tape/memory.js";
import { blockSettings, blocksIn, encoderBlock, lastNorm } from "./blocks.js";

/** @typedef {import("../tape/tape.js").Tape} Tape */
/** @typedef {import("../tape/types.js").Matrix} Matrix */
/** @typedef {import("../tape/types.js").Parameters} Parameters */
/** @typedef {import("./types.js").Encode} Encode */
/** @typedef {import("./types.js").ImageBatch} ImageBatch */
/** @typedef {import("./types.js").ImageDecoder} ImageDecoder */

/**
 * Checks that `pixels` are `count` images of `size` numbers each.
 * @param {import("./types.js").Sources} sources
 * @param {number} size
 */
function imagesOf(sources, size) {
  const { pixels, count } = /** @type {ImageBatch} */ (sources);
  if (count > 0 && pixels.length === count * size) return { pixels, B: count };
  throw new EngineError(
    `A batch needs at least one image, each of ${size} numbers; got ${pixels.length} numbers for ` +
      `${count} images.`,
  );
}

/**
 * One hidden layer between two vectors: relu(x W_1 + b_1) W_2 + b_2.
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {string} side
 * @param {Matrix} x
 */
const twoLayers = (tape, P, side, x) =>
  dense(tape, P, `${side}.output`, reluOf(tape, dense(tape, P, `${side}.hidden`, x)));

/**
 * Chapter 1: one vector for an image.
 * @returns {Encode}
 */
export function denseEncoder() {
  return (tape, P, sources) => {
    const size = P["encoder.hidden.kernel"].rows,
      { pixels, B } = imagesOf(sources, size);
    const vectors = twoLayers(tape, P, "encoder", tape.constant(B, size, pixels));
    return { B, M: 1, vectors, real: null, maps: [] };
  };
}

/**
 * Chapter 1: the logits of every pixel from one vector.
 * @returns {ImageDecoder}
 */
export function denseDecoder() {
  return {
    kind: "pixels",
    logits(tape, P, { M, vectors }) {
      if (M === 1) return twoLayers(tape, P, "decoder", vectors);
      throw new EngineError(`This decoder paints from one vector; the encoding has ${M}.`);
    },
  };
}

/**
 * Chapter 14: a vector for each patch, after layers in which each looks at all; with a class token
 * it is the first of them.
 * @param {import("../types.js").Settings} told
 * @returns {Encode}
 */
export function vitEncoder(told) {
  const settings = blockSettings(told),
    { heads, epsilon } = settings,
    { side = 28, patch = 7, channels = 1 } = told;
  const M = (side / patch) ** 2,
    size = patch * patch * channels;
  return (tape, P, sources) => {
    const { pixels, B } = imagesOf(sources, M * size),
      patches = tape.constant(B * M, size);
    cutImages(patches.data, pixels, B, { side, patch, channels });
    let x = dense(tape, P, "encoder.embed.project", patches);
    const first = P["encoder.class_token"],
      T = first ? M + 1 : M;
    if (first) {
      // The token stands below all patches: row B · M, which every image takes as its first.
      const places = Int32Array.from({ length: B * T }, (_, i) =>
        i % T ? Math.floor(i / T) * M + (i % T) - 1 : B * M,
      );
      x = rows(tape, below(tape, [x, first]), places);
    }
    if (P["encoder.positions"]) x = add(tape, x, P["encoder.positions"]);
    const maps = [];
    for (let n = 0; n < blocksIn(P, "encoder"); n++) {
      const block = encoderBlock(tape, P, `encoder.blocks.${n}`, x, B, settings, {});
      x = block.x;
      maps.push({ heads, rows: T, columns: T, weights: block.weights });
    }
    return { B, M: T, vectors: lastNorm(tape, P, "encoder", x, epsilon), real: null, maps };
  };
}

/**
 * Chapter 14's last layer: logits from the class token's vector, or from the mean of all.
 * @param {import("../types.js").Settings} settings
 * @returns {ImageDecoder}
 */
export function classDecoder({ pool = "class" }) {
  return {
    kind: "classes",
    logits(tape, P, { B, M, vectors }) {
      const read =
        pool === "mean"
          ? mean(tape, vectors, B)
          : rows(
              tape,
              vectors,
              Int32Array.from({ length: B }, (_, b) => b * M),
            );
      return dense(tape, P, "decoder.head", read);
    },
  };
}
