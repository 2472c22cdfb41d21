// A tape: matrices in one memory, and the way back through what was computed with them.
//
// A forward pass calls layers (../layers) one after another. While the tape records, each layer
// leaves a function here that carries the gradient of its output to its inputs; backward() runs
// them from the last to the first. No graph is compiled: lengths, widths and heads may change at
// every step. Every gradient adds to what is there, so a matrix may be used more than once.

import { OutOfMemory, reserve } from "./memory.js";
import { productOver, transpose } from "./product.js";

/** @typedef {import("./types.js").FirstWeights} FirstWeights */
/** @typedef {import("./types.js").Flat} Flat */
/** @typedef {import("./types.js").Floats} Floats */
/** @typedef {import("./types.js").Matrix} Matrix */
/** @typedef {import("./types.js").Parameters} Parameters */

/**
 * The next multiple of four: a row of numbers begins where four are read at once.
 * @param {number} n
 */
const evenly = (n) => (n + 3) & ~3;

export class Tape {
  /** @param {import("./types.js").TapeOptions} [options] */
  constructor({ megabytes = 64, product, precision = 32 } = {}) {
    const { buffer, memory } = reserve(megabytes, precision === 32 && product !== "js");
    /** @type {Floats} */
    this.heap = precision === 64 ? new Float64Array(buffer) : new Float32Array(buffer);
    const { multiply, kind } = productOver({ heap: this.heap, memory }, product);
    this.multiply = multiply;
    /** What computes the products: "simd" or "js". */
    this.product = kind;
    this.megabytes = megabytes;
    this.recording = true;
    this.top = 0; // the first free number
    this.floor = 0; // the first after the parameters
    this.high = 0; // all from here on are still zeros
    /** @type {(() => void)[]} */
    this.wayBack = [];
    /** @type {Flat} */
    this.flat = this.flatOf(0, 0, false);
  }

  // ---------------------------------------------------------------- memory

  /**
   * A row of n zeros.
   * @param {number} n
   */
  numbers(n) {
    const start = this.top;
    this.top = start + evenly(n);
    if (this.top > this.heap.length) {
      this.top = start;
      throw new OutOfMemory(
        `This needs more than the ${this.megabytes} MB set aside for it: choose a smaller batch, ` +
          `shorter sequences or a narrower model.`,
      );
    }
    if (this.top > this.high) this.high = this.top;
    return this.heap.subarray(start, start + n);
  }

  /**
   * A matrix of zeros that a layer fills, with room for its gradient while the tape records.
   * @param {number} rows
   * @param {number} cols
   * @returns {Matrix}
   */
  zeros(rows, cols) {
    const data = this.numbers(rows * cols);
    return { rows, cols, data, grad: this.recording ? this.numbers(rows * cols) : null };
  }

  /**
   * A matrix of given numbers, zeros if left out, which nothing is learned about.
   * @param {number} rows
   * @param {number} cols
   * @param {ArrayLike<number>} [values]
   * @returns {Matrix}
   */
  constant(rows, cols, values) {
    const data = this.numbers(rows * cols);
    if (values) data.set(values);
    return { rows, cols, data, grad: null };
  }

  /**
   * @param {number} n
   * @param {number} parameters
   * @param {boolean} learn
   * @returns {Flat}
   */
  flatOf(n, parameters, learn) {
    const data = this.numbers(n);
    const [grad, m, v] = Array.from({ length: 3 }, () => this.numbers(learn ? n : 0));
    return { data, grad, m, v, n, parameters };
  }

  /**
   * Begins anew with these parameters, side by side in `flat`. Those that do not `learn` have no
   * gradients and take a quarter of the room.
   * @param {FirstWeights} first
   * @returns {Parameters}
   */
  parameters(first, learn = true) {
    this.heap.fill(0, 0, this.high);
    this.top = 0;
    const entries = Object.entries(first);
    const n = entries.reduce((sum, [, { data }]) => sum + evenly(data.length), 0);
    const parameters = entries.reduce((sum, [, { data }]) => sum + data.length, 0);
    this.flat = this.flatOf(n, parameters, learn);
    /** @type {Parameters} */
    const P = {};
    let at = 0;
    for (const [path, { shape, data }] of entries) {
      const cols = shape[shape.length - 1],
        end = at + data.length;
      P[path] = {
        rows: data.length / cols,
        cols,
        data: this.flat.data.subarray(at, end),
        grad: learn ? this.flat.grad.subarray(at, end) : null,
      };
      P[path].data.set(data);
      at += evenly(data.length);
    }
    this.floor = this.top;
    this.wayBack.length = 0;
    return P;
  }

  /** Forgets everything but the parameters; `recording` says whether there will be a way back. */
  begin(recording = true) {
    this.release(this.floor);
    this.high = this.floor;
    this.wayBack.length = 0;
    this.recording = recording;
  }

  /**
   * Forgets what was made since tape.top was `mark`: for many steps in little memory, and only
   * if none of it was recorded.
   * @param {number} mark
   */
  release(mark) {
    this.heap.fill(0, mark, this.high);
    this.top = this.high = mark;
  }

  /** Computes without a way back, and forgets all that was made. @param {() => void} work */
  aside(work) {
    const { recording, top } = this;
    this.recording = false;
    work();
    this.recording = recording;
    this.release(top);
  }

  // ---------------------------------------------------------------- the way back

  /**
   * What is to be done on the way back; nothing while the tape does not record.
   * @param {() => void} step
   */
  later(step) {
    if (this.recording) this.wayBack.push(step);
  }

  /** Carries the gradient of a loss to everything it came from. */
  backward() {
    for (let n = this.wayBack.length - 1; n >= 0; n--) this.wayBack[n]();
    this.wayBack.length = 0;
  }

  // ---------------------------------------------------------------- products

  /**
   * C (+)= A B, with C m × n and k numbers in each sum; `wide` are the rows' lengths in memory.
   * @param {number} m
   * @param {number} n
   * @param {number} k
   * @param {Floats} A
   * @param {number} wideA
   * @param {Floats} B
   * @param {number} wideB
   * @param {Floats} C
   * @param {number} wideC
   * @param {boolean} add to what is in C
   */
  mul(m, n, k, A, wideA, B, wideB, C, wideC, add) {
    const bytes = this.heap.BYTES_PER_ELEMENT;
    this.multiply(
      m,
      n,
      k,
      A.byteOffset,
      bytes * wideA,
      bytes,
      B.byteOffset,
      bytes * wideB,
      C.byteOffset,
      bytes * wideC,
      add ? 1 : 0,
    );
  }

  /**
   * C += Aᵀ B: A is k × m in memory. So are the gradients of weights, sums over rows.
   * @param {number} m
   * @param {number} n
   * @param {number} k
   * @param {Floats} A
   * @param {number} wideA
   * @param {Floats} B
   * @param {number} wideB
   * @param {Floats} C
   * @param {number} wideC
   */
  addTransposedMul(m, n, k, A, wideA, B, wideB, C, wideC) {
    const bytes = this.heap.BYTES_PER_ELEMENT;
    this.multiply(
      m,
      n,
      k,
      A.byteOffset,
      bytes,
      bytes * wideA,
      B.byteOffset,
      bytes * wideB,
      C.byteOffset,
      bytes * wideC,
      1,
    );
  }

  /**
   * A copy with rows and columns exchanged, since the right-hand side of a product is read by rows.
   * @param {Floats} A
   * @param {number} rows
   * @param {number} cols
   */
  transposed(A, rows, cols) {
    const copy = this.numbers(rows * cols);
    transpose(copy, A, rows, cols);
    return copy;
  }
}
