// The words of the page's engine: what goes into a model, what comes out, and what lies between.
// Nothing here reaches a page. Shape letters as in engine.js.

/** Numbers in a row, whatever holds them: an array or a typed array. */
export interface Numbers {
  readonly length: number;
  [place: number]: number;
  reduce(step: (sum: number, value: number, place: number) => number, start: number): number;
  [Symbol.iterator](): Iterator<number>;
}

/** An array that can be written to, in single or double precision. */
export type Floats = Float32Array | Float64Array;

/** A matrix, a kernel or a vector, row by row. */
export interface Tensor {
  data: Float32Array;
  shape: number[];
}

/** The parameters of a model, or of a part of it, by their path, such as "rnn.W_in". */
export type ParameterMap = Record<string, Tensor>;

// ---------------------------------------------------------------- what export.py wrote

/** Where one parameter lies among the bytes. */
export interface Entry {
  offset: number;
  shape: number[];
  dtype: string;
  /** Where the scales of int8 lie, one for each of the last axis. */
  scale?: number;
}

/** A model as encdec_lib.web.export_model gives it. The settings of a part are what its weights do
 *  not say: parts.py writes them, and each part has its own. */
export interface Exported {
  encoder: string;
  decoder: string;
  manifest: Record<string, Entry>;
  data: ArrayBuffer | ArrayBufferView;
  settings?: { encoder?: Settings; decoder?: Settings };
}

/** Everything that a part may be told; which of them one is told depends on the part. */
export interface Settings extends Partial<TransformerSettings & ViTSettings & PrefixSettings> {
  reverse_source?: boolean;
  /** Of a recurrent layer whose weights are drawn: gru if not told, lstm or tanh. */
  cell?: string;
  grid?: boolean;
  skips?: boolean;
  pool?: string;
  query?: string;
  read?: string;
  score?: string;
  window?: WindowSettings | null;
}

/** How the blocks of a Transformer are built. */
export interface BlockSettings {
  heads: number;
  scaled: boolean;
  pre_norm: boolean;
  positions?: string;
  activation?: string;
  epsilon?: number;
  /** false: in training a target position sees those after it, the answer among them. */
  causal?: boolean;
}

export interface TransformerSettings extends BlockSettings {
  positions: string;
}

export interface PrefixSettings extends BlockSettings {
  prefix: string;
  prefix_length: number;
}

export interface ViTSettings extends BlockSettings {
  side: number;
  patch: number;
  channels: number;
}

/** Of local attention (chapter 9): monotonic or predictive, and how far it reaches to each side. */
export interface WindowSettings {
  kind: string;
  half_width: number;
}

// ---------------------------------------------------------------- in and out

/** Row by row, channels last. */
export interface Image {
  data: Float32Array;
  height: number;
  width: number;
  channels: number;
}

/** Token ids, or an image. */
export type Source = number[] | Image;

/** Who looked where in one layer: the weight of row t for column s in head n is
 *  weights[(n · rows + t) · columns + s]. */
export interface AttentionMap {
  heads: number;
  rows: number;
  columns: number;
  weights: Float32Array;
}

/** What an encoder writes: M vectors, row by row. */
export interface Encoded {
  M: number;
  vectors: Float32Array;
  /** The finer feature maps of a U-Net, from fine to coarse. */
  skips?: Image[];
  /** Who looked where in the encoder, the bottom layer first. */
  maps?: AttentionMap[];
}

/** A window of local attention: its centre, and the first and the last place inside. */
export interface WindowPlace {
  centre: number;
  first: number;
  last: number;
}

/** The maps of one step, or of a whole answer: over the target and over the encoding. */
export interface DecoderMaps {
  own: AttentionMap[];
  cross: AttentionMap[];
}

/** What a decoder of tokens gives for one token. */
export interface Step<State = unknown> {
  state: State;
  logits: Float32Array;
  /** Over the M vectors of the encoding; null of a decoder that never looks back. */
  weights: Float32Array | null;
  window?: WindowPlace;
  maps?: DecoderMaps;
}

/** A greedy answer; see greedy() of engine.js. */
export interface Answer {
  tokens: number[];
  weights: (Float32Array | null)[];
  entropies: (number | null)[];
  windows: (WindowPlace | null)[];
  logProbs: number[];
  maps: DecoderMaps & { encoder: AttentionMap[] };
  finished: boolean;
}

// ---------------------------------------------------------------- models

/** A step's state is the decoder's own affair: it is handed back as it came. */
export interface TokenDecoder<State = unknown> {
  /** Of models/reading.js: whether it has scores, which a temperature divides. */
  scores?: boolean;
  start(encoding: Encoded, options?: { temperature?: number }): State;
  /** Of a decoder that divides its scores, `temperature` is another one for this step alone. */
  step(state: State, token: number, options?: { temperature?: number }): Step<State>;
}

/** Of prefix.js: also writes several answers at once. */
export interface PrefixDecoder extends TokenDecoder {
  room: number;
  vocab: number;
  open(lanes: number): import("./session.js").Session;
}

export interface ImageDecoder {
  /** The logits of every pixel. */
  paint(encoding: Encoded): Image;
}

export interface ClassDecoder {
  /** The logits of the classes. */
  classify(encoding: Encoded): Float32Array;
}

/** Written as a method, so that an encoder of one kind of source counts as an encoder. */
export interface Encoder {
  encode(source: Source): Encoded;
}

/** A model ready to run. Which of the decoders' methods it has depends on what was exported: a
 *  figure knows what it was given, so the type has them all. */
export interface Model extends Encoder, PrefixDecoder, ImageDecoder, ClassDecoder {
  encoder: string;
  decoder: string;
}

/** What a part is built from: the bench on which layers that also train run, its settings, and its
 *  own parameters, by their paths in it. */
export interface Given {
  bench: import("./workbench.js").Workbench;
  /** Those that the part has; of the others nobody asks. */
  settings: Required<Settings>;
  own(): ParameterMap;
}

export type EncoderMaker = (given: Given) => Encoder["encode"];
export type DecoderMaker = (given: Given) => TokenDecoder | ImageDecoder | ClassDecoder;
