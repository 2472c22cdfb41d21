// The words of models that can be trained. Nothing here reaches a page. B examples in a batch, S
// source positions, T target positions, M vectors in an encoding, V vocabulary.

import type { Tape } from "../tape/tape.js";
import type { Floats, Matrix, Parameters } from "../tape/types.js";
import type { AttentionMap, DecoderMaps, Settings, WindowPlace } from "../types.js";

/** B sources and B targets, of any lengths; a target ends in <eos> and leaves <bos> out. */
export interface TokenBatch {
  source: number[][];
  target: number[][];
}

/** `count` images, one after another, row by row, channels last. `labels` for a classifier; an
 *  autoencoder's target is the image itself. */
export interface ImageBatch {
  pixels: ArrayLike<number>;
  labels?: ArrayLike<number>;
  count: number;
}

export type Batch = TokenBatch | ImageBatch;

/** What is encoded, without a target. */
export type Sources = number[][] | ImageBatch;

/** What an encoder writes: M vectors for each of B examples, row b · M + j of `vectors`. Where
 *  real[b · M + j] is 0 nothing stands; null where all is real. */
export interface Encoding {
  B: number;
  M: number;
  vectors: Matrix;
  real: Int32Array | null;
  /** Who looked where, bottom layer first: row (b · H + h) · S + s. */
  maps: HeadMaps[];
  /** Of chapter 4's encoder. */
  path?: StatePath;
}

/** Every state of a layer on its way to the encoding, time-major. */
export interface StatePath {
  states: Matrix[];
  /** How many tokens of each example are real. */
  lengths: number[];
  /** It read from the end. */
  reverse: boolean;
}

/** The weights of B examples and H heads: row (b · heads + h) · rows + t. The first `columns`
 *  columns count, of a cache those that are filled. */
export interface HeadMaps {
  heads: number;
  rows: number;
  columns: number;
  weights: Matrix;
}

/** What a decoder of tokens keeps between steps: what changes, and what stays as it was. */
export interface DecoderState {
  encoding: Encoding;
  /** Steps that are done. */
  done: number;
  /** What every step replaces, row b of B: the state of a recurrent layer. */
  carry: Matrix[];
  /** What stays as it was: keys, or keys and values of each layer in turn. */
  memory: Matrix[];
  /** Keys and values of each layer in turn, with room for all steps, which a step writes into;
   *  empty where all positions are decoded at once. */
  caches: Matrix[];
  temperature: number;
}

export interface Decoded {
  /** Row t · B + b if timeMajor, else b · T + t. */
  logits: Matrix;
  timeMajor: boolean;
  state: DecoderState;
  /** Over the encoding and over the target: one a layer, bottom first; [] without attention. */
  cross: HeadMaps[];
  own: HeadMaps[];
  /** Of local attention: one for each row of its weights. */
  windows?: WindowPlace[];
}

/** One greedy answer. `tokens` leaves <eos> out; `weights` has a row for each step, that of <eos>
 *  too, as wide as the source is long: the mean of the top layer's heads; [] without attention. */
export interface Answer {
  tokens: number[];
  finished: boolean;
  weights: Floats[];
  /** Every layer and head, where `maps` was asked for. */
  maps?: DecoderMaps & { encoder: AttentionMap[] };
}

/** What a model of images says of one: the logits of the classes, or of every pixel. */
export interface ImageAnswer {
  logits: Floats;
  /** Of a classifier: the likeliest class. */
  label?: number;
  /** What it was encoded as, where that is one vector and `maps` was asked for. */
  vector?: Floats;
  maps?: { encoder: AttentionMap[] };
}

export interface AnswerOptions {
  maps?: boolean;
  temperature?: number;
}

/** Whether the decoder is told the true token before target position t of example b, and not its
 *  own likeliest one. It is asked once for each position after the first and each example, by their
 *  place t · B + b, which does not depend on how long the targets are. */
export type Forced = (place: number) => boolean;

export interface TrainableModel {
  encoder: string;
  decoder: string;
  /** What it reads. */
  reads: "tokens" | "images";
  /** What it is made of: an encoder, and a decoder of tokens or of images. */
  parts: { encode: Encode; decoder: TokenDecoder | ImageDecoder };
  /** Mean loss of a batch, in nats a token, an image's label, or an image; while the tape records,
   *  the gradients wait in it: tape.begin(); loss(…); tape.backward(). Without `forced` a decoder
   *  is told every true token. */
  loss(tape: Tape, P: Parameters, batch: Batch, forced?: Forced): number;
  encode(tape: Tape, P: Parameters, sources: Sources): Encoding;
  /** Greedy answers to all sources at once; forgets what was on the tape. */
  answer(
    tape: Tape,
    P: Parameters,
    sources: number[][],
    maxLength: number,
    options?: AnswerOptions,
  ): Answer[];
  /** What is said of images; forgets what was on the tape. */
  look(tape: Tape, P: Parameters, images: ImageBatch, options?: AnswerOptions): ImageAnswer[];
}

export type Encode = (tape: Tape, P: Parameters, sources: Sources) => Encoding;

/** How a decoder of tokens begins. */
export interface StartOptions {
  /** Steps that a cache is to have room for; 0 where all positions are decoded at once. */
  room?: number;
  temperature?: number;
}

/** `tokens` are T ids for each of B examples, batch-major: all of a target, or one step. */
export interface TokenDecoder {
  /** Whether it has scores, which a temperature divides. */
  scores?: boolean;
  start(tape: Tape, P: Parameters, encoding: Encoding, options?: StartOptions): DecoderState;
  decode(tape: Tape, P: Parameters, state: DecoderState, tokens: Int32Array): Decoded;
}

/** Logits, a row an image: of the classes, or of the pixels. */
export interface ImageDecoder {
  kind: "classes" | "pixels";
  logits(tape: Tape, P: Parameters, encoding: Encoding): Matrix;
}

export interface TrainableSettings {
  encoder?: Settings;
  decoder?: Settings;
}
