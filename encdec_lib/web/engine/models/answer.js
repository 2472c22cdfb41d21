// What a model says: greedy answers to many sources at once, and who looked where. B examples, T
// steps, S vectors in the encoding.

import { argmax } from "../arithmetic.js";
import { meanHead, stacked } from "../transformer.js";
import { BOS, EOS } from "./batches.js";

/** @typedef {import("../tape/tape.js").Tape} Tape */
/** @typedef {import("../tape/types.js").Floats} Floats */
/** @typedef {import("../tape/types.js").Parameters} Parameters */
/** @typedef {import("../types.js").AttentionMap} AttentionMap */
/** @typedef {import("./types.js").Answer} Answer */
/** @typedef {import("./types.js").Decoded} Decoded */
/** @typedef {import("./types.js").HeadMaps} HeadMaps */

/**
 * The token that row b of the logits is highest for; never <pad> or <bos>.
 * @param {import("../tape/types.js").Matrix} logits
 * @param {number} b
 */
export const likeliest = ({ data, cols: V }, b) => argmax(data.subarray(b * V, (b + 1) * V), EOS);

/**
 * Takes the likeliest token at every step until <eos> or `maxLength` tokens stand; never <pad> or
 * <bos>.
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {{encode: import("./types.js").Encode, decoder: import("./types.js").TokenDecoder}} model
 * @param {number[][]} sources
 * @param {number} maxLength
 * @param {import("./types.js").AnswerOptions} options
 * @returns {Answer[]}
 */
export function greedyAnswers(tape, P, { encode, decoder }, sources, maxLength, options) {
  const { maps = false, temperature = 1 } = options;
  tape.begin(false);
  const encoding = encode(tape, P, sources),
    writers = sources.map((source, b) => new Writer(b, source.length));
  let state = decoder.start(tape, P, encoding, { room: maxLength, temperature });
  const mark = tape.top,
    tokens = new Int32Array(sources.length).fill(BOS);
  for (let n = 0; n < maxLength && writers.some(({ finished }) => !finished); n++) {
    const decoded = decoder.decode(tape, P, state, tokens),
      { logits } = decoded;
    for (const [b, writer] of writers.entries()) {
      tokens[b] = likeliest(logits, b);
      if (!writer.finished) writer.write(tokens[b], decoded, maps);
    }
    decoded.state.carry.forEach(({ data }, k) => {
      state.carry[k].data.set(data);
    });
    state = { ...decoded.state, carry: state.carry };
    tape.release(mark);
  }
  return writers.map((writer) => writer.answer(maps ? encoding.maps : null));
}

/** One answer while it is written. */
class Writer {
  /**
   * @param {number} b which of the batch
   * @param {number} length of its source
   */
  constructor(b, length) {
    this.b = b;
    this.length = length;
    this.finished = false;
    /** @type {number[]} */
    this.tokens = [];
    /** @type {Floats[]} */
    this.weights = [];
    /** @type {{own: AttentionMap[][], cross: AttentionMap[][]}} steps of each layer */
    this.rows = { own: [], cross: [] };
  }

  /**
   * @param {number} token
   * @param {Decoded} decoded
   * @param {boolean} maps
   */
  write(token, { own, cross }, maps) {
    if (cross.length) {
      this.weights.push(meanHead(mapOf(cross[cross.length - 1], this.b, this.length)));
    }
    if (maps) {
      for (const [name, layers] of Object.entries({ own, cross })) {
        const rows = this.rows[/** @type {"own" | "cross"} */ (name)];
        layers.forEach((layer, n) => {
          const columns = name === "own" ? layer.columns : this.length;
          rows[n] = [...(rows[n] ?? []), mapOf(layer, this.b, columns)];
        });
      }
    }
    if (token === EOS) this.finished = true;
    else this.tokens.push(token);
  }

  /**
   * @param {HeadMaps[] | null} encoder
   * @returns {Answer}
   */
  answer(encoder) {
    const { tokens, finished, weights, b, length } = this;
    if (!encoder) return { tokens, finished, weights };
    const own = this.rows.own.map(stacked),
      cross = this.rows.cross.map(stacked);
    const within = encoder.map((layer) => mapOf(layer, b, length, length));
    return { tokens, finished, weights, maps: { encoder: within, own, cross } };
  }
}

/**
 * The map of one example, cut to what is no padding; a copy.
 * @param {HeadMaps} layer
 * @param {number} b
 * @param {number} columns
 * @param {number} [rows]
 * @returns {AttentionMap}
 */
export function mapOf({ heads, rows: T, weights }, b, columns, rows = T) {
  const S = weights.cols,
    cut = new Float32Array(heads * rows * columns);
  for (let h = 0; h < heads; h++) {
    for (let t = 0; t < rows; t++) {
      const from = ((b * heads + h) * T + t) * S;
      cut.set(weights.data.subarray(from, from + columns), (h * rows + t) * columns);
    }
  }
  return { heads, rows, columns, weights: cut };
}

/** @type {(matrix: import("../tape/types.js").Matrix, b: number) => Floats} */
const rowOf = ({ data, cols }, b) => data.slice(b * cols, (b + 1) * cols);

/**
 * What a model says of images.
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {{encode: import("./types.js").Encode, decoder: import("./types.js").ImageDecoder}} model
 * @param {import("./types.js").ImageBatch} images
 * @param {import("./types.js").AnswerOptions} options
 * @returns {import("./types.js").ImageAnswer[]}
 */
export function imageAnswers(tape, P, { encode, decoder }, images, { maps = false }) {
  tape.begin(false);
  const encoding = encode(tape, P, images),
    { data, cols: V } = decoder.logits(tape, P, encoding);
  return Array.from({ length: images.count }, (_, b) => {
    const logits = data.slice(b * V, (b + 1) * V);
    const label = decoder.kind === "classes" ? { label: argmax(logits) } : {};
    const within = () => encoding.maps.map((layer) => mapOf(layer, b, layer.columns));
    const vector = encoding.M === 1 ? { vector: rowOf(encoding.vectors, b) } : {};
    return { logits, ...label, ...(maps ? { ...vector, maps: { encoder: within() } } : {}) };
  });
}
