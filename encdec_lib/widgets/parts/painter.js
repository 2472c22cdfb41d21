// The model that paints: several pictures of one caption at once, a square of each at every step.

import { BOS } from "../../web/engine/engine.js";
import { drawToken, randomOf, shares } from "../../web/engine/sampling.js";

const FIRST = 4; // the token of code 0: specials come before

/**
 * What the model expected of a square, and where it looked; weights head after head.
 * @typedef {object} Expectation
 * @property {number} painted the code that was drawn
 * @property {Float64Array} model shares of all codes
 * @property {Float64Array} drawn shares with temperature and top-k
 * @property {import("../../web/engine/types.js").DecoderMaps} maps
 */

export class Painter {
  /**
   * @param {import("../../web/engine/types.js").Model} model
   * @param {number} lanes how many pictures
   * @param {number} cells squares of a picture
   */
  constructor(model, lanes, cells) {
    this.model = model;
    this.cells = cells;
    this.session = model.open(lanes);
    this.codes = model.vocab - FIRST;
    this.painted = Array.from({ length: lanes }, () => new Int32Array(cells)); // tokens
    this.next = new Array(lanes).fill(BOS); // what every lane reads in the next step
    /** @type {(() => number)[]} random numbers of every lane */
    this.random = [];
    this.dials = { temperature: 1, topK: Infinity, first: FIRST };
    this.done = cells; // squares that are painted
    this.worked = 0; // milliseconds
  }

  get finished() {
    return this.done === this.cells;
  }

  /**
   * Begins all pictures again.
   * @param {number[]} caption ids of its words
   * @param {{temperature: number, topK: number, seed: number}} options
   */
  begin(caption, { temperature, topK, seed }) {
    this.dials = { temperature, topK, first: FIRST };
    this.random = this.painted.map((_, n) => randomOf(seed, n));
    this.session.read(this.model.encode(caption));
    this.next.fill(BOS);
    this.done = 0;
    this.worked = 0;
  }

  /**
   * Paints as many squares as there is time for.
   * @param {number} milliseconds
   * @param {(n: number, square: number, code: number) => void} onSquare picture n has one more
   */
  work(milliseconds, onSquare) {
    const start = performance.now();
    while (!this.finished && performance.now() - start < milliseconds) {
      const logits = this.session.step(this.next);
      for (const [n, tokens] of this.painted.entries()) {
        const own = logits.subarray(n * this.model.vocab, (n + 1) * this.model.vocab);
        const token = drawToken(own, this.random[n], this.dials);
        this.next[n] = token;
        tokens[this.done] = token;
        onSquare(n, this.done, token - FIRST);
      }
      this.done += 1;
    }
    this.worked += performance.now() - start;
  }

  /**
   * The mean ink of every picture, 0 to 1.
   * @param {import("./codebook.js").Codebook} codebook
   */
  inkOf(codebook) {
    return this.painted.map((tokens) => {
      const ink = tokens.reduce((sum, token) => sum + codebook.ink(token - FIRST), 0);
      return ink / this.cells;
    });
  }

  /**
   * Goes back to a square that is painted.
   * @param {number} n which picture
   * @param {number} square
   * @returns {Expectation}
   */
  again(n, square) {
    const tokens = this.painted[n];
    const { logits, maps } = this.session.again(n, square, square ? tokens[square - 1] : BOS);
    return {
      painted: tokens[square] - FIRST,
      model: shares(logits, { first: FIRST }).subarray(FIRST),
      drawn: shares(logits, this.dials).subarray(FIRST),
      maps,
    };
  }
}
