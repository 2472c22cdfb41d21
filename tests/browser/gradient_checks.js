// Every layer of the engine, by name, on sizes that are different primes: its gradients from the way
// back and from central differences, in float64. test_gradients.py compares the two.

import { additiveScores } from "../../encdec_lib/web/engine/layers/additive.js";
import { attentionLoop } from "../../encdec_lib/web/engine/layers/attention_loop.js";
import {
  convolution,
  maxPool,
  transposedConvolution,
} from "../../encdec_lib/web/engine/layers/convolution.js";
import { add, geluOf, reluOf, sigmoidOf, tanhOf } from "../../encdec_lib/web/engine/layers/elementwise.js";
import { attend, mixture, scoresOf } from "../../encdec_lib/web/engine/layers/heads.js";
import { dense, linear, tied } from "../../encdec_lib/web/engine/layers/linear.js";
import { crossEntropy, pixelLoss } from "../../encdec_lib/web/engine/layers/losses.js";
import { layerNorm } from "../../encdec_lib/web/engine/layers/normalisation.js";
import { placedTokens, turned } from "../../encdec_lib/web/engine/layers/places.js";
import { readerOf } from "../../encdec_lib/web/engine/layers/readers.js";
import { recurrent } from "../../encdec_lib/web/engine/layers/recurrence.js";
import {
  below,
  beside,
  columns,
  mean,
  regrouped,
  rows,
  slice,
} from "../../encdec_lib/web/engine/layers/shapes.js";
import { softmax } from "../../encdec_lib/web/engine/layers/softmax.js";
import { birnnEncoder, attentionDecoder, rnnDecoder, rnnEncoder } from "../../encdec_lib/web/engine/models/recurrent.js";
import { tokenLoss } from "../../encdec_lib/web/engine/models/trainable.js";
import { Tape } from "../../encdec_lib/web/engine/tape/tape.js";
import { shuffled } from "./numbers.js";

// B examples, T queries, S places looked at, D width of a state, E of an embedding, M of a vector
const B = 2;
const T = 3;
const S = 5;
const D = 7;
const M = 4;
const A = 11;
const TIME = Int32Array.of(1, 1, 1, 1, 1, 0, 1, 0, 1, 0); // real, time-major: lengths 5 and 2
const BATCH = Int32Array.of(1, 1, 1, 1, 1, 1, 1, 0, 0, 0); // the same, batch-major

const recurrentShapes = (gates, bias) => ({
  x: [S * B, M],
  "rnn.W_in": [M, gates * D],
  "rnn.W_rec": [D, gates * D],
  "rnn.b_in": [gates * D],
  ...(bias ? { "rnn.b_rec": [gates * D] } : {}),
});
const run = (how) => (t, P) => recurrent(t, P, "rnn", P.x, { B, ...how });
const started = (states) => (t, P) =>
  run({ first: states.map((name) => P[name]), real: TIME })(t, P);

const LOOP = {
  y: [T * B, 3],
  W_in: [3 + M, 3 * D],
  b_in: [3 * D],
  W_query: [D, A],
  v: [A],
  W_rec: [D, 3 * D],
  b_rec: [3 * D],
  first: [B, D],
  vectors: [B * S, M],
  keys: [B * S, A],
};
const loop =
  (real, scale = 1) =>
  (t, P) => {
    const inputs = linear(t, P.y, slice(P.W_in, 0, 3), P.b_in);
    const contextIn = slice(P.W_in, 3, M);
    const made = attentionLoop(t, { ...P, inputs, contextIn, real, scale }, B);
    return [made.states, made.contexts];
  };

const reading =
  (settings, real, temperature = 1) =>
  (t, P) => {
    const reader = readerOf("r", settings);
    const keys = reader.keys(t, P, P.vectors);
    const asked = { queries: P.queries, keys, vectors: P.vectors, B, real, first: 1, temperature };
    const { contexts, weights } = reader.read(t, P, asked);
    return weights.grad ? [contexts, weights] : [contexts];
  };
const scoring = (score, real, temperature, window) =>
  reading({ read: "scores", score, window }, real, temperature);
const query = (width) => ({ queries: [B * T, width], vectors: [B * S, M] });

