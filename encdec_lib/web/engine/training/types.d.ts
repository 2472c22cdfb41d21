// The words of training. Nothing here reaches a page.

import type { Answer, ImageAnswer } from "../models/types.js";
import type { ImageBatch, Task, TaskConfig, TokenBatch } from "../tasks/types.js";
import type { Exported, Settings } from "../types.js";

/** The shape of every parameter by its path. */
export type Shapes = Record<string, number[]>;

/** How a parameter starts, from the key of its stream and its shape. */
export type Draw = (key: number, shape: number[]) => Float32Array;

/** All parameters side by side, with what Adam keeps of each. */
export interface Flat {
  data: Float32Array | Float64Array;
  grad: Float32Array | Float64Array;
  m: Float32Array | Float64Array;
  v: Float32Array | Float64Array;
  n: number;
}

// ---------------------------------------------------------------- a run, as plain JSON

/** Sizes and choices that the weights' shapes depend on, by their names in the library. */
export interface ModelSizes {
  source_vocab?: number;
  target_vocab?: number;
  embed_dim?: number;
  encoder_dim?: number;
  state_dim?: number;
  align_dim?: number;
  d_model?: number;
  heads?: number;
  d_k?: number;
  d_v?: number;
  d_ff?: number;
  layers?: number;
  encoder_layers?: number;
  decoder_layers?: number;
  max_length?: number;
  max_source?: number;
  side?: number;
  patch?: number;
  num_classes?: number;
  hidden_dim?: number;
  encoding_dim?: number;
  tied?: boolean;
  positions?: boolean;
  pool?: string;
}

export interface ModelConfig {
  encoder: string;
  decoder: string;
  settings?: { encoder?: Settings; decoder?: Settings };
  /** By the names of the library's configs; those of the task need not be told. */
  sizes: ModelSizes;
}

export interface TrainingConfig {
  batch?: number;
  learning_rate: number;
  warmup?: number;
  schedule?: string;
  /** Where the schedule ends; "constant" and "inverse_sqrt" need none. */
  steps?: number;
  /** null switches it off. */
  clip?: number | null;
  b1?: number;
  b2?: number;
  eps?: number;
  /** The share of decoder steps, from 0 to 1, at which the decoder is told the true token before;
   *  1 if not told. At the others it is told its own likeliest one. Which they are is drawn for
   *  each target position and example alone, as models/types.d.ts has their places: number
   *  t · B + b of the stream ("forcing", seed, step) below the share means the true one. */
  forcing?: number;
  /** Of the batches. */
  seed?: number;
}

export interface ScoringConfig {
  /** Steps between scores. */
  every?: number;
  /** Held-out examples that a score is taken over. */
  examples?: number;
  /** The score at which a run has solved its task; null: it never has. */
  solved?: number | null;
  at_most_seconds?: number;
  /** Steps after which "go" leaves a run alone; no limit if not told. */
  at_most_steps?: number | null;
  /** Whether a score tells how far back the loss's gradient reaches, too. */
  reach?: boolean;
}

/** Weights that are drawn; `keep_bias` is where the gates that keep a state start. */
export interface Seeded {
  seed: number;
  keep_bias?: number;
}

export interface RunConfig {
  model: ModelConfig;
  weights?: Seeded | Exported;
  task: TaskConfig;
  training: TrainingConfig;
  scoring?: ScoringConfig;
  /** Of memory for one run; 64 if not told. */
  megabytes?: number;
  /** Which matrix product; the best that the browser has if not told. */
  product?: "simd" | "js";
}

/** A config in which everything is told. */
export interface FullConfig extends RunConfig {
  weights: Seeded | Exported;
  training: Required<Omit<TrainingConfig, "steps">> & { steps?: number };
  scoring: Required<ScoringConfig>;
  megabytes: number;
}

// ---------------------------------------------------------------- scores

/** Right answers and errors over examples of one length, or of all. */
export interface Tally {
  count: number;
  /** Share of answers that are right to the last token. */
  exact: number;
  /** Edits over tokens of the reference: of phonemes, the PER. */
  error_rate: number;
}

export interface Score {
  /** What decides whether the run has solved its task: exact, accuracy or nats. */
  score: number;
  measure: "exact" | "accuracy" | "nats";
  exact?: number;
  error_rate?: number;
  by_length?: (Tally & { length: number })[];
  accuracy?: number;
  /** Of an autoencoder, an image. */
  nats?: number;
  /** What is left of the loss's gradient at the encoder's state n steps before its last, from 1. */
  reach?: number[];
  /** Of an autoencoder: the root of the mean squared difference of a pixel, from 0 to 1. */
  difference?: number;
}

export interface Run {
  config: FullConfig;
  task: Task;
  parameters: number;
  product: string;
  steps: number;
  step(): number;
  score(): Score;
  /** The same in parts, so that other work can be done in between. */
  scoring(): Generator<void, Score>;
  /** Scores are divided by the temperature, 1 if not told. */
  look(sources: ArrayLike<number>[], temperature?: number): Answer[] | ImageAnswer[];
  weights(): Pick<Exported, "manifest"> & { data: ArrayBuffer };
}

// ---------------------------------------------------------------- the worker's post

export interface Orders {
  data: { name: string; bytes: ArrayBuffer | ArrayBufferView };
  build: { run: string; config: RunConfig };
  go: { runs: string[]; race?: "steps" | "time"; at_most_seconds?: number };
  step: { runs: string[]; count: number };
  pause: { why?: "asked" | "hidden" };
  look: { run: string; sources: ArrayLike<number>[]; temperature?: number };
  score: { run: string };
  weights: { run: string };
  drop: { run: string };
}

export type Order = { [Type in keyof Orders]: { type: Type } & Orders[Type] }[keyof Orders];

export type Post = (message: Record<string, unknown>, transfer?: ArrayBuffer[]) => void;

export interface TrainerOptions {
  /** How long the post may wait, in ms. */
  slice?: number;
  now?(): number;
  /** Calls back when the post has been read. */
  soon?(then: () => void): void;
}

/** Where a run stands beside its name. */
export interface Lane {
  name: string;
  run: Run;
  seconds: number;
  /** Losses since the last progress was told. */
  losses: number[];
  told: number;
  /** The step that was scored last. */
  scored: number;
  solved: boolean;
  scoring: Generator<void, Score> | null;
}

/** What is going on between "go" and "paused". */
export interface Going {
  lanes: Lane[];
  race: "steps" | "time";
  /** At most so many seconds of training from here, a run. */
  seconds: number;
  /** At most so many steps, of each; Infinity when flat out. */
  steps: number;
  /** Seconds and steps of each run when this began. */
  from: Map<Lane, { seconds: number; steps: number }>;
  stopping: string | null;
}

export type Batch = TokenBatch | ImageBatch;
export type { Exported, ImageBatch, Settings, Task, TaskConfig, TokenBatch };
