// The page's own engine: runs a trained model with no kernel and no network.
//
// A model is an encoder and a decoder, the same equations as in encdec_lib/models, for one source
// at a time; any encoder runs with any decoder that fits its encoding. Shape letters as in the
// Python: S source positions, M vectors in the encoding, E embedding width, D state width,
// A alignment width, V vocabulary. A matrix is a Float32Array, row by row, with its shape beside
// it. A source is a list of token ids or an image {data, height, width, channels}. Chapters 4 and 8
// are in recurrent.js, chapters 7 and 9 in reading.js, images in images.js, the Transformer in
// transformer.js, the Vision Transformer in vit.js, the decoder-only model in prefix.js; types.d.ts
// says what they hand to each other. tests/browser/test_*engine.py hold all of it to the Flax
// models: logits and weights.

import { argmax, entropy, logProbability } from "./arithmetic.js";
import { IMAGE_DECODERS, IMAGE_ENCODERS } from "./images.js";
import { partOf, readParameters } from "./parameters.js";
import { prefixDecoder, wordPrefix } from "./prefix.js";
import { readingDecoder } from "./reading.js";
import { attentionDecoder, birnnEncoder, rnnDecoder, rnnEncoder } from "./recurrent.js";
import { mapsOf, transformerDecoder, transformerEncoder } from "./transformer.js";
import { classDecoder, vitEncoder } from "./vit.js";

/** @typedef {import("./types.js").Answer} Answer */
/** @typedef {import("./types.js").Exported} Exported */
/** @typedef {import("./types.js").Model} Model */
/** @typedef {import("./types.js").Source} Source */

export const PAD = 0;
export const BOS = 1;
export const EOS = 2;
export const UNK = 3;

/** @type {Record<string, import("./types.js").Makers["encoder"]>} */
const ENCODERS = {
  rnn: rnnEncoder,
  birnn: birnnEncoder,
  transformer: transformerEncoder,
  vit: vitEncoder,
  words: wordPrefix,
  ...IMAGE_ENCODERS,
};
/** @type {Record<string, import("./types.js").Makers["decoder"]>} */
const DECODERS = {
  rnn: rnnDecoder,
  attention: attentionDecoder,
  reading: readingDecoder,
  transformer: transformerDecoder,
  prefix: prefixDecoder,
  classes: classDecoder,
  ...IMAGE_DECODERS,
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
 * once, by open(lanes). The decoders of reading.js alone divide their scores by
 * the temperature, 1 unless told, and say by `scores` whether they have any.
 * @param {Exported} exported
 * @returns {Model}
 */
export function loadModel({ encoder, decoder, manifest, data, settings = {} }) {
  const read = known("encoder", ENCODERS, encoder),
    write = known("decoder", DECODERS, decoder);
  const parameters = readParameters(manifest, data);
  return /** @type {Model} */ ({
    encoder,
    decoder,
    encode: read(partOf(parameters, "encoder."), settings.encoder ?? {}),
    ...write(partOf(parameters, "decoder."), settings.decoder ?? {}),
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
