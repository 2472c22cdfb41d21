// Decoder only, for the page's engine: the same equations as in encdec_lib/models/decoder_only.py,
// for one source at a time.
//
// The S vectors of a prefix and the T target positions after them stand in one sequence. A session
// reads the prefix once, then writes one token a step in each of its lanes: several answers to one
// prefix. A lane has S + T places; what was read there, keys and values, is kept. All arrays of a
// session are made when it is opened, none in a step. D width, H heads, V vocabulary.

import { row } from "./arithmetic.js";
import { look, normalisation, product } from "./in_place.js";
import { blocksOf } from "./transformer.js";

function place(table, at) {
  const known = table.shape[0];
  if (at < known) return row(table, at);
  throw new Error(`this model knows ${known} places; place ${at + 1} was asked for`);
}

/** What is left of an encoder of text: √D times the vector of a word, plus that of its place. */
export function wordPrefix(P) {
  const table = P["embedding.embedding"],
    D = table.shape[1],
    scale = Math.sqrt(D);
  return (ids) => {
    const vectors = new Float32Array(ids.length * D);
    ids.forEach((id, s) => {
      const word = row(table, id),
        position = place(P["positions.table"], s);
      for (let k = 0; k < D; k++) vectors[s * D + k] = scale * word[k] + position[k];
    });
    return { M: ids.length, vectors };
  };
}

// ---------------------------------------------------------------- the stack

function blockOf(P, path) {
  const at = (name) => product(P, `${path}.${name}`);
  return {
    ...Object.fromEntries(
      ["query", "key", "value", "output"].map((name) => [name, at(`attention.${name}`)]),
    ),
    hidden: at("feed_forward.hidden"),
    fed: at("feed_forward.output"),
    beforeAttention: normalisation(P, `${path}.residual_attention.norm`),
    beforeNetwork: normalisation(P, `${path}.residual_feed_forward.norm`),
  };
}

/** Chapters 15 and 16. Besides start() and step() of every decoder of tokens, which work on one
 *  lane, open(lanes) gives a session; `room` is T, `vocab` is V. The weights of a step are the mean
 *  of the top layer's heads over the prefix; its `maps` have every layer: {cross} over the prefix,
 *  {own} over the target up to here. What one of them is short of 1, the other has. */
