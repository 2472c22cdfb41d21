// The page's own engine: runs a trained model with no kernel and no network.
//
// A model is an encoder and a decoder, the same equations as in encdec_lib/models, for one source
// at a time; any encoder runs with any decoder that fits its encoding. A matrix is a Float32Array,
// row by row, with its shape beside it. A source is a list of token ids or an image {data, height,
// width, channels}. Most parts are those that a page can also train, in models/, run on a tape of
// their own by workbench.js; images.js has those of chapters 2 and 5, prefix.js the decoder-only
// model, which only infer. types.d.ts says what they hand to each other.
// tests/browser/test_*engine.py hold all of it to the Flax models: logits and weights.

import { argmax, entropy, logProbability } from "./arithmetic.js";
import { cnnEncoder, image, unetDecoder, unetEncoder } from "./images.js";
import { classDecoder, denseDecoder, denseEncoder, vitEncoder } from "./models/images.js";
import { readingDecoder } from "./models/reading.js";
import { attentionDecoder, birnnEncoder, rnnDecoder, rnnEncoder } from "./models/recurrent.js";
import { transformerDecoder, transformerEncoder, wordEncoder } from "./models/transformer.js";
import { partOf, readParameters } from "./parameters.js";
import { prefixDecoder } from "./prefix.js";
import { mapsOf } from "./transformer.js";
import { encoderOn, logitsOn, tokenDecoderOn, Workbench } from "./workbench.js";

/** @typedef {import("./types.js").Answer} Answer */
/** @typedef {import("./types.js").Exported} Exported */
/** @typedef {import("./types.js").Image} Image */
/** @typedef {import("./types.js").Model} Model */
/** @typedef {import("./types.js").Settings} Settings */
/** @typedef {import("./models/types.js").Encode} Encode */
/** @typedef {import("./models/types.js").TokenDecoder} TokenDecoder */
/** @typedef {import("./types.js").Source} Source */

export const PAD = 0;
export const BOS = 1;
export const EOS = 2;
export const UNK = 3;

/** @typedef {import("./types.js").EncoderMaker} EncoderMaker */
/** @typedef {import("./types.js").DecoderMaker} DecoderMaker */

/** @type {(make: (settings: Settings) => Encode) => EncoderMaker} */
const ofTokens =
  (make) =>
  ({ bench, settings }) =>
    encoderOn(bench, make(settings), (source) => [/** @type {number[]} */ (source)]);

/** @type {(make: (settings: Settings) => Encode) => EncoderMaker} */
const ofImages =
  (make) =>
  ({ bench, settings }) =>
    encoderOn(bench, make(settings), (source) => {
      const { data } = image(/** @type {Image} */ (source), settings.side, settings.channels);
      return { pixels: data, count: 1 };
    });

/** @type {(make: (settings: Settings) => TokenDecoder) => DecoderMaker} */
const toTokens =
  (make) =>
  ({ bench, settings }) =>
    tokenDecoderOn(bench, make(settings));

/** @type {Record<string, EncoderMaker>} */
const ENCODERS = {
  rnn: ofTokens(rnnEncoder),
  birnn: ofTokens(birnnEncoder),
  transformer: ofTokens(transformerEncoder),
  vit: ofImages(vitEncoder),
  words: ofTokens(wordEncoder),
  dense: ofImages(denseEncoder),
  unet: ({ own }) => unetEncoder(own()),
  cnn: ({ own, settings }) => cnnEncoder(own(), settings),
};
/** @type {Record<string, DecoderMaker>} */
const DECODERS = {
  rnn: toTokens(rnnDecoder),
  attention: toTokens(attentionDecoder),
  reading: toTokens(readingDecoder),
  transformer: toTokens(transformerDecoder),
  prefix: ({ own, settings }) => prefixDecoder(own(), settings),
  classes: ({ bench, settings }) => ({ classify: logitsOn(bench, classDecoder(settings)) }),
  dense({ bench, settings: { side } }) {
    const logits = logitsOn(bench, denseDecoder());
    const sides = { height: side, width: side, channels: 1 };
    return { paint: (encoding) => ({ data: logits(encoding), ...sides }) };
  },
  unet: ({ own, settings }) => unetDecoder(own(), settings),
};

/**
 * @template Part
 * @param {string} side
 * @param {Record<string, Part>} parts
 * @param {string} name
 */
function known(side, parts, name) {
  if (Object.hasOwn(parts, name)) return parts[name];
  throw new Error(`this page runs the ${side}s ${Object.keys(parts).join(", ")}, not ${name}`);
}

/**
 * A model ready to run, from what encdec_lib.web.export_model gives:
 *   encode(source) -> {M, vectors, skips?, maps?}
 * and, of a decoder that writes tokens, start(encoding, {temperature}) -> state and
 * step(state, token) -> {state, logits, weights, window?, maps?}; of one that writes an image,
 * paint(encoding) -> {data, height, width, channels}, the logits of every pixel; of a classifier,
 * classify(encoding) -> the logits of the classes. That of prefix.js also writes several answers at
 * once, by open(lanes). The decoders of models/reading.js, and the one that attends, divide their
 * scores by the temperature, 1 unless told; those of reading.js say by `scores` whether they have
 * any. step(state, token, {temperature}) takes another for that step alone.
 * @param {Exported} exported
 * @returns {Model}
 */
export function loadModel({ encoder, decoder, manifest, data, settings = {} }) {
  const read = known("encoder", ENCODERS, encoder),
    write = known("decoder", DECODERS, decoder);
  const parameters = readParameters(manifest, data),
    bench = new Workbench(parameters);
  const side = (/** @type {"encoder" | "decoder"} */ name) => ({
    bench,
    settings: /** @type {Required<Settings>} */ (settings[name] ?? {}),
    own: () => partOf(parameters, `${name}.`),
  });
  return /** @type {Model} */ ({
    encoder,
    decoder,
    encode: read(side("encoder")),
    ...write(side("decoder")),
  });
}

/**
 * Takes the likeliest token at every step until <eos>, or until `maxLength` tokens stand; never
 * <pad> or <bos>. `options` go to model.start.
 * Returns {tokens, weights, entropies, windows, logProbs, maps, finished}: tokens leave <eos> out,
 * while the others keep the step that gave <eos>. weights has one Float32Array a step, null
 * without attention; entropies are theirs, in bits; windows are those of local attention, null
 * without; maps are those of transformer.js.
 * @param {Pick<Model, "encode" | "start" | "step">} model
 * @param {Source} source
 * @param {number} maxLength
 * @param {{temperature?: number}} [options]
 * @returns {Answer}
 */
export function greedy(model, source, maxLength, options = {}) {
  /** @type {Omit<Answer, "maps" | "finished">} */
  const answer = { tokens: [], weights: [], entropies: [], windows: [], logProbs: [] };
  const encoding = model.encode(source),
    steps = [];
  let state = model.start(encoding, options),
    token = BOS;
  while (token !== EOS && answer.tokens.length < maxLength) {
    const step = model.step(state, token),
      { logits, weights, window = null } = step;
    state = step.state;
    token = argmax(logits, EOS);
    steps.push({ weights, maps: step.maps });
    answer.weights.push(weights);
    answer.entropies.push(weights && entropy(weights));
    answer.windows.push(window);
    answer.logProbs.push(logProbability(logits, token));
    if (token !== EOS) answer.tokens.push(token);
  }
  return { ...answer, maps: mapsOf(encoding, steps), finished: token === EOS };
}
