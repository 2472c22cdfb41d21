// The words of the tasks. Nothing here reaches a page.

/** What is learned, as plain JSON. */
export interface TaskConfig {
  /** Of RULES, or "words", or "digits". */
  name: string;
  /** Different symbols of a made-up task; 16 if not told. */
  symbols?: number;
  /** Lengths of the sources of a made-up task. */
  shortest?: number;
  longest?: number;
  /** Whether no symbol stands twice in a source of a made-up task. */
  distinct?: boolean;
  /** The side of the squares cut out of images; the whole image if not told. */
  crop?: number;
  /** The name of its data; the task's own if not told. */
  data?: string;
}

export interface Sizes {
  symbols: number;
  shortest: number;
  longest: number;
}

/** How a made-up task draws a source of length n, and what its answer is. */
export interface Rule {
  /** A fixed number of symbols, where the task has one. */
  symbols?: number;
  /** The fewest symbols of a source. */
  least: number;
  /** Tokens after the symbols. */
  extra(sizes: Sizes): number;
  source(draw: (count: number) => number, n: number, sizes: Sizes): number[];
  answer(source: number[], sizes: Sizes): number[];
}

export interface TokenBatch {
  source: number[][];
  /** Each ends in <eos>. */
  target: number[][];
}

export interface TokenExample {
  source: number[];
  target: number[];
  /** Every answer that counts as right, without <eos>. */
  references: number[][];
  /** As the figures count it. */
  length: number;
}

export interface ImageBatch {
  /** From 0 to 1, image after image, row by row. */
  pixels: Float32Array;
  labels: Int32Array;
  count: number;
}

export interface TokenTask {
  kind: "tokens";
  source_vocab: number;
  target_vocab: number;
  /** Symbols of the longest source. */
  longest: number;
  /** The longest answer that is waited for. */
  most: number;
  /** Examples to learn from. */
  count: number;
  batch(seed: number, n: number, B: number): TokenBatch;
  held(count: number): TokenExample[];
}

export interface ImageTask {
  kind: "images";
  side: number;
  num_classes: number;
  count: number;
  held_count: number;
  batch(seed: number, n: number, B: number): ImageBatch;
  held(count: number, first?: number): ImageBatch;
}

export type Task = TokenTask | ImageTask;
