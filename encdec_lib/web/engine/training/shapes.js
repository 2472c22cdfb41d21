// The parameters of a model that the page builds itself: their paths, as export.py writes them, and
// their shapes. The sizes have the names of the library's configs.

import { EngineError } from "../tape/memory.js";

/** @typedef {import("./types.js").Shapes} Shapes */
/** @typedef {import("./types.js").ModelConfig} ModelConfig */
/** @typedef {Record<string, any>} Sizes */

/** Of a recurrent layer, how many blocks of columns its matrices have. */
const GATES = /** @type {Record<string, number>} */ ({ gru: 3, lstm: 4, tanh: 1 });

/** @type {(path: string, input: number, output: number, bias?: boolean) => Shapes} */
const linear = (path, input, output, bias = true) => ({
  [`${path}.kernel`]: [input, output],
  ...(bias ? { [`${path}.bias`]: [output] } : {}),
});

/** @type {(path: string, D: number) => Shapes} */
const norm = (path, D) => ({ [`${path}.scale`]: [D], [`${path}.bias`]: [D] });

/** @type {(path: string, E: number, D: number, cell?: string) => Shapes} */
const recurrent = (path, E, D, cell = "gru") => ({
  [`${path}.W_in`]: [E, GATES[cell] * D],
  [`${path}.W_rec`]: [D, GATES[cell] * D],
  [`${path}.b_in`]: [GATES[cell] * D],
  ...(cell === "gru" ? { [`${path}.b_rec`]: [3 * D] } : {}),
});

/** @type {(path: string, sizes: Sizes) => Shapes} */
function attention(path, { d_model: D, heads = 1, d_k = D / heads, d_v = D / heads }) {
  return {
    ...linear(`${path}.query`, D, heads * d_k),
    ...linear(`${path}.key`, D, heads * d_k),
    ...linear(`${path}.value`, D, heads * d_v),
    ...linear(`${path}.output`, heads * d_v, D),
  };
}

/**
 * N blocks of a Transformer, each with these attentions, and the norm after the last.
 * @type {(side: string, sizes: Sizes, layers: number, names: string[], pre_norm: boolean) => Shapes}
 */
function blocks(side, sizes, layers, names, pre_norm) {
  const { d_model: D, d_ff } = sizes;
  /** @type {Shapes} */
  const shapes = pre_norm ? norm(`${side}.norm`, D) : {};
  for (let n = 0; n < layers; n++) {
    const path = `${side}.blocks.${n}`;
    for (const name of names) {
      Object.assign(shapes, attention(`${path}.${name}`, sizes));
      Object.assign(shapes, norm(`${path}.residual_${name}.norm`, D));
    }
    Object.assign(shapes, linear(`${path}.feed_forward.hidden`, D, d_ff));
    Object.assign(shapes, linear(`${path}.feed_forward.output`, d_ff, D));
    Object.assign(shapes, norm(`${path}.residual_feed_forward.norm`, D));
  }
  return shapes;
}

/** @type {(side: string, V: number, D: number, settings: Sizes, max_length?: number) => Shapes} */
const tokens = (side, V, D, { positions }, max_length = 64) => ({
  [`${side}.tokens.embedding.embedding`]: [V, D],
  ...(positions === "learned" ? { [`${side}.tokens.positions.table`]: [max_length, D] } : {}),
});

/** @type {Record<string, (sizes: Sizes, settings: Sizes) => {width: number, shapes: Shapes}>} */
const ENCODERS = {
  rnn: ({ source_vocab, embed_dim: E, state_dim: D }, { cell }) => ({
    width: D,
    shapes: {
      "encoder.embedding.embedding": [source_vocab, E],
      ...recurrent("encoder.rnn", E, D, cell),
    },
  }),
  birnn: ({ source_vocab, embed_dim: E, encoder_dim: D }, { cell }) => ({
    width: 2 * D,
    shapes: {
      "encoder.embedding.embedding": [source_vocab, E],
      ...recurrent("encoder.rnn.forward", E, D, cell),
      ...recurrent("encoder.rnn.backward", E, D, cell),
    },
  }),
  transformer: (sizes, settings) => {
    const { source_vocab, d_model: D, layers, encoder_layers = layers, max_length } = sizes;
    const built = { ...sizes, heads: settings.heads ?? sizes.heads };
    return {
      width: D,
      shapes: {
        ...tokens("encoder", source_vocab, D, settings, max_length),
        ...blocks("encoder", built, encoder_layers, ["attention"], settings.pre_norm ?? true),
      },
    };
  },
  vit: (sizes, settings) => {
    const { d_model: D, layers, positions = true, pool = "class" } = sizes;
    const { side, patch, channels = 1 } = { ...sizes, ...settings };
    const own = pool === "class" ? 1 : 0;
    const built = { ...sizes, heads: settings.heads ?? sizes.heads };
    return {
      width: D,
      shapes: {
        ...linear("encoder.embed.project", patch * patch * channels, D),
        ...(own ? { "encoder.class_token": [1, 1, D] } : {}),
        ...(positions ? { "encoder.positions": [1, (side / patch) ** 2 + own, D] } : {}),
        ...blocks("encoder", built, layers, ["attention"], settings.pre_norm ?? true),
      },
    };
  },
  dense: ({ side, hidden_dim: K, encoding_dim: D }) => ({
    width: D,
    shapes: { ...linear("encoder.hidden", side * side, K), ...linear("encoder.output", K, D) },
  }),
};

