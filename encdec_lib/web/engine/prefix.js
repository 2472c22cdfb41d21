// Decoder only, for the page's engine: the same equations as in encdec_lib/models/decoder_only.py,
// for one source at a time. What a model writes after a prefix is in session.js; shape letters as
// there.

import { meanRow } from "./arithmetic.js";
import { normalisation, product } from "./in_place.js";
import { Session } from "./session.js";

/** @typedef {import("./types.js").ParameterMap} ParameterMap */

/**
 * @param {ParameterMap} P
 * @param {string} path
 */
function blockOf(P, path) {
  const at = (/** @type {string} */ name) => product(P, `${path}.${name}`);
  return {
    query: at("attention.query"),
    key: at("attention.key"),
    value: at("attention.value"),
    output: at("attention.output"),
    hidden: at("feed_forward.hidden"),
    fed: at("feed_forward.output"),
    beforeAttention: normalisation(P, `${path}.residual_attention.norm`),
    beforeNetwork: normalisation(P, `${path}.residual_feed_forward.norm`),
  };
}

/**
 * A target token: √D times its vector, plus those of its row and, in a grid, of its column.
 * @param {ParameterMap} P
 */
function targetTokens(P) {
  const table = P["embedding.embedding"],
    D = table.shape[1],
    scale = Math.sqrt(D);
  const rows = P["rows.table"],
    columns = P["columns.table"] ?? null;
  const wide = columns ? columns.shape[0] : 1,
    room = rows.shape[0] * wide;

  /** @type {import("./session.js").Stack["embed"]} */
  function embed(x, at, token, t) {
    if (t >= room) {
      throw new Error(`this model knows ${room} places; place ${t + 1} was asked for`);
    }
    const down = Math.floor(t / wide) * D,
      across = (t % wide) * D;
    for (let k = 0; k < D; k++) {
      x[at + k] =
        scale * table.data[token * D + k] +
        rows.data[down + k] +
        (columns ? columns.data[across + k] : 0);
    }
  }
  return { embed, room };
}

/** @typedef {{done: number, session: Session}} PrefixState */

/**
 * Chapters 15 and 16. Besides start() and step() of every decoder of tokens, which work on one
 * lane, open(lanes) gives a session; `room` is T, `vocab` is V. The weights of a step are the mean
 * of the top layer's heads over the prefix; its `maps` have every layer: {cross} over the prefix,
 * {own} over the target up to here. What one of them is short of 1, the other has.
 * @param {ParameterMap} P
 * @param {import("./types.js").PrefixSettings} settings
 */
export function prefixDecoder(P, settings) {
  const { heads, prefix_length: longest, prefix } = settings;
  if (settings.activation || settings.epsilon || settings.pre_norm === false || !settings.scaled) {
    throw new Error("this page runs a decoder-only stack with pre-norm, relu and scaled products");
  }
  const { embed, room } = targetTokens(P);
  const [vocab, width] = P["embedding.embedding"].shape;
  const blocks = [];
  for (let n = 0; `blocks.${n}.attention.query.kernel` in P; n++)
    blocks.push(blockOf(P, `blocks.${n}`));
  const last = normalisation(P, "norm"),
    output = product(P, "output"),
    full = prefix === "full";
  const stack = { blocks, last, output, embed, width, heads, longest, room, full };
  const open = (/** @type {number} */ lanes) => new Session(stack, lanes);
  return {
    open,
    room,
    vocab,
    /** @param {import("./types.js").Encoded} encoding */
    start: (encoding) => ({ done: 0, session: open(1).read(encoding) }),
    /**
     * @param {PrefixState} state
     * @param {number} token
     */
    step({ done, session: before }, token) {
      // A state that was continued already keeps what came of it: this is another answer.
      const session = before.done === done ? before : before.copy(done);
      const logits = Float32Array.from(session.step([token])),
        maps = session.maps(0);
      const top = maps.cross[maps.cross.length - 1];
      return {
        state: { done: done + 1, session },
        logits,
        weights: meanRow(top.weights, top.columns),
        maps,
      };
    },
  };
}
