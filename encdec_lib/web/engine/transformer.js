// The Transformer for the page's engine: the same equations as in encdec_lib/layers/{positions,
// attention,blocks}.py and models/transformer.py, for one source at a time.
//
// N vectors of width D stand in one Float32Array, row by row. H heads, K width of a key, V width
// of a value, M vectors that are looked at. A map, who looked where in one layer, is
// {heads, rows, columns, weights}: the weight of row t for column s in head n is
// weights[(n · rows + t) · columns + s].

import { affine, row, softmax } from "./arithmetic.js";

const EPSILON = 1e-5; // of layer normalisation, where a model does not say another
const LONGEST = 10000; // wavelengths of positions go from 2π to 2π times this

// ---------------------------------------------------------------- positions

/** sin and cos of (place · frequency) for each pair of `width` numbers. */
function turns(place, width) {
  const pairs = Array.from({ length: width / 2 }, (_, m) => place * LONGEST ** ((-2 * m) / width));
  return { sin: pairs.map(Math.sin), cos: pairs.map(Math.cos) };
}

/** The fixed vector of a place: sine and cosine in turn. */
export function sinusoidal(place, width) {
  const { sin, cos } = turns(place, width);
  return Float32Array.from({ length: width }, (_, k) => (k % 2 ? cos : sin)[k >> 1]);
}

/** Turns each pair of numbers of every head by an angle that grows with the place; in place. */
export function rotate(x, N, heads, first = 0) {
  const width = x.length / N,
    K = width / heads;
  for (let t = 0; t < N; t++) {
    const { sin, cos } = turns(first + t, K);
    for (let k = 0; k < width; k += 2) {
      const at = t * width + k,
        m = (k % K) / 2,
        even = x[at],
        odd = x[at + 1];
      x[at] = even * cos[m] - odd * sin[m];
      x[at + 1] = even * sin[m] + odd * cos[m];
    }
  }
  return x;
}

/** place -> the vector that is added to an embedding there, or null where nothing is. */
function added(kind, D, table) {
  const kinds = {
    sinusoidal: (place) => sinusoidal(place, D),
    learned: (place) => {
      const known = table.shape[0];
      if (place >= known) {
        throw new Error(`this model knows ${known} places; place ${place + 1} was asked for`);
      }
      return row(table, place);
    },
    rotary: () => null,
    none: () => null,
  };
  if (Object.hasOwn(kinds, kind)) return kinds[kind];
  throw new Error(`this page has the positions ${Object.keys(kinds).join(", ")}, not ${kind}`);
}

/** Embeddings times √D plus positions: (ids, place of the first) -> N vectors. */
function tokensOf(P, { positions }) {
  const table = P["tokens.embedding.embedding"],
    D = table.shape[1],
    scale = Math.sqrt(D);
  const position = added(positions, D, P["tokens.positions.table"]);
  return (ids, first = 0) => {
    const x = new Float32Array(ids.length * D);
    ids.forEach((id, t) => {
      const vector = row(table, id),
        place = position(first + t);
      for (let k = 0; k < D; k++) x[t * D + k] = scale * vector[k] + (place ? place[k] : 0);
    });
    return x;
  };
}

// ---------------------------------------------------------------- pieces of a block

/** (x, N) -> x W + b; a layer without a bias has none. */
export function linear(P, path) {
  const W = P[`${path}.kernel`],
    b = P[`${path}.bias`];
  return (x, N) => affine(x, N, W, b);
}

/** Each vector less its mean, by its spread, times a scale, plus a bias. */
export function layerNorm(P, path, epsilon = EPSILON) {
  const scale = P[`${path}.scale`].data,
    bias = P[`${path}.bias`].data,
    D = scale.length;
  return (x, N) => {
    const y = new Float32Array(N * D);
    for (let start = 0; start < N * D; start += D) {
      let mean = 0,
        variance = 0;
      for (let k = 0; k < D; k++) mean += x[start + k] / D;
      for (let k = 0; k < D; k++) variance += (x[start + k] - mean) ** 2 / D;
      const spread = Math.sqrt(variance + epsilon);
      for (let k = 0; k < D; k++)
        y[start + k] = ((x[start + k] - mean) / spread) * scale[k] + bias[k];
    }
    return y;
  };
}

/** A way around a sub-layer: what it is given, and what comes of its output. */
function around(P, path, { pre_norm: preNorm, epsilon }) {
  const norm = layerNorm(P, `${path}.norm`, epsilon);
  return {
    before: preNorm ? norm : (x) => x,
    after(x, fx, N) {
      const sum = x.map((value, k) => value + fx[k]);
      return preNorm ? sum : norm(sum, N);
    },
  };
}

/** The error function: a sum of terms of one sign for |x| < 6, and from there on it is 1. */
export function erf(x) {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x,
    sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++)
    sum += term *= (2 * x * x) / (2 * n + 1);
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

