// The Transformer that a page can train: the same equations as in encdec_lib/models/transformer.py.
// B examples, S source positions, T target positions, D width. All rows are batch-major.

import { dense, tied } from "../layers/linear.js";
import { placedTokens } from "../layers/places.js";
import { EngineError } from "../tape/memory.js";
import { checkIds, sourceIds } from "./batches.js";
import {
  blockSettings,
  blocksIn,
  decoderBlock,
  encoderBlock,
  lastNorm,
  memoryOf,
} from "./blocks.js";

/** @typedef {import("../tape/tape.js").Tape} Tape */
/** @typedef {import("../tape/types.js").Matrix} Matrix */
/** @typedef {import("../tape/types.js").Parameters} Parameters */

/**
 * Chapters 10 to 12: every token looks at every other, layer after layer.
 * @param {import("../types.js").Settings} told
 * @returns {import("./types.js").Encode}
 */
export function transformerEncoder(told) {
  const settings = blockSettings(told),
    { heads, positions } = settings;
  return (tape, P, sources) => {
    const vocabulary = P["encoder.tokens.embedding.embedding"].rows;
    const { B, S, ids, real } = sourceIds(/** @type {number[][]} */ (sources), vocabulary);
    const maps = [];
    let x = placedTokens(tape, P, "encoder.tokens", ids, { B, positions });
    for (let n = 0; n < blocksIn(P, "encoder"); n++) {
      const block = encoderBlock(tape, P, `encoder.blocks.${n}`, x, B, settings, { real });
      x = block.x;
      maps.push({ heads, rows: S, columns: S, weights: block.weights });
    }
    return { B, M: S, vectors: lastNorm(tape, P, "encoder", x), real, maps };
  };
}

/**
 * Chapter 15: what is left of an encoder of text, √D times the vector of a word plus that of its
 * place.
 * @returns {import("./types.js").Encode}
 */
export function wordEncoder() {
  return (tape, P, sources) => {
    const vocabulary = P["encoder.embedding.embedding"].rows;
    const { B, S, ids, real } = sourceIds(/** @type {number[][]} */ (sources), vocabulary);
    const vectors = placedTokens(tape, P, "encoder", ids, { B, positions: "learned" });
    return { B, M: S, vectors, real, maps: [] };
  };
}

/**
 * From vectors to logits: by a matrix of its own, or, tied, by the table of embeddings.
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {Matrix} y
 */
const logitsOf = (tape, P, y) =>
  "decoder.output.kernel" in P
    ? dense(tape, P, "decoder.output", y)
    : tied(tape, y, P["decoder.tokens.embedding.embedding"]);

/**
 * Chapter 12: every target token looks at those before it and at the encoding.
 * @param {import("../types.js").Settings} told
 * @returns {import("./types.js").TokenDecoder}
 */
export function transformerDecoder(told) {
  const settings = blockSettings(told),
    { heads, positions } = settings;
  return {
    start(tape, P, encoding, { room = 0 } = {}) {
      const { B, vectors } = encoding,
        layers = Array.from({ length: blocksIn(P, "decoder") }, (_, n) => `decoder.blocks.${n}`);
      const D = P["decoder.tokens.embedding.embedding"].cols;
      if (vectors.cols !== D) {
        throw new EngineError(`this decoder reads vectors of width ${D}, not ${vectors.cols}`);
      }
      const memory = layers.flatMap((path) => {
        const { keys, values } = memoryOf(tape, P, path, vectors, B, settings);
        return [keys, values];
      });
      const caches = !room
        ? []
        : layers.flatMap((path) =>
            ["key", "value"].map((name) =>
              tape.constant(B * room, P[`${path}.self_attention.${name}.kernel`].cols),
            ),
          );
      return { encoding, done: 0, carry: [], memory, caches, temperature: 1 };
    },
    decode(tape, P, state, tokens) {
      const { encoding, done, memory, caches } = state,
        { B, M, real } = encoding,
        T = tokens.length / B;
      checkIds("target", tokens, P["decoder.tokens.embedding.embedding"].rows);
      const own = [],
        cross = [];
      let y = placedTokens(tape, P, "decoder.tokens", tokens, { B, positions, first: done });
      for (let n = 0; n < memory.length / 2; n++) {
        const [keys, values] = memory.slice(2 * n),
          [ownKeys, ownValues] = caches.slice(2 * n);
        const block = decoderBlock(tape, P, `decoder.blocks.${n}`, y, settings, {
          ...{ B, first: done, real, memory: { keys, values } },
          cache: ownKeys ? { keys: ownKeys, values: ownValues } : null,
        });
        y = block.x;
        own.push({ heads, rows: T, columns: done + T, weights: block.own });
        cross.push({ heads, rows: T, columns: M, weights: block.cross });
      }
      const logits = logitsOf(tape, P, lastNorm(tape, P, "decoder", y));
      return { logits, timeMajor: false, state: { ...state, done: done + T }, own, cross };
    },
  };
}