const HEADS = { Q: [B * T, 6], K: [B * S, 6], U: [B * S, 9] };
const images = { B, height: 3, width: 5 };

// A decoder that is told its own token at every second place.
const PAIRS = { source: [[4, 5, 6], [7, 4]], target: [[5, 6, 4, 2], [3, 5, 2]] };
const half = (encode, decoder) => (t, P) =>
  tokenLoss(t, P, { encode, decoder }, PAIRS, (place) => place % 2 === 0);
const unit = (path, read, width) => ({
  [`${path}.W_in`]: [read, 3 * width],
  [`${path}.W_rec`]: [width, 3 * width],
  [`${path}.b_in`]: [3 * width],
  [`${path}.b_rec`]: [3 * width],
});
const tables = { "encoder.embedding.embedding": [8, 3], "decoder.embedding.embedding": [7, 3] };

const LAYERS = {
  linear: [{ x: [5, 3], W: [3, 7], b: [7] }, (t, P) => [linear(t, P.x, P.W, P.b)]],
  "linear, without a bias, four columns of it": [
    { x: [5, 3], W: [3, 7] },
    (t, P) => [linear(t, P.x, P.W, null, 4)],
  ],
  dense: [{ x: [5, 3], "l.kernel": [3, 2], "l.bias": [2] }, (t, P) => [dense(t, P, "l", P.x)]],
  tied: [{ x: [5, 3], W: [7, 3] }, (t, P) => [tied(t, P.x, P.W)]],
  "linear, twice from one matrix": [
    { x: [5, 3], W: [3, 3] },
    (t, P) => [linear(t, linear(t, P.x, P.W), P.W)],
  ],
  tanh: [{ x: [3, 5] }, (t, P) => [tanhOf(t, P.x)]],
  relu: [{ x: [3, 5] }, (t, P) => [reluOf(t, P.x)]],
  gelu: [{ x: [3, 5] }, (t, P) => [geluOf(t, P.x)]],
  sigmoid: [{ x: [3, 5] }, (t, P) => [sigmoidOf(t, P.x)]],
  add: [{ x: [3, 5], z: [3, 5] }, (t, P) => [add(t, P.x, P.z)]],
  "add, the same rows again": [{ x: [6, 5], z: [3, 5] }, (t, P) => [add(t, P.x, P.z)]],
  slice: [{ x: [7, 3] }, (_, P) => [slice(P.x, 2, 3)]],
  columns: [{ x: [3, 7] }, (t, P) => [columns(t, P.x, 2, 3)]],
  "rows, some twice": [{ x: [5, 3] }, (t, P) => [rows(t, P.x, [4, 0, 4, 2], 1.5)]],
  regrouped: [{ x: [6, 5] }, (t, P) => [regrouped(t, P.x, 2)]],
  beside: [{ x: [3, 2], z: [3, 5] }, (t, P) => [beside(t, [P.x, P.z, P.x])]],
  below: [{ x: [2, 3], z: [5, 3] }, (t, P) => [below(t, [P.z, P.x])]],
  mean: [{ x: [6, 5] }, (t, P) => [mean(t, P.x, 2)]],
  "layer norm": [
    { x: [3, 5], s: [5], b: [5] },
    (t, P) => [layerNorm(t, P.x, P.s, P.b), layerNorm(t, P.x, P.s, P.b, 0.5)],
  ],
  softmax: [{ x: [B * 3 * T, S] }, (t, P) => [softmax(t, rowsOf(t, P.x), B, T, { scale: 0.7 })]],
  "softmax, of what is real and before": [
    { x: [B * 3 * T, S] },
    (t, P) => [softmax(t, rowsOf(t, P.x), B, T, { real: BATCH, causal: true, first: 1 })],
  ],
  "scores of two heads": [{ Q: HEADS.Q, K: HEADS.K }, (t, P) => [scoresOf(t, P.Q, P.K, B, 2)]],
  "mixtures of three heads": [
    { w: [B * 3 * T, S], U: [B * S, 9] },
    (t, P) => [mixture(t, P.w, P.U, B, 3)],
  ],
  "attention, padding hidden": [
    HEADS,
    (t, P) => [attend(t, P.Q, P.K, P.U, B, 3, { real: BATCH, scale: 0.6 }).out],
  ],
  "attention, the future hidden": [
    { Q: [B * S, 6], K: [B * S, 6], U: [B * S, 9] },
    (t, P) => [attend(t, P.Q, P.K, P.U, B, 3, { causal: true }).out],
  ],
  "rotary positions": [
    { x: [B * S, 8] },
    (t, P) => [add(t, turned(t, rowsOf(t, P.x), B, 2, 3), P.x)],
  ],
  ...Object.fromEntries(
    ["sinusoidal", "learned", "rotary", "none"].map((positions) => [
      `tokens with ${positions} positions`,
      [
        { "tok.embedding.embedding": [13, 6], "tok.positions.table": [7, 6] },
        (t, P) => [placedTokens(t, P, "tok", [1, 5, 12, 5, 0, 3], { B, positions, first: 1 })],
      ],
    ]),
  ),
  gru: [recurrentShapes(3, true), run({ real: TIME })],
  "gru, backwards": [recurrentShapes(3, true), run({ real: TIME, reverse: true })],
  "gru, without padding": [recurrentShapes(3, true), run({})],
  "gru, from a state": [{ ...recurrentShapes(3, true), h: [B, D] }, started(["h"])],
  lstm: [recurrentShapes(4, false), run({ real: TIME })],
  "lstm, backwards": [recurrentShapes(4, false), run({ real: TIME, reverse: true })],
  "lstm, from a state": [
    { ...recurrentShapes(4, false), h: [B, D], c: [B, D] },
    started(["h", "c"]),
  ],
  "tanh rnn": [recurrentShapes(1, false), run({ real: TIME })],
  "tanh rnn, backwards": [recurrentShapes(1, false), run({ real: TIME, reverse: true })],
  "tanh rnn, from a state": [{ ...recurrentShapes(1, false), h: [B, D] }, started(["h"])],
  "additive scores": [
    { asked: [B * T, A], keys: [B * S, A], v: [A] },
    (t, P) => [additiveScores(t, P.asked, P.keys, P.v, B, BATCH)],
  ],
  "a decoder that attends": [LOOP, loop(BATCH)],
  "a decoder that attends, at a temperature": [LOOP, loop(null, 0.4)],
  "reading by dot": [query(M), scoring("dot", BATCH)],
  "reading by scaled_dot": [query(M), scoring("scaled_dot", BATCH)],
  "reading by general": [{ ...query(D), "r.score.W": [M, D] }, scoring("general", BATCH, 2)],
  "reading by additive": [
    { ...query(D), "r.score.W_query": [D, A], "r.score.W_key": [M, A], "r.score.v": [A] },
    scoring("additive", BATCH),
  ],
  "reading by location": [{ ...query(D), "r.score.W": [D, 13] }, scoring("location", BATCH)],
  "reading in a monotonic window": [
    query(M),
    scoring("dot", BATCH, 1, { kind: "monotonic", half_width: 1 }),
  ],
  "reading in a predictive window": [
    { ...query(M), "r.window.W_position": [M, A], "r.window.v_position": [A] },
    scoring("dot", BATCH, 1, { kind: "predictive", half_width: 2 }),
  ],
  ...Object.fromEntries(
    ["last", "mean", "max", "position", "content"].map((read) => [
      `reading ${read}`,
      [{ vectors: query(M).vectors }, (t, P) => {
        const queries = t.constant(B * T, M, P.vectors.data.slice(0, B * T * M));
        return reading({ read }, BATCH)(t, { ...P, queries });
      }],
    ]),
  ),
  "reading weighted": [query(M), reading({ read: "weighted" }, BATCH, 3)],
  convolution: [
    { x: [B * 15, 2], W: [3, 3, 2, 7], b: [7] },
    (t, P) => [convolution(t, P.x, P.W, P.b, images)],
  ],
  "convolution, 5 × 5": [
    { x: [B * 15, 2], W: [5, 5, 2, 3] },
    (t, P) => [convolution(t, P.x, P.W, null, images)],
  ],
  "transposed convolution": [
    { x: [B * 15, 2], W: [2, 2, 2, 7], b: [7] },
    (t, P) => [transposedConvolution(t, P.x, P.W, P.b, images)],
  ],
  "transposed convolution, 3 × 3, padded": [
    { x: [B * 15, 2], W: [3, 3, 2, 5] },
    (t, P) => [transposedConvolution(t, P.x, P.W, null, { ...images, padding: 1 })],
  ],
  "max pool": [
    { x: [B * 24, 3] },
    (t, P) => [maxPool(t, P.x, { B, height: 4, width: 6 })],
  ],
  "cross-entropy of tokens": [{ x: [5, 7] }, (_, P) => crossEntropy(P.x, [3, 0, 6, 1, 0], 0)],
  "cross-entropy of classes": [{ x: [5, 7] }, (_, P) => crossEntropy(P.x, [3, 0, 6, 1, 0])],
  "loss of a decoder that is told half of its own tokens": [
    {
      ...{ ...tables, ...unit("encoder.rnn", 3, 5), ...unit("decoder.rnn", 3, 5) },
      ...{ "decoder.output.kernel": [5, 7], "decoder.output.bias": [7] },
    },
    half(rnnEncoder({}), rnnDecoder()),
  ],
  "the same of one that attends": [
    {
      ...{ ...tables, ...unit("encoder.rnn.forward", 3, 2), ...unit("encoder.rnn.backward", 3, 2) },
      ...{ "decoder.initial.kernel": [2, 5], "decoder.initial.bias": [5] },
      ...{ "decoder.attention.W_query": [5, A], "decoder.attention.W_key": [4, A] },
      ...{ "decoder.attention.v": [A], ...unit("decoder.rnn", 7, 5) },
      ...{ "decoder.output.kernel": [12, 7], "decoder.output.bias": [7] },
    },
    half(birnnEncoder(), attentionDecoder()),
  ],
  "loss of pixels": [
    { x: [2, 5] },
    (_, P) => pixelLoss(P.x, [0, 1, 0.3, 0.5, 0.9, 0.1, 0, 0.7, 1, 0.2]),
  ],
};