const ACTIVATIONS = {
  relu: (x) => Math.max(0, x),
  gelu: (x) => (x / 2) * (1 + erf(x / Math.SQRT2)),
};

/** FFN(x) = max(0, x W_1 + b_1) W_2 + b_2, or with gelu, x Φ(x), in the middle. */
export function feedForward(P, path, { activation = "relu" } = {}) {
  const hidden = linear(P, `${path}.hidden`),
    output = linear(P, `${path}.output`);
  const bent = ACTIVATIONS[activation];
  return (x, N) => output(hidden(x, N).map(bent), N);
}

/** N vectors as a list of rows, views into the one array. */
function listed(x, N) {
  const width = x.length / N;
  return Array.from({ length: N }, (_, t) => x.subarray(t * width, (t + 1) * width));
}

/** Several heads. ask(x, N, first) gives queries, offer(z, M, first) keys and values, each a list of
 *  M rows with the heads side by side, and look(queries, N, memory) what the heads found, joined,
 *  with a map. Nothing is hidden: a decoder hands over what it may see. */
export function multiHead(P, path, { heads, scaled = true }, rotary = false) {
  const [query, key, value, output] = ["query", "key", "value", "output"].map((name) =>
    linear(P, `${path}.${name}`),
  );
  const turned = (x, N, first) => (rotary ? rotate(x, N, heads, first) : x);
  return {
    ask: (x, N, first = 0) => turned(query(x, N), N, first),
    offer: (z, M, first = 0) => ({
      keys: listed(turned(key(z, M), M, first), M),
      values: listed(value(z, M), M),
    }),
    look(queries, N, { keys, values }) {
      const M = keys.length,
        K = keys[0].length / heads,
        V = values[0].length / heads;
      const scale = scaled ? 1 / Math.sqrt(K) : 1;
      const weights = new Float32Array(heads * N * M),
        found = new Float32Array(N * heads * V);
      const scores = new Float64Array(M),
        mixture = new Float64Array(V);
      for (let n = 0; n < heads; n++) {
        for (let t = 0; t < N; t++) {
          const asked = (t * heads + n) * K;
          for (let s = 0; s < M; s++) {
            const one = keys[s];
            let product = 0;
            for (let k = 0; k < K; k++) product += queries[asked + k] * one[n * K + k];
            scores[s] = scale * product;
          }
          const shares = softmax(scores);
          mixture.fill(0);
          for (let s = 0; s < M; s++) {
            const one = values[s],
              share = shares[s];
            for (let v = 0; v < V; v++) mixture[v] += share * one[n * V + v];
          }
          weights.set(shares, (n * N + t) * M);
          found.set(mixture, (t * heads + n) * V);
        }
      }
      return { out: output(found, N), map: { heads, rows: N, columns: M, weights } };
    },
  };
}

// ---------------------------------------------------------------- blocks

/** Self-attention, then the feed-forward network: (x, N) -> {x, map}. */
export function encoderBlock(P, path, settings) {
  const attention = multiHead(P, `${path}.attention`, settings, settings.positions === "rotary");
  const network = feedForward(P, `${path}.feed_forward`, settings);
  const [aroundAttention, aroundNetwork] = ["attention", "feed_forward"].map((name) =>
    around(P, `${path}.residual_${name}`, settings),
  );
  return (x, N) => {
    const asked = aroundAttention.before(x, N);
    const { out, map } = attention.look(attention.ask(asked, N), N, attention.offer(asked, N));
    const y = aroundAttention.after(x, out, N);
    return { x: aroundNetwork.after(y, network(aroundNetwork.before(y, N), N), N), map };
  };
}

/** One target position: attention over those before it and itself, over the encoding, then the
 *  network. `remember` gives the keys and values of an encoding, `step` takes them and the cache of
 *  the positions before, and returns a new cache: the old one stays as it was. */
function decoderBlock(P, path, settings) {
  const own = multiHead(P, `${path}.self_attention`, settings, settings.positions === "rotary");
  const cross = multiHead(P, `${path}.cross_attention`, settings);
  const network = feedForward(P, `${path}.feed_forward`, settings);
  const [aroundOwn, aroundCross, aroundNetwork] = [
    "self_attention",
    "cross_attention",
    "feed_forward",
  ].map((name) => around(P, `${path}.residual_${name}`, settings));
  return {
    remember: (vectors, M) => cross.offer(vectors, M),
    step(x, place, cache, memory) {
      const asked = aroundOwn.before(x, 1),
        { keys, values } = own.offer(asked, 1, place);
      const grown = { keys: [...cache.keys, ...keys], values: [...cache.values, ...values] };
      const before = own.look(own.ask(asked, 1, place), 1, grown);
      const y = aroundOwn.after(x, before.out, 1);
      const source = cross.look(cross.ask(aroundCross.before(y, 1), 1), 1, memory);
      const z = aroundCross.after(y, source.out, 1);
      const end = aroundNetwork.after(z, network(aroundNetwork.before(z, 1), 1), 1);
      return { x: end, cache: grown, own: before.map, cross: source.map };
    },
  };
}

