// The models that a page can train, by the names that encdec_lib/web/parts.py gives to their parts:
// any encoder here with any decoder that fits its encoding. Weights are those of export.py.

import { crossEntropy, pixelLoss } from "../layers/losses.js";
import { EngineError } from "../tape/memory.js";
import { greedyAnswers, imageAnswers } from "./answer.js";
import { longest, PAD, padded, shifted, timeMajor } from "./batches.js";
import { toldTokens } from "./forcing.js";
import { classDecoder, denseDecoder, denseEncoder, vitEncoder } from "./images.js";
import { readingDecoder } from "./reading.js";
import { attentionDecoder, birnnEncoder, rnnDecoder, rnnEncoder } from "./recurrent.js";
import { transformerDecoder, transformerEncoder } from "./transformer.js";

/** @typedef {import("../tape/tape.js").Tape} Tape */
/** @typedef {import("../tape/types.js").Parameters} Parameters */
/** @typedef {import("../types.js").Settings} Settings */
/** @typedef {import("./types.js").Encode} Encode */
/** @typedef {import("./types.js").ImageBatch} ImageBatch */
/** @typedef {import("./types.js").ImageDecoder} ImageDecoder */
/** @typedef {import("./types.js").TokenBatch} TokenBatch */
/** @typedef {import("./types.js").TokenDecoder} TokenDecoder */
/** @typedef {import("./types.js").TrainableModel} TrainableModel */

/** @type {Record<string, (settings: Settings) => Encode>} */
const TOKEN_ENCODERS = { rnn: rnnEncoder, birnn: birnnEncoder, transformer: transformerEncoder };
/** @type {Record<string, (settings: Settings) => Encode>} */
const IMAGE_ENCODERS = { vit: vitEncoder, dense: denseEncoder };
/** @type {Record<string, (settings: Settings) => TokenDecoder>} */
const TOKEN_DECODERS = {
  rnn: rnnDecoder,
  attention: attentionDecoder,
  reading: readingDecoder,
  transformer: transformerDecoder,
};
/** @type {Record<string, (settings: Settings) => ImageDecoder>} */
const IMAGE_DECODERS = { classes: classDecoder, dense: denseDecoder };

/**
 * A model that can learn. Its parameters are no part of it: tape.parameters(…) gives them.
 * @param {string} encoder
 * @param {string} decoder
 * @param {import("./types.js").TrainableSettings} [settings] as parts.py writes them
 * @returns {TrainableModel}
 */
export function trainable(encoder, decoder, settings = {}) {
  const reading = settings.encoder ?? {},
    writing = settings.decoder ?? {};
  const names = { encoder, decoder };
  if (Object.hasOwn(TOKEN_ENCODERS, encoder) && Object.hasOwn(TOKEN_DECODERS, decoder)) {
    const encode = TOKEN_ENCODERS[encoder](reading);
    return { ...names, ...tokenModel(encode, TOKEN_DECODERS[decoder](writing)) };
  }
  if (Object.hasOwn(IMAGE_ENCODERS, encoder) && Object.hasOwn(IMAGE_DECODERS, decoder)) {
    const encode = IMAGE_ENCODERS[encoder](reading);
    return { ...names, ...imageModel(encode, IMAGE_DECODERS[decoder](writing)) };
  }
  const known = [
    [TOKEN_ENCODERS, TOKEN_DECODERS],
    [IMAGE_ENCODERS, IMAGE_DECODERS],
  ].map((sides) => sides.map((parts) => Object.keys(parts).join(", ")).join(" with "));
  throw new EngineError(
    `This page trains the encoders and decoders ${known.join("; and ")}; got ${encoder} with ` +
      `${decoder}. Choose two that go together.`,
  );
}

/**
 * Mean cross-entropy of the targets' tokens, each predicted from the true ones before it, or, where
 * `forced` is given and says no, from the decoder's own.
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {{encode: Encode, decoder: TokenDecoder}} parts
 * @param {TokenBatch} batch
 * @param {import("./types.js").Forced} [forced]
 */
export function tokenLoss(tape, P, { encode, decoder }, { source, target }, forced) {
  if (source.length !== target.length) {
    throw new EngineError(
      `A batch needs a target for each source; got ${source.length} sources and ` +
        `${target.length} targets.`,
    );
  }
  const B = source.length,
    T = longest(target);
  const state = decoder.start(tape, P, encode(tape, P, source)),
    told = forced
      ? toldTokens(tape, P, decoder, state, target, forced)
      : padded(shifted(target), T);
  const { logits, timeMajor: byTime } = decoder.decode(tape, P, state, told);
  const ids = padded(target, T);
  return crossEntropy(logits, byTime ? timeMajor(ids, B) : ids, PAD);
}

/**
 * @param {Encode} encode
 * @param {TokenDecoder} decoder
 * @returns {Omit<TrainableModel, "encoder" | "decoder">}
 */
function tokenModel(encode, decoder) {
  return {
    reads: "tokens",
    parts: { encode, decoder },
    encode,
    loss: (tape, P, batch, forced) =>
      tokenLoss(tape, P, { encode, decoder }, /** @type {TokenBatch} */ (batch), forced),
    answer: (tape, P, sources, maxLength, options = {}) =>
      greedyAnswers(tape, P, { encode, decoder }, sources, maxLength, options),
    look() {
      throw new EngineError("This model answers to tokens: call answer().");
    },
  };
}

/**
 * @param {Encode} encode
 * @param {ImageDecoder} decoder
 * @returns {Omit<TrainableModel, "encoder" | "decoder">}
 */
function imageModel(encode, decoder) {
  return {
    reads: "images",
    parts: { encode, decoder },
    encode,
    loss(tape, P, batch) {
      const images = /** @type {ImageBatch} */ (batch);
      const logits = decoder.logits(tape, P, encode(tape, P, images));
      if (decoder.kind === "pixels") return pixelLoss(logits, images.pixels);
      return crossEntropy(logits, images.labels ?? []);
    },
    answer() {
      throw new EngineError("This model looks at images: call look().");
    },
    look: (tape, P, images, options = {}) =>
      imageAnswers(tape, P, { encode, decoder }, images, options),
  };
}
