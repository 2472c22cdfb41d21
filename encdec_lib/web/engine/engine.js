// The page's own engine: runs a trained model with no kernel and no network.
//
// A model is an encoder and a decoder, the same equations as in encdec_lib/models, for one source
// at a time; any encoder runs with any decoder that fits its encoding. Shape letters as in the
// Python: S source positions, M vectors in the encoding, E embedding width, D state width,
// A alignment width, V vocabulary. A matrix is a Float32Array, row by row, with its shape beside
// it. A source is a list of token ids or an image {data, height, width, channels}; images are in
// images.js, the decoders of chapters 7 and 9 in reading.js, the Transformer in transformer.js, the
// Vision Transformer in vit.js, the decoder-only model of chapter 16 in prefix.js.
// tests/browser/test_*engine.py hold all of it to the Flax models: logits and weights.

import { affine, entropy, logProbability, mix, row, rows, softmax } from "./arithmetic.js";
import { embed, gruOf, gruStates, gruStep, remembered } from "./gru.js";
import { IMAGE_DECODERS, IMAGE_ENCODERS } from "./images.js";
import { readingDecoder } from "./reading.js";
import { prefixDecoder, wordPrefix } from "./prefix.js";
import { mapsOf, transformerDecoder, transformerEncoder } from "./transformer.js";
import { classDecoder, vitEncoder } from "./vit.js";

export const PAD = 0;
export const BOS = 1;
export const EOS = 2;
export const UNK = 3;

// ---------------------------------------------------------------- weights

/** Half-precision bits to a number: 1 sign bit, 5 exponent bits, 10 bits of fraction. */
export function fromFloat16(bits) {
  const sign = bits & 0x8000 ? -1 : 1,
    exponent = (bits >> 10) & 31,
    fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24; // subnormal
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The parameters {path: {data, shape}} of what export.py wrote; data is a DataView or a buffer. */
export function readParameters(manifest, data) {
  // A copy that starts at 0: a live kernel hands over views at odd offsets.
  const bytes = ArrayBuffer.isView(data)
    ? data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)
    : data.slice(0);
  const parameters = {};
  for (const [path, { offset, shape, dtype, scale }] of Object.entries(manifest)) {
    const size = shape.reduce((a, b) => a * b, 1),
      columns = shape[shape.length - 1];
    const values = new Float32Array(size);
    if (dtype === "float16") {
      const halves = new Uint16Array(bytes, offset, size);
      for (let k = 0; k < size; k++) values[k] = fromFloat16(halves[k]);
    } else if (dtype === "int8") {
      // whole numbers -127..127, one scale a column
      const whole = new Int8Array(bytes, offset, size);
      const scales = new Float32Array(bytes, scale, columns);
      for (let k = 0; k < size; k++) values[k] = whole[k] * scales[k % columns];
    } else {
      throw new Error(`parameter ${path} has dtype ${dtype}; this page reads float16 and int8`);
    }
    parameters[path] = { data: values, shape };
  }
  return parameters;
}

// ---------------------------------------------------------------- encoders of tokens

/** Chapter 4: one vector, the last state h_S. With `reverse_source` the encoder reads from the
 *  end, and the vector is its state h_1. */
function rnnEncoder(P, { reverse_source: reverse = false }) {
  const gru = gruOf(P, "rnn");
  return (source) => {
    const S = source.length,
      x = embed(P["embedding.embedding"], source);
    return { M: 1, vectors: gruStates(gru, x, S, reverse)[reverse ? 0 : S - 1] };
  };
}

/** Chapter 8: one vector a token, the states of two GRUs side by side, h_j = [→h_j; ←h_j]. */
function birnnEncoder(P) {
  const forward = gruOf(P, "rnn.forward"),
    backward = gruOf(P, "rnn.backward");
  return (source) => {
    const S = source.length,
      x = embed(P["embedding.embedding"], source);
    const ahead = gruStates(forward, x, S),
      back = gruStates(backward, x, S, true);
    const D = ahead[0].length,
      vectors = new Float32Array(S * 2 * D);
    for (let j = 0; j < S; j++) {
      vectors.set(ahead[j], j * 2 * D);
      vectors.set(back[j], j * 2 * D + D);
    }
    return { M: S, vectors };
  };
}

// ---------------------------------------------------------------- decoders of tokens

/** Chapter 4: starts from the one vector of the encoding.
 *    s_0 = H,  s_i = GRU(E y_{i−1}, s_{i−1}),  logits_i = s_i W_out + b_out. */
function rnnDecoder(P) {
  const gru = gruOf(P, "rnn"),
    output = P["output.kernel"],
    bias = P["output.bias"];
  const projectedToken = remembered((token) =>
    affine(row(P["embedding.embedding"], token), 1, gru.W_in, gru.b_in),
  );
  return {
    start({ M, vectors }) {
      if (M !== 1) throw new Error(`this decoder starts from one vector; the encoding has ${M}`);
      return { s: vectors };
    },
    step(state, token) {
      const s = gruStep(gru, projectedToken(token), state.s);
      return { state: { s }, logits: affine(s, 1, output, bias), weights: null };
    },
  };
}

/** Chapter 8: weighs the M vectors h_j of the encoding anew for every token.
 *    s_0 = tanh(W_0 ←h_1 + b_0), where ←h_1 is the second half of the first vector
 *    e_ij = v · tanh(s_{i−1} W_query + h_j W_key),  α_ij = softmax_j e_ij,  c_i = Σ_j α_ij h_j
 *    s_i = GRU([E y_{i−1}; c_i], s_{i−1}),  logits_i = [s_i; c_i; E y_{i−1}] W_out + b_out.
 *  A product with c_i is the same weighted sum of products with h_j, so h_j W is worked out once
 *  a source; and a product with E y is worked out once a token. */