/** A copy, for layers that work in place. */
const rowsOf = (t, x) => rows(t, x, Int32Array.from({ length: x.rows }, (_, i) => i));

export const NAMES = Object.keys(LAYERS);

/**
 * {path: {back, differences}} for the sum of all outputs, each times a number of its own.
 */
export function gradients(name) {
  const [shapes, layer] = LAYERS[name];
  const tape = new Tape({ precision: 64, megabytes: 4 });
  const draw = shuffled(3);
  const first = Object.entries(shapes).map(([path, shape]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return [path, { shape, data: Float64Array.from({ length: size }, draw) }];
  });
  const P = tape.parameters(Object.fromEntries(first));
  const factor = Float64Array.from({ length: 500 }, draw);
  const weigh = () => {
    tape.begin();
    const made = layer(tape, P);
    if (typeof made === "number") return made; // a loss, whose gradient is there at once
    let sum = 0;
    for (const y of made) y.data.forEach((number, k) => (sum += factor[k % 500] * number));
    for (const y of made) y.grad.forEach((_, k) => (y.grad[k] += factor[k % 500]));
    return sum;
  };
  weigh();
  tape.backward();
  const back = tape.flat.grad.slice();
  const h = 1e-5;
  const results = {};
  for (const [path, x] of Object.entries(P)) {
    const start = (x.data.byteOffset - tape.flat.data.byteOffset) / 8;
    const differences = Array.from(x.data, (at, k) => {
      const [less, more] = [at - h, at + h].map((moved) => {
        x.data[k] = moved;
        return weigh();
      });
      x.data[k] = at;
      return (more - less) / (2 * h);
    });
    results[path] = { back: [...back.slice(start, start + x.data.length)], differences };
  }
  return results;
}

/** What a layer of images makes of given numbers, as a list. */
export function imageLayer(name, images, x, W, b, options = {}) {
  const tape = new Tape({ precision: 64, megabytes: 4 });
  const P = tape.parameters({ x, ...(W ? { W, b } : {}) });
  const layers = {
    convolution: () => convolution(tape, P.x, P.W, P.b, images),
    transposed: () => transposedConvolution(tape, P.x, P.W, P.b, { ...images, ...options }),
    pool: () => maxPool(tape, P.x, images),
  };
  return [...layers[name]().data];
}
