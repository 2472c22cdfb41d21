// The U of a U-Net: the scene and the encoder's maps at the left, the decoder's at the right.

import { element } from "../parts/elements.js";
import { addressOf } from "../parts/picture.js";
import { dense, imagesFrom, ink, listed } from "../parts/pixels.js";
import { arrow, label } from "../parts/stepper/marks.js";

/** @typedef {import("./unet_words.js").Block} Block */
/** @typedef {import("./unet_words.js").Network} Network */
/** @typedef {import("../parts/stepper/types.js").At} At */
/** @typedef {import("../parts/pixels.js").Color} Color */

const SHOWN = 3; // maps of a block
const GAP = 4; // px between the maps of a block
const NAME = 20; // px below a block
const MOST = 76; // px of a map
const LEAST_GAP = 38; // px between the two halves, for the arrows

/** What the pictures are made of, as addresses. @typedef {{scene: string, down: string[][], up: string[][], classes: string}} Pictures */

/**
 * All pictures of a network, in the colours of its two halves.
 * @param {Network} network
 * @param {DataView} scene
 * @param {{encoder: Color, decoder: Color, classes: Color[]}} colors
 * @returns {Pictures}
 */
export function picturesOf(network, scene, colors) {
  const { side } = network.down[0];
  /** @param {Block[]} blocks @param {Color} color */
  const addresses = (blocks, color) =>
    blocks.map((block) =>
      block.maps.map((map) => addressOf(imagesFrom(map, block.side)[0], dense(color))),
    );
  const labels = imagesFrom(network.classes, side)[0].map((share) => Math.round(255 * share));
  return {
    scene: addressOf(imagesFrom(scene, side)[0], ink),
    down: addresses(network.down, colors.encoder),
    up: addresses(network.up, colors.decoder),
    classes: addressOf(labels, listed(colors.classes)),
  };
}

/**
 * One picture with a frame.
 * @param {number} x
 * @param {number} y
 * @param {number} side
 * @param {string} href
 * @param {string} role
 */
const tile = (x, y, side, href, role) =>
  element(
    "g",
    {},
    element("image", {
      ...{ href, x, y, width: side, height: side },
      style: "image-rendering:pixelated",
    }),
    element("rect", {
      ...{ class: `bw-hollow is-${role}`, x: x + 0.5, y: y + 0.5 },
      ...{ width: side - 1, height: side - 1, "stroke-opacity": 0.6, style: "stroke-width:1px" },
    }),
  );

/**
 * The maps of a block side by side, and their number below.
 * @param {string[]} hrefs
 * @param {{x: number, y: number, side: number, role: "encoder" | "decoder", phone: boolean}} place
 * @param {Block} block
 */
function maps(hrefs, { x, y, side, role, phone }, block) {
  const words = phone ? `${block.channels}` : `${block.channels} maps`;
  return [
    ...hrefs.map((href, k) => tile(x + k * (side + GAP), y, side, href, role)),
    label(x, y + side + 16, `${words} · ${block.side}×${block.side}`, { size: 13, role: "muted" }),
  ];
}

/**
 * Where everything stands.
 * @param {At} at
 * @param {number} scales
 */
function layout({ width, phone }, scales) {
  const tiles = 2 * SHOWN + 2;
  const side = Math.min(MOST, (width - LEAST_GAP - (tiles - 1) * GAP) / tiles);
  const block = SHOWN * (side + GAP);
  const [left, right] = [side + GAP + (phone ? 0 : 10), width - side - GAP - block];
  const row = side + NAME + 14;
  return { side, left, right: right - (phone ? 0 : 6), end: width - side, block, row, scales };
}

/**
 * The picture of a step.
 * @param {At} at
 * @param {Network} network
 * @param {Pictures} pictures
 */
export function draw(at, network, pictures) {
  const { down, up, skips } = network;
  const { side, left, right, end, block, row } = layout(at, down.length);
  const { phone } = at;
  const y = (/** @type {number} */ k) => 4 + k * row;
  const last = down.length - 1;
  const middle = left + block / 2;
  const nodes = [tile(0, y(0), side, pictures.scene, "muted")];
  down.forEach((one, k) => {
    const place = { x: left, y: y(k), side, role: /** @type {const} */ ("encoder"), phone };
    const way = k
      ? [
          arrow(
            [
              [middle, y(k) - 15],
              [middle, y(k) - 4],
            ],
            "encoder",
          ),
        ] // prettier-ignore
      : [];
    nodes.push(at.row(1 + k, [...maps(pictures.down[k], place, one), ...way]));
  });
  const bottom = at.row(1 + last, [
    label(left + block + 4, y(last) + side / 2 + 5, "H", { role: "encoder", bold: true, size: 18 }),
  ]);
  nodes.push(bottom);
  up.forEach((one, k) => {
    const scale = last - 1 - k;
    const place = { x: right, y: y(scale), side, role: /** @type {const} */ ("decoder"), phone };
    const from = right + block / 2;
    /** @type {[number, number][]} */
    const below = k
      ? [
          [from, y(scale + 1) - 4],
          [from, y(scale + 1) - 15],
        ] // prettier-ignore
      : [
          [left + block + 24, y(last) + side / 2],
          [from, y(last) + side / 2],
          [from, y(last) - 13],
        ]; // prettier-ignore
    const across = y(scale) + side / 2;
    const skip = arrow(
      [
        [left + block + 2, across],
        [right - 8, across],
      ],
      "encoder",
      {
        "stroke-dasharray": "5 4",
      },
    ); // prettier-ignore
    const parts = [...maps(pictures.up[k], place, one), arrow(below, "decoder")];
    nodes.push(at.row(2 + last + k, skips ? [...parts, skip] : parts));
  });
  nodes.push(at.row(2 + last + up.length, [tile(end, y(0), side, pictures.classes, "decoder")]));
  return { height: y(down.length) - 8, nodes };
}
