// Where the page's engine computes for one source at a time with the layers that also train: a small
// tape of its own, which keeps nothing between two calls. What a call gives are copies, so a state
// that was handed out stays as it was.

import { mapOf } from "./models/answer.js";
import { OutOfMemory } from "./tape/memory.js";
import { Tape } from "./tape/tape.js";
import { meanHead } from "./transformer.js";

/** @typedef {import("./models/types.js").DecoderState} DecoderState */
/** @typedef {import("./models/types.js").Encode} Encode */
/** @typedef {import("./models/types.js").Encoding} Encoding */
/** @typedef {import("./models/types.js").Sources} Sources */
/** @typedef {import("./tape/types.js").Matrix} Matrix */
/** @typedef {import("./tape/types.js").Parameters} Parameters */
/** @typedef {import("./types.js").Encoded} Encoded */
/** @typedef {import("./types.js").ParameterMap} ParameterMap */
/** @typedef {import("./types.js").Source} Source */

const ROOM = 4; // megabytes beside the parameters, to begin with
const MOST = 512;

export class Workbench {
  /** @param {ParameterMap} parameters of a whole model, "encoder.…" and "decoder.…" */
  constructor(parameters) {
    /** @type {import("./tape/types.js").FirstWeights} */
    this.parameters = parameters;
    /** @type {{tape: Tape, P: Parameters} | null} */
    this.made = null; // by the first call: a page has models that nobody asks
  }

  /**
   * @param {number} room
   */
  make(room) {
    const numbers = Object.values(this.parameters).reduce((sum, { data }) => sum + data.length, 0),
      tape = new Tape({ megabytes: Math.ceil(numbers / 2 ** 18) + room });
    const P = tape.parameters(this.parameters, false);
    // From here on the tape has them, and the first copy may go.
    this.parameters = Object.fromEntries(
      Object.entries(P).map(([path, { data, cols }]) => [path, { data, shape: [cols] }]),
    );
    this.made = { tape, P };
    return this.made;
  }

  /**
   * What `work` gives on an empty tape; where that is too small, on a larger one.
   * @template Result
   * @param {(tape: Tape, P: Parameters) => Result} work
   * @returns {Result}
   */
  run(work) {
    for (let room = ROOM; ; room *= 4) {
      const { tape, P } = this.made && room === ROOM ? this.made : this.make(room);
      tape.begin(false);
      try {
        return work(tape, P);
      } catch (error) {
        if (!(error instanceof OutOfMemory) || room > MOST) throw error;
      }
    }
  }
}

/**
 * @param {Workbench} bench
 * @param {Encode} encode
 * @param {(source: Source) => Sources} checked
 * @returns {(source: Source) => Encoded}
 */
export const encoderOn = (bench, encode, checked) => (source) =>
  bench.run((tape, P) => {
    const { M, vectors, maps } = encode(tape, P, checked(source));
    const rows = maps.map((layer) => mapOf(layer, 0, layer.columns));
    return { M, vectors: Float32Array.from(vectors.data), maps: rows };
  });

/** @typedef {{data: Float32Array, cols: number}} Kept a matrix that is no longer on the tape */
/** @typedef {{cols: number, data: ArrayLike<number>}} Rows */

/** @type {(matrices: Matrix[]) => Kept[]} */
const keep = (matrices) =>
  matrices.map(({ data, cols }) => ({ data: Float32Array.from(data), cols }));

/**
 * @param {Tape} tape
 * @param {Rows} rows
 * @param {number} more empty rows after them
 */
const put = (tape, { data, cols }, more = 0) =>
  tape.constant(data.length / cols + more, cols, data);

/**
 * @param {Tape} tape
 * @param {Encoded} encoded
 * @returns {Encoding}
 */
function encodingOn(tape, { M, vectors }) {
  return {
    ...{ B: 1, M, real: null, maps: [] },
    vectors: put(tape, { data: vectors, cols: vectors.length / M }),
  };
}

/**
 * What a step needs of those before it.
 * @typedef {object} BenchState
 * @property {Encoded} encoded
 * @property {number} done
 * @property {Kept[]} carry
 * @property {Kept[]} memory
 * @property {Kept[]} caches
 * @property {number} temperature
 */

/**
 * @param {Encoded} encoded
 * @param {DecoderState} state
 * @returns {BenchState}
 */
function keptState(encoded, { done, carry, memory, caches, temperature }) {
  const filled = caches.map(({ data, cols }) => ({
    cols,
    data: Float32Array.from(data.subarray(0, done * cols)),
  }));
  return { encoded, done, carry: keep(carry), memory: keep(memory), caches: filled, temperature };
}

/**
 * @param {Workbench} bench
 * @param {import("./models/types.js").TokenDecoder} decoder
 * @returns {import("./types.js").TokenDecoder<BenchState>}
 */
export const tokenDecoderOn = (bench, decoder) => ({
  scores: decoder.scores,
  start: (encoded, { temperature = 1 } = {}) =>
    bench.run((tape, P) => {
      const options = { room: 1, temperature };
      return keptState(encoded, decoder.start(tape, P, encodingOn(tape, encoded), options));
    }),
  step: (before, token, { temperature = before.temperature } = {}) =>
    bench.run((tape, P) => {
      const { encoded, done, carry, memory, caches } = before;
      const { state, logits, cross, own, windows } = decoder.decode(
        tape,
        P,
        {
          ...{ encoding: encodingOn(tape, encoded), done, temperature },
          carry: carry.map((rows) => put(tape, rows)),
          memory: memory.map((rows) => put(tape, rows)),
          caches: caches.map((rows) => put(tape, rows, 1)),
        },
        Int32Array.of(token),
      );
      const [crossMaps, ownMaps] = [cross, own].map((layers) =>
        layers.map((layer) => mapOf(layer, 0, layer.columns)),
      );
      return {
        state: { ...keptState(encoded, state), memory, temperature: before.temperature },
        logits: Float32Array.from(logits.data),
        weights: cross.length ? meanHead(crossMaps[cross.length - 1]) : null,
        window: windows?.[0],
        maps: own.length ? { own: ownMaps, cross: crossMaps } : undefined,
      };
    }),
});

/**
 * The logits of one image, of the classes or of the pixels.
 * @param {Workbench} bench
 * @param {import("./models/types.js").ImageDecoder} decoder
 * @returns {(encoded: Encoded) => Float32Array}
 */
export const logitsOn = (bench, decoder) => (encoded) =>
  bench.run((tape, P) =>
    Float32Array.from(decoder.logits(tape, P, encodingOn(tape, encoded)).data),
  );