/** block(path of it) for blocks.0, blocks.1, ... as many as there are parameters for. */
export function blocksOf(P, block) {
  const numbers = Object.keys(P).map((path) => /^blocks\.(\d+)\./.exec(path)?.[1] ?? -1);
  return Array.from({ length: 1 + Math.max(...numbers) }, (_, n) => block(`blocks.${n}`));
}

/** With pre-norm, the normalisation after the top block. */
const lastNorm = (P) => ("norm.scale" in P ? layerNorm(P, "norm") : (x) => x);

// ---------------------------------------------------------------- encoder and decoder

/** Chapters 10 to 12: every token looks at every other, layer after layer. */
export function transformerEncoder(P, settings) {
  const tokens = tokensOf(P, settings),
    last = lastNorm(P);
  const blocks = blocksOf(P, (path) => encoderBlock(P, path, settings));
  return (source) => {
    const M = source.length,
      maps = [];
    let x = tokens(source);
    for (const block of blocks) {
      const layer = block(x, M);
      x = layer.x;
      maps.push(layer.map);
    }
    return { M, vectors: last(x, M), maps };
  };
}

/** Chapter 12. A step works out one position and keeps its keys and values; its `maps` are
 *  {own, cross}, a map of one row for each layer, and its `weights` the mean of the top layer's
 *  heads over the encoding. */
export function transformerDecoder(P, settings) {
  const tokens = tokensOf(P, settings),
    last = lastNorm(P);
  const blocks = blocksOf(P, (path) => decoderBlock(P, path, settings));
  const table = P["tokens.embedding.embedding"],
    [V, D] = table.shape;
  const untied = "output.kernel" in P ? linear(P, "output") : null;
  const tied = (y) =>
    Float32Array.from({ length: V }, (_, token) => {
      let product = 0;
      for (let k = 0, at = token * D; k < D; k++, at++) product += y[k] * table.data[at];
      return product;
    });
  return {
    start({ M, vectors }) {
      const width = vectors.length / M;
      if (width !== D) throw new Error(`this decoder reads vectors of width ${D}, not ${width}`);
      return {
        done: 0,
        caches: blocks.map(() => ({ keys: [], values: [] })),
        memory: blocks.map((block) => block.remember(vectors, M)),
      };
    },
    step({ done, caches, memory }, token) {
      const layers = [];
      let x = tokens([token], done);
      blocks.forEach((block, n) => {
        layers.push(block.step(x, done, caches[n], memory[n]));
        x = layers[n].x;
      });
      const y = last(x, 1),
        own = layers.map((layer) => layer.own);
      const cross = layers.map((layer) => layer.cross);
      return {
        state: { done: done + 1, caches: layers.map((layer) => layer.cache), memory },
        logits: untied ? untied(y, 1) : tied(y),
        weights: meanHead(cross[cross.length - 1]),
        maps: { own, cross },
      };
    },
  };
}

// ---------------------------------------------------------------- maps

/** One head's weights as a list of rows. */
export function headRows({ rows, columns, weights }, head) {
  return Array.from({ length: rows }, (_, t) =>
    weights.subarray((head * rows + t) * columns, (head * rows + t + 1) * columns),
  );
}

/** The mean of all heads: rows · columns numbers. */
export function meanHead({ heads, rows, columns, weights }) {
  const mean = new Float32Array(rows * columns);
  weights.forEach((weight, k) => {
    mean[k % mean.length] += weight / heads;
  });
  return mean;
}

/** Maps of single rows, one below the other; what a row is too short for is 0. */
function stacked(steps) {
  const rows = steps.length,
    columns = steps[rows - 1].columns,
    { heads } = steps[0];
  const weights = new Float32Array(heads * rows * columns);
  steps.forEach((step, t) =>
    headRowsOf(step).forEach((shares, n) => weights.set(shares, (n * rows + t) * columns)),
  );
  return { heads, rows, columns, weights };
}

const headRowsOf = (step) => Array.from({ length: step.heads }, (_, n) => headRows(step, n)[0]);

/** All maps of an answer, {encoder, own, cross}, each a list of layers from the bottom up: empty
 *  where a model has none. A decoder of another kind that weighs the encoding counts as one layer
 *  of one head. `steps` are what step() gave. */
export function mapsOf(encoding, steps) {
  const layers = (name) =>
    (steps[0]?.maps?.[name] ?? []).map((_, n) => stacked(steps.map(({ maps }) => maps[name][n])));
  const one = ({ weights }) => ({ heads: 1, rows: 1, columns: weights.length, weights });
  const cross = steps[0]?.weights && !steps[0].maps ? [stacked(steps.map(one))] : layers("cross");
  return { encoder: encoding.maps ?? [], own: layers("own"), cross };
}
