// What the figure says of each step of a U-Net, made of the sizes of its own blocks.

import { decoder, encoder } from "../parts/stepper/marks.js";

/** @typedef {import("../parts/stepper/types.js").Sentence} Sentence */

/**
 * A block as Python describes it.
 * @typedef {{side: number, channels: number, maps: DataView[]}} Block
 */

/**
 * @typedef {object} Network
 * @property {string} name
 * @property {boolean} skips
 * @property {Block[]} down fine to coarse
 * @property {Block[]} up coarse to fine
 * @property {DataView} classes
 */

/** Scene, each block down, each block up, classes. @param {Network} network */
export const stepsOf = ({ down, up }) => 1 + down.length + up.length + 1;

/** @param {Block} block */
const size = ({ side, channels }) => `${channels} maps of ${side}×${side}`;

/**
 * @param {Network} network
 * @param {number} k which block, from 0
 * @returns {Sentence}
 */
function downwards({ down }, k) {
  const block = down[k];
  if (k === 0) {
    return [
      ...["The first block makes ", encoder(size(block)), " from it. The three that vary most are"],
      " drawn: each has found its own kind of stroke or edge, and every stroke is in its place.",
    ];
  }
  if (k < down.length - 1) {
    return [
      ...["Pooling halves the sides, and block ", String(k + 1), " makes ", encoder(size(block))],
      ". A number here has seen a larger part of the scene, and says less exactly where.",
    ];
  }
  return [
    ...[
      "The last block down gives the bottleneck ",
      encoder("H"),
      `, ${size(block)}. What is in a`,
    ],
    ` cell is known by its ${block.channels} numbers; where in the cell it lies is hardly known.`,
  ];
}

/**
 * @param {Network} network
 * @param {number} k which block up, from 0
 * @returns {Sentence}
 */
function upwards({ up, down, skips }, k) {
  const block = up[k];
  const start = k === 0 ? "Now up again: a" : "A";
  const first = [`${start} transposed convolution doubles the sides to ${block.side}. `];
  if (!skips) {
    const last =
      k === up.length - 1
        ? "The strokes come out thick and smooth, since no map with fine edges was at hand."
        : "Nothing is handed across, so it can only work with what came through H.";
    return [...first, last];
  }
  const skip = down[down.length - 2 - k];
  return [
    ...first,
    ...["Beside its maps the encoder’s ", encoder(size(skip)), " are laid, and the block makes "],
    ...[decoder(size(block)), " from both."],
  ];
}

/**
 * The sentence of a step.
 * @param {Network} network
 * @param {number} step from 0
 * @returns {Sentence}
 */
export function says(network, step) {
  const { down, up } = network;
  const side = down[0].side;
  if (step === 0) {
    return [`A scene of ${side}×${side} pixels goes in. Darker is more ink.`];
  }
  if (step <= down.length) return downwards(network, step - 1);
  if (step <= down.length + up.length) return upwards(network, step - 1 - down.length);
  return [
    "One matrix, the same at every pixel, makes a probability for each class of the last maps. ",
    ...["Each pixel is drawn in the colour of its ", decoder("most probable class"), "."],
  ];
}
