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
  /** Where the schedule ends; the constant one needs none. */
  steps?: number;
  /** null switches it off. */
  clip?: number | null;
  b1?: number;
  b2?: number;
  eps?: number;
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
}

export interface RunConfig {
  model: ModelConfig;
  weights?: { seed: number } | Exported;
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
  weights: { seed: number } | Exported;
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
  look(sources: ArrayLike<number>[]): Answer[] | ImageAnswer[];
  weights(): Pick<Exported, "manifest"> & { data: ArrayBuffer };
}

// ---------------------------------------------------------------- the worker's post

export interface Orders {
  data: { name: string; bytes: ArrayBuffer | ArrayBufferView };
  build: { run: string; config: RunConfig };
  go: { runs: string[]; race?: "steps" | "time"; at_most_seconds?: number };
  step: { runs: string[]; count: number };
  pause: { why?: "asked" | "hidden" };
  look: { run: string; sources: ArrayLike<number>[] };
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
