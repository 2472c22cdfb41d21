// One prefix and several answers to it, for the decoder-only model of prefix.js.
//
// The S vectors of a prefix and the T target positions after them stand in one sequence. A session
// reads the prefix once, then writes one token a step in each of its lanes. A lane has S + T places;
// what was read there, keys and values, is kept. All arrays of a session are made when it is opened,
// none in a step. D width, H heads, K width of a head, F inner width, V vocabulary.

import { attend } from "./in_place.js";

/** @typedef {import("./types.js").Encoded} Encoded */
/** @typedef {import("./in_place.js").Product} Product */
/** @typedef {(y: Float64Array, x: Float64Array, N: number) => void} Into */

/**
 * What a session needs of a model: its blocks, bottom first, and the layers above them;
 * embed(x, at, token, t) puts a token that stands at place t of the target into x, from `at` on.
 * @typedef {object} Stack
 * @property {{query: Product, key: Product, value: Product, output: Product, hidden: Product,
 *   fed: Product, beforeAttention: Into, beforeNetwork: Into}[]} blocks
 * @property {Into} last
 * @property {Product} output
 * @property {(x: Float64Array, at: number, token: number, t: number) => void} embed
 * @property {number} width D
 * @property {number} heads H
 * @property {number} longest the longest prefix
 * @property {number} room the longest target
 * @property {boolean} full whether all of the prefix looks at all of it
 */

export class Session {
  /**
   * @param {Stack} stack
   * @param {number} lanes
   */
  constructor(stack, lanes) {
    const D = stack.width,
      places = stack.longest + stack.room, // of a lane
      most = Math.max(lanes, stack.longest); // rows of a pass
    const numbers = (/** @type {number} */ width) => new Float64Array(most * width);
    this.stack = stack;
    this.lanes = lanes;
    this.places = places;
    this.prefix = 0;
    this.done = 0; // target tokens that every lane has read
    this.x = numbers(D);
    this.normed = numbers(D);
    this.query = numbers(D);
    this.found = numbers(D);
    this.key = numbers(D);
    this.value = numbers(D);
    this.hidden = numbers(stack.blocks[0].hidden.out);
    this.logits = numbers(stack.output.out);
    this.kept = stack.blocks.map(() => ({
      keys: new Float32Array(lanes * places * D),
      values: new Float32Array(lanes * places * D),
    }));
    this.weights = stack.blocks.map(() => numbers(stack.heads * places)); // of the last pass
    this.lane = new Int32Array(most); // where each row of a pass stands, and how much it looks at
    this.here = new Int32Array(most);
    this.seen = new Int32Array(most);
  }

  /**
   * Begins anew, after this prefix.
   * @param {Encoded} encoding
   */
  read({ M, vectors }) {
    const { lanes, places, lane, here, seen } = this,
      { width: D, longest, full } = this.stack;
    if (vectors.length !== M * D || M > longest) {
      throw new Error(
        `this decoder reads at most ${longest} vectors of width ${D}, not ${M} ` +
          `of width ${vectors.length / M}`,
      );
    }
    this.prefix = M;
    this.done = 0;
    this.x.set(vectors);
    for (let n = 0; n < M; n++) {
      lane[n] = 0;
      here[n] = n;
      seen[n] = full ? M : n + 1;
    }
    this.pass(M);
    for (const { keys, values } of this.kept) {
      for (let n = 1; n < lanes; n++) {
        keys.copyWithin(n * places * D, 0, M * D);
        values.copyWithin(n * places * D, 0, M * D);
      }
    }
    return this;
  }

  /**
   * Reads one token in every lane: logits of the next, lane after lane, good until the session
   * is used again.
   * @param {number[]} tokens
   */
  step(tokens) {
    for (let n = 0; n < this.lanes; n++) {
      this.lane[n] = n;
      this.put(n, tokens[n], this.done);
    }
    this.pass(this.lanes);
    this.done += 1;
    return this.score(this.lanes);
  }

