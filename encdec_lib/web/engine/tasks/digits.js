// Handwritten digits: images of 16 grey levels that encdec_lib/web/page_data.py packed. A crop
// smaller than the image is taken from a random place in training and from the middle otherwise.

import { drawing, keyOf } from "../training/random.js";

/** @typedef {import("./types.js").ImageBatch} ImageBatch */

const HEADER = 16,
  CLASSES = 10,
  WHITE = 15; // the highest level

/**
 * @param {ArrayBuffer | ArrayBufferView} bytes
 * @param {import("./types.js").TaskConfig} config
 * @returns {import("./types.js").ImageTask}
 */
export function digitsTask(bytes, config) {
  const { side, train, held, labels, levels } = readDigits(bytes),
    { crop = side } = config,
    spare = side - crop,
    N = crop * crop;
  /** @type {(rows: number[], corner: () => number) => ImageBatch} */
  const cut = (rows, corner) => {
    const pixels = new Float32Array(rows.length * N);
    rows.forEach((row, b) => {
      const top = corner(),
        left = corner();
      for (let y = 0; y < crop; y++) {
        const from = row * side * side + (top + y) * side + left;
        for (let x = 0; x < crop; x++) pixels[b * N + y * crop + x] = levels[from + x] / WHITE;
      }
    });
    const named = Int32Array.from(rows, (row) => labels[row]);
    return { pixels, labels: named, count: rows.length };
  };
  return {
    kind: "images",
    side: crop,
    num_classes: CLASSES,
    count: train,
    batch(seed, n, B) {
      const draw = drawing(keyOf("batch", seed, n)),
        rows = Array.from({ length: B }, () => draw(train));
      return cut(rows, () => draw(spare + 1));
    },
    held(count, first = 0) {
      const last = Math.min(first + count, held);
      const rows = Array.from({ length: Math.max(last - first, 0) }, (_, n) => train + first + n);
      return cut(rows, () => spare >> 1);
    },
    held_count: held,
  };
}

/**
 * Header: side, number of training images, number of held-out images, 0; then the labels, one byte
 * each; then the pixels, two to a byte, the first in the high half.
 * @param {ArrayBuffer | ArrayBufferView} bytes
 */
export function readDigits(bytes) {
  const data = ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
  const view = new DataView(data.buffer, data.byteOffset),
    [side, train, held] = [0, 4, 8].map((at) => view.getUint32(at, true)),
    count = train + held,
    labels = data.subarray(HEADER, HEADER + count),
    packed = data.subarray(HEADER + count),
    levels = new Uint8Array(count * side * side); // as floats they would fill four times the room
  for (let k = 0; k < levels.length; k++) {
    levels[k] = k % 2 ? packed[k >> 1] & 15 : packed[k >> 1] >> 4;
  }
  return { side, train, held, labels, levels };
}
