// One caption, the picture that is written for it, and the cache at some of its squares.

import { EOS } from "../../web/engine/engine.js";
import { meanHead } from "../../web/engine/transformer.js";
import { Painter } from "../parts/painter.js";

const FIRST = 3; // squares that are shown one after another
const SHOWN = 12; // numbers of a key and of a value
const EMPTY = 0.02; // ink of a code that is called empty

/** @typedef {{key: number[], value: number[]}} Kept the first numbers of a row of the cache */

/**
 * The model at one square: the t-th, counted from 0, for which t + 1 rows stand behind the caption's.
 * @typedef {object} Square
 * @property {number} t
 * @property {number} code
 * @property {number} share its probability, as the model bets
 * @property {Float32Array} words how much is read of each token of the caption
 * @property {Float32Array} own of the start sign and each square that stands, in the top layer
 */

export class Writing {
  /**
   * @param {import("../../web/engine/types.js").Model} model
   * @param {string[]} words
   * @param {object} how
   * @param {import("../parts/tokens.js").Vocabulary} how.vocabulary
   * @param {import("../parts/codebook.js").Codebook} how.codebook
   * @param {number} how.columns
   * @param {number} how.temperature
   * @param {number} how.seed
   */
  constructor(model, words, { vocabulary, codebook, columns, temperature, seed }) {
    this.names = [...words, "end"];
    this.codebook = codebook;
    this.columns = columns;
    this.painter = new Painter(model, 1, columns ** 2);
    const ids = [...vocabulary.encode(words), EOS];
    this.painter.begin(ids, { temperature, topK: Infinity, seed });
    /** @type {number[]} codes, row by row */
    this.codes = [];
    /** @type {Map<number, Square>} */
    this.known = new Map();
  }

  /** Rows of the caption in the cache. */
  get S() {
    return this.names.length;
  }

  /** Layers, and numbers of a key. */
  get size() {
    const { kept, stack } = this.painter.session;
    return { layers: kept.length, width: stack.width };
  }

  /**
   * Paints as much as there is time for.
   * @param {number} milliseconds
   */
  work(milliseconds) {
    this.painter.work(milliseconds, (_, square, code) => {
      this.codes[square] = code;
    });
  }

  /** @param {number} t */
  empty(t) {
    return this.codebook.ink(this.codes[t]) < EMPTY;
  }

  /** The squares that are shown, in order; all that there are of them so far. */
  stops() {
    const cells = this.columns ** 2;
    const first = this.codes.findIndex((_, t) => t >= FIRST && !this.empty(t));
    const ink = first < 0 ? [] : [first, first + this.columns];
    const all = [...Array(FIRST).keys(), ...ink, cells / 2 + this.columns / 2, cells - 1];
    const whole = [...new Set(all.map(Math.floor))].sort((a, b) => a - b);
    return whole.filter((t) => t < this.codes.length && t < cells);
  }

  /** @param {number} t @returns {Square} */
  square(t) {
    const before = this.known.get(t);
    if (before) return before;
    const { maps, model, painted } = this.painter.again(0, t);
    const top = maps.cross.length - 1;
    const square = {
      t,
      code: painted,
      share: model[painted],
      words: meanHead(maps.cross[top]),
      own: meanHead(maps.own[top]),
    };
    this.known.set(t, square);
    return square;
  }

  /**
   * What a place of the cache holds in the top layer; the caption's come first.
   * @param {number} place
   * @returns {Kept}
   */
  kept(place) {
    const { kept, stack } = this.painter.session;
    const { keys, values } = kept[kept.length - 1];
    const from = place * stack.width;
    const few = (/** @type {Float32Array} */ all) => [...all.subarray(from, from + SHOWN)];
    return { key: few(keys), value: few(values) };
  }

  /**
   * Rows that have gone through the layers once square t is written: {cached, anew}.
   * @param {number} t from 0; −1 is before the first
   */
  rows(t) {
    const n = t + 1;
    return { cached: this.S + n, anew: t < 0 ? this.S : n * this.S + (n * (n + 1)) / 2 };
  }
}