  /**
   * Goes back to place t of one lane, which read `token` there: {logits, maps} of then. The
   * lane is left as it was.
   * @param {number} lane
   * @param {number} t
   * @param {number} token
   */
  again(lane, t, token) {
    if (t >= this.done) throw new Error(`place ${t + 1} is not read yet; ${this.done} are`);
    this.lane[0] = lane;
    this.put(0, token, t);
    this.pass(1);
    return { logits: this.score(1).slice(), maps: this.maps(0) };
  }

  /**
   * The maps of row n of the last step.
   * @param {number} n
   */
  maps(n) {
    const { heads } = this.stack;
    const part = (/** @type {number} */ from, /** @type {number} */ to) =>
      this.weights.map((layer) => {
        const weights = new Float32Array(heads * (to - from));
        for (let h = 0; h < heads; h++) {
          const start = (n * heads + h) * this.places;
          weights.set(layer.subarray(start + from, start + to), h * (to - from));
        }
        return { heads, rows: 1, columns: to - from, weights };
      });
    return { cross: part(0, this.prefix), own: part(this.prefix, this.seen[n]) };
  }

  /**
   * Another session that has read the first t target tokens.
   * @param {number} t
   */
  copy(t) {
    const other = new Session(this.stack, this.lanes);
    other.prefix = this.prefix;
    other.done = t;
    other.kept.forEach(({ keys, values }, l) => {
      keys.set(this.kept[l].keys);
      values.set(this.kept[l].values);
    });
    return other;
  }

  /**
   * Puts a token that stands at place t of the target into row n.
   * @param {number} n
   * @param {number} token
   * @param {number} t
   */
  put(n, token, t) {
    this.stack.embed(this.x, n * this.stack.width, token, t);
    this.here[n] = this.prefix + t;
    this.seen[n] = this.prefix + t + 1;
  }

  /**
   * Takes N rows of x through all blocks; row n stands at here[n] of lane[n], looks at seen[n]
   * places from the first on.
   * @param {number} N
   */
  pass(N) {
    const { x, normed, hidden } = this,
      D = this.stack.width;
    this.stack.blocks.forEach((block, l) => {
      const F = block.hidden.out;
      block.beforeAttention(normed, x, N);
      block.query.into(this.query, normed, N);
      block.key.into(this.key, normed, N);
      block.value.into(this.value, normed, N);
      this.keep(N, l);
      this.attend(N, l);
      block.output.into(normed, this.found, N);
      for (let k = 0; k < N * D; k++) x[k] += normed[k];
      block.beforeNetwork(normed, x, N);
      block.hidden.into(hidden, normed, N);
      for (let k = 0; k < N * F; k++) if (hidden[k] < 0) hidden[k] = 0;
      block.fed.into(normed, hidden, N);
      for (let k = 0; k < N * D; k++) x[k] += normed[k];
    });
  }

  /**
   * Puts the keys and values of N rows where they stand in layer l.
   * @param {number} N
   * @param {number} l
   */
  keep(N, l) {
    const { places, lane, here, key, value } = this,
      { keys, values } = this.kept[l],
      D = this.stack.width;
    for (let n = 0; n < N; n++) {
      const to = (lane[n] * places + here[n]) * D;
      for (let k = 0, from = n * D; k < D; k++, from++) {
        keys[to + k] = key[from];
        values[to + k] = value[from];
      }
    }
  }

  /**
   * Every head of N rows of layer l.
   * @param {number} N
   * @param {number} l
   */
  attend(N, l) {
    const { places, lane, seen, query, found } = this,
      { keys, values } = this.kept[l],
      weights = this.weights[l];
    const { width: D, heads: H } = this.stack,
      K = D / H;
    for (let n = 0; n < N; n++) {
      for (let h = 0; h < H; h++) {
        const first = lane[n] * places * D + h * K,
          at = n * D + h * K,
          to = (n * H + h) * places;
        attend(query, at, keys, values, first, seen[n], D, K, weights, to, found, at);
      }
    }
  }

  /**
   * The logits of N rows, one after another.
   * @param {number} N
   */
  score(N) {
    const { last, output } = this.stack;
    last(this.normed, this.x, N);
    output.into(this.logits, this.normed, N);
    return this.logits.subarray(0, N * output.out);
  }
}
