// The blocks of a Transformer for the page's engine, as in encdec_lib/layers/{blocks,sublayers}.py.
// Shape letters as in attention.js.

import { gelu, relu } from "./arithmetic.js";
import { linear, multiHead } from "./attention.js";
import { normalisation } from "./in_place.js";

/** @typedef {import("./attention.js").KeysValues} KeysValues */
/** @typedef {import("./types.js").ParameterMap} ParameterMap */
/** @typedef {import("./types.js").BlockSettings} BlockSettings */
/** @typedef {(x: Float32Array, N: number) => Float32Array} Layer */

/**
 * Each vector less its mean, by its spread, times a scale, plus a bias.
 * @param {ParameterMap} P
 * @param {string} path
 * @param {number} [epsilon]
 * @returns {Layer}
 */
export function layerNorm(P, path, epsilon) {
  const into = normalisation(P, path, epsilon);
  return (x, N) => {
    const y = new Float32Array(x.length);
    into(y, x, N);
    return y;
  };
}

/**
 * A way around a sub-layer f: what f is given, and the sum of the way around and of f's output.
 * @param {ParameterMap} P
 * @param {string} path
 * @param {BlockSettings} settings
 * @returns {{input: Layer, add: (x: Float32Array, fx: Float32Array, N: number) => Float32Array}}
 */
function residual(P, path, { pre_norm: preNorm, epsilon }) {
  const norm = layerNorm(P, `${path}.norm`, epsilon);
  return {
    input: preNorm ? norm : (x) => x,
    add(x, fx, N) {
      const sum = x.map((value, k) => value + fx[k]);
      return preNorm ? sum : norm(sum, N);
    },
  };
}

/** @type {Record<string, (x: number) => number>} */
const ACTIVATIONS = { relu, gelu };

/**
 * FFN(x) = max(0, x W_1 + b_1) W_2 + b_2, or with gelu, x Φ(x), in the middle.
 * @param {ParameterMap} P
 * @param {string} path
 * @param {BlockSettings} settings
 * @returns {Layer}
 */
function feedForward(P, path, { activation = "relu" }) {
  const hidden = linear(P, `${path}.hidden`),
    output = linear(P, `${path}.output`);
  const bent = ACTIVATIONS[activation];
  return (x, N) => output(hidden(x, N).map(bent), N);
}

/**
 * Self-attention, then the feed-forward network: (x, N) -> {x, map}.
 * @param {ParameterMap} P
 * @param {string} path
 * @param {BlockSettings} settings
 */
export function encoderBlock(P, path, settings) {
  const attention = multiHead(P, `${path}.attention`, settings, settings.positions === "rotary");
  const network = feedForward(P, `${path}.feed_forward`, settings);
  const [aroundAttention, aroundNetwork] = ["attention", "feed_forward"].map((name) =>
    residual(P, `${path}.residual_${name}`, settings),
  );
  return (/** @type {Float32Array} */ x, /** @type {number} */ N) => {
    const inputs = aroundAttention.input(x, N),
      queries = attention.queries(inputs, N);
    const { out, map } = attention.attend(queries, N, attention.keysValues(inputs, N));
    const y = aroundAttention.add(x, out, N);
    return { x: aroundNetwork.add(y, network(aroundNetwork.input(y, N), N), N), map };
  };
}

/**
 * One target position: attention over those before it and itself, over the encoding, then the
 * network. `memory` gives the keys and values of an encoding, `step` takes them and the cache of
 * the positions before, and returns a new cache: the old one stays as it was.
 * @param {ParameterMap} P
 * @param {string} path
 * @param {BlockSettings} settings
 */
export function decoderBlock(P, path, settings) {
  const own = multiHead(P, `${path}.self_attention`, settings, settings.positions === "rotary");
  const cross = multiHead(P, `${path}.cross_attention`, settings);
  const network = feedForward(P, `${path}.feed_forward`, settings);
  const [aroundOwn, aroundCross, aroundNetwork] = [
    "self_attention",
    "cross_attention",
    "feed_forward",
  ].map((name) => residual(P, `${path}.residual_${name}`, settings));
  return {
    /** @type {(vectors: Float32Array, M: number) => KeysValues} */
    memory: (vectors, M) => cross.keysValues(vectors, M),
    /**
     * @param {Float32Array} x
     * @param {number} place
     * @param {KeysValues} cache
     * @param {KeysValues} memory
     */
    step(x, place, cache, memory) {
      const inputs = aroundOwn.input(x, 1),
        { keys, values } = own.keysValues(inputs, 1, place);
      const grown = { keys: [...cache.keys, ...keys], values: [...cache.values, ...values] };
      const before = own.attend(own.queries(inputs, 1, place), 1, grown);
      const y = aroundOwn.add(x, before.out, 1);
      const source = cross.attend(cross.queries(aroundCross.input(y, 1), 1), 1, memory);
      const z = aroundCross.add(y, source.out, 1);
      const end = aroundNetwork.add(z, network(aroundNetwork.input(z, 1), 1), 1);
      return { x: end, cache: grown, own: before.map, cross: source.map };
    },
  };
}

/**
 * block(path of it) for blocks.0, blocks.1, ... as many as there are parameters for.
 * @template Block
 * @param {ParameterMap} P
 * @param {(path: string) => Block} block
 */
export function blocksOf(P, block) {
  const numbers = Object.keys(P).map((path) => Number(/^blocks\.(\d+)\./.exec(path)?.[1] ?? -1));
  return Array.from({ length: 1 + Math.max(...numbers) }, (_, n) => block(`blocks.${n}`));
}