function attentionDecoder(P) {
  const gru = gruOf(P, "rnn"),
    table = P["embedding.embedding"];
  const W_query = P["attention.W_query"],
    W_key = P["attention.W_key"];
  const v = P["attention.v"].data,
    A = v.length;
  const E = table.shape[1],
    D = gru.W_rec.shape[0],
    width = W_key.shape[0]; // width of h_j
  const output = P["output.kernel"],
    V = output.shape[1];
  const tokenIn = rows(gru.W_in, 0, E),
    contextIn = rows(gru.W_in, E, E + width);
  const stateOut = rows(output, 0, D),
    contextOut = rows(output, D, D + width);
  const tokenOut = rows(output, D + width, D + width + E);
  const projectedToken = remembered((token) => affine(row(table, token), 1, tokenIn, gru.b_in));
  const tokenLogits = remembered((token) =>
    affine(row(table, token), 1, tokenOut, P["output.bias"]),
  );
  return {
    start({ M, vectors }) {
      const first = vectors.subarray(width / 2, width);
      const s = affine(first, 1, P["initial.kernel"], P["initial.bias"]).map(Math.tanh);
      const keys = affine(vectors, M, W_key),
        intoGru = affine(vectors, M, contextIn);
      return { s, M, keys, intoGru, intoOutput: affine(vectors, M, contextOut) };
    },
    step(state, token) {
      const { s: before, M, keys, intoGru, intoOutput } = state;
      const query = affine(before, 1, W_query),
        scores = new Float64Array(M);
      for (let j = 0; j < M; j++) {
        for (let a = 0; a < A; a++) scores[j] += v[a] * Math.tanh(query[a] + keys[j * A + a]);
      }
      const weights = softmax(scores);
      const a = mix(weights, intoGru, 3 * D),
        fromToken = projectedToken(token);
      for (let k = 0; k < a.length; k++) a[k] += fromToken[k];
      const s = gruStep(gru, a, before),
        logits = affine(s, 1, stateOut);
      const fromContext = mix(weights, intoOutput, V),
        tokenPart = tokenLogits(token);
      for (let k = 0; k < V; k++) logits[k] += fromContext[k] + tokenPart[k];
      return { state: { ...state, s }, logits, weights };
    },
  };
}

// ---------------------------------------------------------------- whole models

const ENCODERS = {
  rnn: rnnEncoder,
  birnn: birnnEncoder,
  transformer: transformerEncoder,
  vit: vitEncoder,
  words: wordPrefix,
  ...IMAGE_ENCODERS,
};
const DECODERS = {
  rnn: rnnDecoder,
  attention: attentionDecoder,
  reading: readingDecoder,
  transformer: transformerDecoder,
  prefix: prefixDecoder,
  classes: classDecoder,
  ...IMAGE_DECODERS,
};

function known(side, kinds, kind) {
  if (Object.hasOwn(kinds, kind)) return kinds[kind];
  throw new Error(`this page runs the ${side}s ${Object.keys(kinds).join(", ")}, not ${kind}`);
}

/** The parameters of one side, without its name in front. */
function partOf(parameters, side) {
  const own = Object.entries(parameters).filter(([path]) => path.startsWith(`${side}.`));
  return Object.fromEntries(own.map(([path, value]) => [path.slice(side.length + 1), value]));
}

/** A model ready to run, from what encdec_lib.web.export_model gives:
 *    encode(source) -> {M, vectors, skips?, maps?}
 *  and, of a decoder that writes tokens, start(encoding, {temperature}) -> state and
 *  step(state, token) -> {state, logits, weights, window?, maps?}; of one that writes an image,
 *  paint(encoding) -> {data, height, width, channels}, the logits of every pixel; of a classifier,
 *  classify(encoding) -> the logits of the classes. That of prefix.js also writes several answers at
 *  once, by open(lanes). The decoders of reading.js alone divide their scores by
 *  the temperature, 1 unless told, and say by `scores` whether they have any. */
export function loadModel({ encoder, decoder, manifest, data, settings = {} }) {
  const read = known("encoder", ENCODERS, encoder),
    write = known("decoder", DECODERS, decoder);
  const parameters = readParameters(manifest, data);
  return {
    encoder,
    decoder,
    encode: read(partOf(parameters, "encoder"), settings.encoder ?? {}),
    ...write(partOf(parameters, "decoder"), settings.decoder ?? {}),
  };
}

/** Takes the likeliest token at every step until <eos>, or until `maxLength` tokens stand; never
 *  <pad> or <bos>. `options` go to model.start.
 *  Returns {tokens, weights, entropies, windows, logProbs, maps, finished}: tokens leave <eos> out,
 *  while the others keep the step that gave <eos>. weights has one Float32Array a step, null
 *  without attention; entropies are theirs, in bits; windows are those of local attention, null
 *  without; maps are those of transformer.js. */
export function greedy(model, source, maxLength, options = {}) {
  const answer = { tokens: [], weights: [], entropies: [], windows: [], logProbs: [] };
  const encoding = model.encode(source),
    steps = [];
  let state = model.start(encoding, options),
    token = BOS;
  while (token !== EOS && answer.tokens.length < maxLength) {
    const step = model.step(state, token),
      { logits, weights, window = null } = step;
    state = step.state;
    token = logits.reduce((best, logit, k) => (k > BOS && logit > logits[best] ? k : best), EOS);
    steps.push({ weights, maps: step.maps });
    answer.weights.push(weights);
    answer.entropies.push(weights && entropy(weights));
    answer.windows.push(window);
    answer.logProbs.push(logProbability(logits, token));
    if (token !== EOS) answer.tokens.push(token);
  }
  return { ...answer, maps: mapsOf(encoding, steps), finished: token === EOS };
}