export function prefixDecoder(P, settings) {
  const { heads: H, prefix_length: longest, prefix } = settings;
  if (settings.activation || settings.epsilon || settings.pre_norm === false || !settings.scaled) {
    throw new Error("this page runs a decoder-only stack with pre-norm, relu and scaled products");
  }
  const table = P["embedding.embedding"],
    [V, D] = table.shape,
    K = D / H,
    scale = Math.sqrt(D);
  const rows = P["rows.table"],
    columns = P["columns.table"] ?? null;
  const wide = columns ? columns.shape[0] : 1,
    room = rows.shape[0] * wide;
  const blocks = blocksOf(P, (path) => blockOf(P, path));
  const last = normalisation(P, "norm"),
    output = product(P, "output"),
    F = blocks[0].hidden.out;

  function open(lanes) {
    const L = longest + room,
      most = Math.max(lanes, longest); // places of a lane, rows of a pass
    const numbers = (width) => new Float64Array(most * width);
    const x = numbers(D),
      normed = numbers(D),
      query = numbers(D),
      found = numbers(D);
    const key = numbers(D),
      value = numbers(D),
      hidden = numbers(F),
      logits = numbers(V);
    const ofLanes = logits.subarray(0, lanes * V);
    const kept = blocks.map(() => ({
      keys: new Float32Array(lanes * L * D),
      values: new Float32Array(lanes * L * D),
    }));
    const weights = blocks.map(() => new Float64Array(most * H * L)); // of the last pass
    const lane = new Int32Array(most),
      here = new Int32Array(most),
      seen = new Int32Array(most);
    let S = 0,
      done = 0;

    /** Takes N rows of x through all blocks; row n stands at here[n] of lane[n], looks at seen[n]
     *  places from the first on. */
    function pass(N) {
      blocks.forEach((block, l) => {
        const { keys, values } = kept[l];
        block.beforeAttention(normed, x, N);
        block.query.into(query, normed, N);
        block.key.into(key, normed, N);
        block.value.into(value, normed, N);
        for (let n = 0; n < N; n++) {
          const to = (lane[n] * L + here[n]) * D;
          for (let k = 0, from = n * D; k < D; k++, from++) {
            keys[to + k] = key[from];
            values[to + k] = value[from];
          }
        }
        for (let n = 0; n < N; n++) {
          for (let h = 0; h < H; h++) {
            const first = lane[n] * L * D + h * K,
              at = n * D + h * K,
              to = (n * H + h) * L;
            look(query, at, keys, values, first, seen[n], D, K, weights[l], to, found, at);
          }
        }
        block.output.into(normed, found, N);
        for (let k = 0; k < N * D; k++) x[k] += normed[k];
        block.beforeNetwork(normed, x, N);
        block.hidden.into(hidden, normed, N);
        for (let k = 0; k < N * F; k++) if (hidden[k] < 0) hidden[k] = 0;
        block.fed.into(normed, hidden, N);
        for (let k = 0; k < N * D; k++) x[k] += normed[k];
      });
    }

    /** Puts a token that stands at place t of the target into row n. */
    function put(n, token, t) {
      if (t >= room) {
        throw new Error(`this model knows ${room} places; place ${t + 1} was asked for`);
      }
      const down = Math.floor(t / wide) * D,
        across = (t % wide) * D;
      for (let k = 0; k < D; k++) {
        x[n * D + k] =
          scale * table.data[token * D + k] +
          rows.data[down + k] +
          (columns ? columns.data[across + k] : 0);
      }
      here[n] = S + t;
      seen[n] = S + t + 1;
    }

    function scored(N) {
      last(normed, x, N);
      output.into(logits, normed, N);
    }

    const session = {
      lanes,
      get done() {
        return done;
      }, // target tokens that every lane has read
      get prefix() {
        return S;
      },

      /** Begins anew, after this prefix. */
      read({ M, vectors }) {
        if (vectors.length !== M * D || M > longest) {
          throw new Error(
            `this decoder reads at most ${longest} vectors of width ${D}, not ${M} ` +
              `of width ${vectors.length / M}`,
          );
        }
        S = M;
        done = 0;
        x.set(vectors);
        for (let n = 0; n < S; n++) {
          lane[n] = 0;
          here[n] = n;
          seen[n] = prefix === "full" ? S : n + 1;
        }
        pass(S);
        for (const { keys, values } of kept) {
          for (let n = 1; n < lanes; n++) {
            keys.copyWithin(n * L * D, 0, S * D);
            values.copyWithin(n * L * D, 0, S * D);
          }
        }
        return session;
      },

      /** Reads one token in every lane: logits of the next, lane after lane, good until the session
       *  is used again. */
      step(tokens) {
        for (let n = 0; n < lanes; n++) {
          lane[n] = n;
          put(n, tokens[n], done);
        }
        pass(lanes);
        done += 1;
        scored(lanes);
        return ofLanes;
      },

      /** Goes back to place t of one lane, which read `token` there: {logits, maps} of then. The
       *  lane is left as it was. */
      again(one, t, token) {
        if (t >= done) throw new Error(`place ${t + 1} is not read yet; ${done} are`);
        lane[0] = one;
        put(0, token, t);
        pass(1);
        scored(1);
        return { logits: logits.slice(0, V), maps: session.maps(0) };
      },

      /** The maps of row n of the last step. */
      maps(n) {
        const part = (from, to) =>
          weights.map((layer) => {
            const map = new Float32Array(H * (to - from));
            for (let h = 0; h < H; h++) {
              const start = (n * H + h) * L;
              map.set(layer.subarray(start + from, start + to), h * (to - from));
            }
            return { heads: H, rows: 1, columns: to - from, weights: map };
          });
        return { cross: part(0, S), own: part(S, seen[n]) };
      },

      /** Another session that has read the first t target tokens. */
      copy(t) {
        return open(lanes).take(S, t, kept);
      },
      take(size, t, others) {
        [S, done] = [size, t];
        others.forEach(({ keys, values }, l) => {
          kept[l].keys.set(keys);
          kept[l].values.set(values);
        });
        return session;
      },
    };
    return session;
  }

  return {
    open,
    room,
    vocab: V,
    start: (encoding) => ({ done: 0, session: open(1).read(encoding) }),
    step({ done, session: before }, token) {
      // A state that was continued already keeps what came of it: this is another answer.
      const session = before.done === done ? before : before.copy(done);
      const logits = Float32Array.from(session.step([token])),
        maps = session.maps(0);
      const { heads, columns: S, weights: top } = maps.cross[maps.cross.length - 1];
      const weights = new Float32Array(S);
      top.forEach((weight, k) => {
        weights[k % S] += weight / heads;
      });
      return { state: { done: done + 1, session }, logits, weights, maps };
    },
  };
}
