// The Vision Transformers of the widget, one a patch size, and what each makes of a sheet of ink.

import { argmax, softmax } from "../../web/engine/arithmetic.js";
import { loadModel } from "../../web/engine/engine.js";

/** @typedef {import("../parts/exported.js").Exported} Exported */
/** @typedef {Exported & {settings: {decoder: {pool: string}}}} ExportedViT */

export class DigitModels {
  /**
   * @param {ExportedViT[]} exported
   * @param {number} side of the sheet
   */
  constructor(exported, side) {
    this.side = side;
    this.models = exported.map((one) => ({
      ...loadModel(one),
      pool: one.settings.decoder.pool,
    }));
    this.ink = new Float32Array(side * side);
    /** @type {ReturnType<DigitModels["run"]>[]} what the models made of the ink, as far as asked */
    this.found = [];
  }

  /**
   * What model k makes of the ink; asked again of the same ink it answers at once.
   * @param {number} k
   * @param {Float32Array} ink
   */
  answer(k, ink) {
    if (!this.ink.every((dot, n) => dot === ink[n])) {
      this.ink = ink.slice();
      this.found = [];
    }
    this.found[k] ??= this.run(k);
    return this.found[k];
  }

  /** @param {number} k */
  run(k) {
    const { encode, classify } = this.models[k];
    const encoding = encode({ data: this.ink, height: this.side, width: this.side, channels: 1 });
    const shares = softmax(classify(encoding));
    return { encoding, shares, top: argmax(shares) };
  }
}