/** @type {Record<string, (sizes: Sizes, settings: Sizes, width: number) => Shapes>} */
const DECODERS = {
  rnn: ({ target_vocab: V, embed_dim: E, state_dim: D }, { cell }) => ({
    "decoder.embedding.embedding": [V, E],
    ...recurrent("decoder.rnn", E, D, cell),
    ...linear("decoder.output", D, V),
  }),
  attention: ({ target_vocab: V, embed_dim: E, state_dim: D, align_dim: A }, _, width) => ({
    "decoder.embedding.embedding": [V, E],
    ...linear("decoder.initial", width / 2, D),
    "decoder.attention.W_query": [D, A],
    "decoder.attention.W_key": [width, A],
    "decoder.attention.v": [A],
    ...recurrent("decoder.rnn", E + width, D),
    ...linear("decoder.output", D + width + E, V),
  }),
  reading: (sizes, settings, width) => {
    const { target_vocab: V, embed_dim: E, state_dim: D = width } = sizes;
    return {
      "decoder.embedding.embedding": [V, E],
      ...linear("decoder.initial", width / 2, D),
      ...recurrent("decoder.rnn", E, D),
      ...reader(sizes, settings, width, D),
      ...linear("decoder.combine", width + D, D),
      ...linear("decoder.output", D, V),
    };
  },
  transformer: (sizes, settings) => {
    const { target_vocab: V, d_model: D, layers, decoder_layers = layers } = sizes;
    const { max_length, tied = true } = sizes;
    const built = { ...sizes, heads: settings.heads ?? sizes.heads };
    const names = ["self_attention", "cross_attention"];
    return {
      ...tokens("decoder", V, D, settings, max_length),
      ...blocks("decoder", built, decoder_layers, names, settings.pre_norm ?? true),
      ...(tied ? {} : linear("decoder.output", D, V, false)),
    };
  },
  classes: ({ num_classes = 10 }, _, width) => linear("decoder.head", width, num_classes),
  dense: ({ side, hidden_dim: K }, _, width) => ({
    ...linear("decoder.hidden", width, K),
    ...linear("decoder.output", K, side * side),
  }),
};

/** The weights of chapter 9's scores and windows. @type {(...all: any[]) => Shapes} */
function reader({ align_dim: A = 64, max_source = 64 }, { score, window: near }, width, D) {
  const path = "decoder.reader";
  /** @type {Record<string, Shapes>} */
  const scores = {
    general: { [`${path}.score.W`]: [width, D] },
    additive: {
      [`${path}.score.W_query`]: [D, A],
      [`${path}.score.W_key`]: [width, A],
      [`${path}.score.v`]: [A],
    },
    location: { [`${path}.score.W`]: [D, max_source] },
  };
  const shapes = { ...(scores[score] ?? {}) };
  if (near?.kind !== "predictive") return shapes;
  return {
    ...shapes,
    [`${path}.window.W_position`]: [D, A],
    [`${path}.window.v_position`]: [A],
  };
}

/**
 * The shape of every parameter of a model by its path.
 * @param {ModelConfig} model
 * @returns {Shapes}
 */
export function shapesOf({ encoder, decoder, settings = {}, sizes }) {
  known("encoder", ENCODERS, encoder);
  known("decoder", DECODERS, decoder);
  const read = ENCODERS[encoder](sizes, settings.encoder ?? {});
  const write = DECODERS[decoder](sizes, settings.decoder ?? {}, read.width);
  const shapes = { ...read.shapes, ...write };
  for (const [path, shape] of Object.entries(shapes)) {
    if (!shape.every((size) => Number.isInteger(size) && size > 0)) {
      throw new EngineError(
        `The sizes must give every parameter a whole shape; ${path} has ${shape.join(" × ")}. ` +
          `Is a size missing from ${Object.keys(sizes).join(", ")}?`,
      );
    }
  }
  return shapes;
}

/** @type {(side: string, parts: object, name: string) => void} */
function known(side, parts, name) {
  if (Object.hasOwn(parts, name)) return;
  const names = Object.keys(parts).join(", ");
  throw new EngineError(`The ${side} must be one that the page builds, ${names}; got ${name}.`);
}
