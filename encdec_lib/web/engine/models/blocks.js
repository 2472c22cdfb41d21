// The blocks of a Transformer that a page can train, as in encdec_lib/layers/{blocks,sublayers}.py.
// B examples, T positions, S places in the encoding. All rows are batch-major.

import { add, geluOf, reluOf } from "../layers/elementwise.js";
import { keysValues, multiHead, queries } from "../layers/heads.js";
import { dense } from "../layers/linear.js";
import { layerNorm } from "../layers/normalisation.js";
import { checkPositions } from "../layers/places.js";
import { EngineError } from "../tape/memory.js";

/** @typedef {import("../tape/tape.js").Tape} Tape */
/** @typedef {import("../tape/types.js").Matrix} Matrix */
/** @typedef {import("../tape/types.js").Parameters} Parameters */
/** @typedef {import("../layers/softmax.js").Sight} Sight */

/** @type {Record<string, (tape: Tape, x: Matrix) => Matrix>} */
const ACTIVATIONS = { relu: reluOf, gelu: geluOf };

/**
 * What the blocks of a stack are told, filled up and checked.
 * @param {import("../types.js").Settings & {dropout?: number}} settings
 */
export function blockSettings(settings) {
  const { heads = 1, scaled = true, pre_norm: preNorm = true, positions = "none" } = settings;
  const { activation = "relu", epsilon, dropout = 0 } = settings;
  if (dropout) {
    throw new EngineError(
      `Training in the page drops nothing out; got dropout = ${dropout}. Choose dropout = 0.`,
    );
  }
  if (!Object.hasOwn(ACTIVATIONS, activation)) {
    throw new EngineError(`The activation must be relu or gelu; got ${activation}.`);
  }
  checkPositions(positions);
  const bend = ACTIVATIONS[activation];
  return { heads, scaled, preNorm, positions, rotary: positions === "rotary", bend, epsilon };
}

/** @typedef {ReturnType<typeof blockSettings>} BlockSettings */

/**
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {string} path
 * @param {Matrix} x
 * @param {number} [epsilon]
 */
export const norm = (tape, P, path, x, epsilon) =>
  layerNorm(tape, x, P[`${path}.scale`], P[`${path}.bias`], epsilon);

/**
 * A way around a sub-layer f: x + f(norm(x)), or norm(x + f(x)) with post-norm.
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {string} path
 * @param {Matrix} x
 * @param {BlockSettings} settings
 * @param {(inputs: Matrix) => Matrix} f
 */
function around(tape, P, path, x, { preNorm, epsilon }, f) {
  if (preNorm) return add(tape, x, f(norm(tape, P, `${path}.norm`, x, epsilon)));
  return norm(tape, P, `${path}.norm`, add(tape, x, f(x)), epsilon);
}

/**
 * The way around the network, bend(x W_1 + b_1) W_2 + b_2, which ends every block.
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {string} path
 * @param {Matrix} x
 * @param {BlockSettings} settings
 */
function aroundNetwork(tape, P, path, x, settings) {
  return around(tape, P, `${path}.residual_feed_forward`, x, settings, (inputs) => {
    const hidden = settings.bend(tape, dense(tape, P, `${path}.feed_forward.hidden`, inputs));
    return dense(tape, P, `${path}.feed_forward.output`, hidden);
  });
}

/**
 * Self-attention, then the network: the new vectors, and who looked where.
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {string} path
 * @param {Matrix} x
 * @param {number} B
 * @param {BlockSettings} settings
 * @param {Sight} sight
 */
export function encoderBlock(tape, P, path, x, B, settings, sight) {
  const how = { B, ...settings },
    at = `${path}.attention`;
  let weights = x;
  const y = around(tape, P, `${path}.residual_attention`, x, settings, (inputs) => {
    const seen = keysValues(tape, P, at, inputs, how),
      asked = queries(tape, P, at, inputs, how);
    const looked = multiHead(tape, P, at, asked, seen, how, sight);
    weights = looked.weights;
    return looked.out;
  });
  return { x: aroundNetwork(tape, P, path, y, settings), weights };
}

/**
 * The keys and values of an encoding for a decoder's block, worked out once.
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {string} path
 * @param {Matrix} vectors
 * @param {number} B
 * @param {BlockSettings} settings
 */
export const memoryOf = (tape, P, path, vectors, B, settings) =>
  keysValues(tape, P, `${path}.cross_attention`, vectors, {
    B,
    heads: settings.heads,
    rotary: false, // places of source and target have nothing to do with each other
  });

/**
 * Where a decoder's block stands: the place of its first row, the encoding's keys and values, and,
 * if it takes one step after another, the cache.
 * @typedef {object} Standing
 * @property {number} B
 * @property {number} first
 * @property {{keys: Matrix, values: Matrix}} memory
 * @property {Int32Array | null} real of the encoding
 * @property {{keys: Matrix, values: Matrix} | null} cache
 */

/**
 * Attention over the target up to each position, over the encoding, then the network.
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {string} path
 * @param {Matrix} x
 * @param {BlockSettings} settings
 * @param {Standing} standing
 */
export function decoderBlock(tape, P, path, x, settings, { B, first, memory, real, cache }) {
  const how = { B, ...settings, first };
  let own = x,
    cross = x;
  const y = around(tape, P, `${path}.residual_self_attention`, x, settings, (inputs) => {
    const at = `${path}.self_attention`,
      asked = queries(tape, P, at, inputs, how);
    const fresh = keysValues(tape, P, at, inputs, how),
      seen = cache ? remember(cache, fresh, B, first) : fresh;
    const looked = multiHead(tape, P, at, asked, seen, how, {
      causal: true,
      first: cache ? first : 0,
    });
    own = looked.weights;
    return looked.out;
  });
  const z = around(tape, P, `${path}.residual_cross_attention`, y, settings, (inputs) => {
    const at = `${path}.cross_attention`,
      asked = queries(tape, P, at, inputs, { B, heads: settings.heads, rotary: false });
    const looked = multiHead(tape, P, at, asked, memory, how, { real });
    cross = looked.weights;
    return looked.out;
  });
  return { x: aroundNetwork(tape, P, path, z, settings), own, cross };
}

/**
 * Writes the keys and values of new places, from `first` on, into a cache of more.
 * @param {{keys: Matrix, values: Matrix}} cache
 * @param {{keys: Matrix, values: Matrix}} fresh
 * @param {number} B
 * @param {number} first
 */
function remember(cache, fresh, B, first) {
  for (const name of /** @type {const} */ (["keys", "values"])) {
    const { data: to, cols: D, rows } = cache[name],
      { data: from } = fresh[name],
      room = rows / B,
      T = from.length / (B * D);
    for (let b = 0; b < B; b++) {
      to.set(from.subarray(b * T * D, (b + 1) * T * D), (b * room + first) * D);
    }
  }
  return cache;
}

/**
 * How many blocks a side has.
 * @param {Parameters} P
 * @param {string} side "encoder" or "decoder"
 */
export function blocksIn(P, side) {
  let n = 0;
  while (`${side}.blocks.${n}.residual_feed_forward.norm.scale` in P) n++;
  return n;
}

/**
 * With pre-norm, the normalisation after the top block.
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {string} side
 * @param {Matrix} x
 * @param {number} [epsilon]
 */
export const lastNorm = (tape, P, side, x, epsilon) =>
  `${side}.norm.scale` in P ? norm(tape, P, `${side}.norm`, x, epsilon) : x;
