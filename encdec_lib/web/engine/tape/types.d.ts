// The words of the tape: what layers take and give. Nothing here reaches a page.

import type { Floats } from "../types.js";

/** A row of numbers in the tape's memory, in single or, for gradient checks, double precision. */
export type { Floats };

/** Row by row. `grad` is where the gradient gathers; null where nothing is learned about it. */
export interface Matrix {
  rows: number;
  cols: number;
  data: Floats;
  grad: Floats | null;
}

/** Parameters by their path, such as "decoder.rnn.W_in". A vector is one row; a kernel of more
 *  axes has as many columns as its last axis is long. */
export type Parameters = Record<string, Matrix>;

/** What parameters begin with: those of parameters.js, of a Flax model, or drawn at random. */
export type FirstWeights = Record<string, { shape: number[]; data: ArrayLike<number> }>;

/** All parameters side by side, as an optimiser wants them: numbers, gradients, two moments. */
export interface Flat {
  data: Floats;
  grad: Floats;
  m: Floats;
  v: Floats;
  /** How many numbers that is, those between two parameters counted in. */
  n: number;
  /** How many are parameters. */
  parameters: number;
}

export interface TapeOptions {
  /** How much memory is set aside, once; 64 unless told. */
  megabytes?: number;
  /** The matrix product: the fastest that the browser has, unless told. */
  product?: "simd" | "js";
  /** Bits of a number: 32, or 64 for gradient checks, with the JS product. */
  precision?: 32 | 64;
}

/** C (+)= op(A) B, over one memory: A is m × k, the strides of its rows and columns in bytes. */
export type MatrixProduct = (
  m: number,
  n: number,
  k: number,
  a: number,
  rowOfA: number,
  columnOfA: number,
  b: number,
  rowOfB: number,
  c: number,
  rowOfC: number,
  add: number,
) => void;
