// The decoder of chapters 7 and 9 for the page's engine: a GRU that reads the encoding at every
// step, in one of six ways or by one of five scores within a window. The same equations as in
// encdec_lib/layers/{reading_decoder,scores,windows}.py and models/token_sized.py, for one source.
// M vectors h_j of width N in the encoding, D state width, A alignment width.

import { affine, mix, row, sigmoid, softmax } from "./arithmetic.js";
import { gruOf, gruStep, remembered } from "./gru.js";

const dot = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);

/** [g(0), g(1), ..., g(M − 1)] as scores or weights. */
const each = (M, g) => Float32Array.from({ length: M }, (_, j) => g(j));

const oneHot = (M, place) => each(M, (j) => (j === place ? 1 : 0));

// ---------------------------------------------------------------- six ways to read (chapter 7)

/** The largest number at each of the N places; the weights say how many come from each vector. */
function readMax({ M, N, vectors }) {
  const context = new Float32Array(N),
    weights = new Float32Array(M);
  for (let n = 0; n < N; n++) {
    let best = 0;
    for (let j = 1; j < M; j++) if (vectors[j * N + n] > vectors[best * N + n]) best = j;
    context[n] = vectors[best * N + n];
    weights[best] += 1 / N;
  }
  return { context, weights };
}

/** Each direction's last state: the first half of h_M and the second half of h_1. */
function readLast({ M, N, vectors }) {
  const context = vectors.slice((M - 1) * N);
  context.set(vectors.subarray(N / 2, N), N / 2);
  return { context, weights: each(M, (j) => ((j === 0) + (j === M - 1)) / 2) };
}

/** From the weights of the vectors to what was read. */
function mixed(memory, weights) {
  return { context: mix(weights, memory.vectors, memory.N), weights };
}

function alike({ M, N, vectors }, query) {
  return each(M, (j) => dot(query, vectors.subarray(j * N, (j + 1) * N)));
}

const tempered = (scores, temperature) => softmax(scores.map((score) => score / temperature));

/** (memory, query, step, temperature) -> {context, weights}. */
const READERS = {
  last: readLast,
  mean: (memory) =>
    mixed(
      memory,
      each(memory.M, () => 1 / memory.M),
    ),
  max: readMax,
  position: (memory, query, step) => mixed(memory, oneHot(memory.M, Math.min(step, memory.M - 1))),
  content: (memory, query) => {
    const scores = alike(memory, query);
    return mixed(memory, oneHot(memory.M, scores.indexOf(Math.max(...scores))));
  },
  weighted: (memory, query, step, temperature) =>
    mixed(memory, tempered(alike(memory, query), temperature)),
};

// ---------------------------------------------------------------- five scores (chapter 9)

const scaledDot = (scale) => ({
  keys: (vectors) => vectors,
  scores: (query, keys, M) => {
    const D = query.length;
    return each(M, (j) => scale * dot(query, keys.subarray(j * D, (j + 1) * D)));
  },
});

/** (parameters, D) -> keys(vectors, M), worked out once a source, and scores(query, keys, M). */
const SCORES = {
  dot: () => scaledDot(1),
  scaled_dot: (P, D) => scaledDot(1 / Math.sqrt(D)),
  general: (P) => ({ ...scaledDot(1), keys: (vectors, M) => affine(vectors, M, P["score.W"]) }),
  additive: (P) => {
    const v = P["score.v"].data,
      A = v.length;
    return {
      keys: (vectors, M) => affine(vectors, M, P["score.W_key"]),
      scores: (query, keys, M) => {
        const asked = affine(query, 1, P["score.W_query"]);
        return each(M, (j) =>
          v.reduce((sum, weight, a) => sum + weight * Math.tanh(asked[a] + keys[j * A + a]), 0),
        );
      },
    };
  },
  location: (P) => ({
    keys: (vectors, M) => {
      const longest = P["score.W"].shape[1];
      if (M > longest) throw new Error(`this model knows ${longest} places; the source has ${M}`);
      return null;
    },
    scores: (query, keys, M) => affine(query, 1, P["score.W"]).subarray(0, M),
  }),
};

// ---------------------------------------------------------------- windows (chapter 9)

/** The window of one step: its centre, the first and the last place inside, and what each weight
 *  there is multiplied by. */
function windowAt({ kind, half_width: half }, P, query, step, M) {
  let centre = Math.min(step, M - 1);
  if (kind === "predictive") {
    const hidden = affine(query, 1, P["window.W_position"]).map(Math.tanh);
    centre = (M - 1) * sigmoid(dot(hidden, P["window.v_position"].data));
  }
  const bell = (j) =>
    kind === "predictive" ? Math.exp(-0.5 * ((j - centre) / (half / 2)) ** 2) : 1;
  const first = Math.max(Math.ceil(centre - half), 0);
  const last = Math.min(Math.floor(centre + half), M - 1);
  return { centre, first, last, bell };
}

/** A reader from a score and, if there is one, a window. The softmax sees the window alone. */
function attentionReader(P, { score, window }, D) {
  if (!Object.hasOwn(SCORES, score)) {
    throw new Error(`this page has the scores ${Object.keys(SCORES).join(", ")}, not ${score}`);
  }
  const { keys, scores } = SCORES[score](P, D);
  return {
    scores: true,
    remember: (memory) => ({ ...memory, keys: keys(memory.vectors, memory.M) }),
    read(memory, query, step, temperature) {
      const all = scores(query, memory.keys, memory.M);
      if (!window) return mixed(memory, tempered(all, temperature));
      const { bell, ...place } = windowAt(window, P, query, step, memory.M);
      const inside = tempered(all.subarray(place.first, place.last + 1), temperature);
      const weights = new Float32Array(memory.M);
      inside.forEach((weight, k) => {
        weights[place.first + k] = weight * bell(place.first + k);
      });
      return { ...mixed(memory, weights), window: place };
    },
  };
}

function readerOf(P, settings, D) {
  if (settings.read === "scores") return attentionReader(P, settings, D);
  if (!Object.hasOwn(READERS, settings.read)) {
    throw new Error(
      `this page has the readers ${Object.keys(READERS).join(", ")}, not ${settings.read}`,
    );
  }
  const scores = settings.read === "weighted";
  return { scores, remember: (memory) => memory, read: READERS[settings.read] };
}

// ---------------------------------------------------------------- the decoder

/** Chapters 7 and 9: a GRU, something read for every step, and the two together for the answer.
 *    s_0 = tanh(←h_1 W_s + b_s),  s_i = GRU(E y_{i−1}, s_{i−1}),  c_i = read(s_i, H)
 *    logits_i = tanh([c_i; s_i] W_c + b_c) W_y + b_y.
 *  With the query "previous" it is s_{i−1} that asks. */
export function readingDecoder(P, settings) {
  const gru = gruOf(P, "rnn"),
    D = gru.W_rec.shape[0];
  const own = Object.entries(P).filter(([path]) => path.startsWith("reader."));
  const reader = readerOf(
    Object.fromEntries(own.map(([path, value]) => [path.slice(7), value])),
    settings,
    D,
  );
  const projectedToken = remembered((token) =>
    affine(row(P["embedding.embedding"], token), 1, gru.W_in, gru.b_in),
  );
  return {
    scores: reader.scores,
    start({ M, vectors }, { temperature = 1 } = {}) {
      const N = vectors.length / M,
        first = vectors.subarray(N / 2, N);
      const s = affine(first, 1, P["initial.kernel"], P["initial.bias"]).map(Math.tanh);
      return { s, done: 0, memory: reader.remember({ M, N, vectors }), temperature };
    },
    step({ s: before, done, memory, temperature }, token) {
      const s = gruStep(gru, projectedToken(token), before);
      const query = settings.query === "previous" ? before : s;
      const { context, weights, window } = reader.read(memory, query, done, temperature);
      const both = new Float32Array(memory.N + D);
      both.set(context);
      both.set(s, memory.N);
      const answer = affine(both, 1, P["combine.kernel"], P["combine.bias"]).map(Math.tanh);
      const logits = affine(answer, 1, P["output.kernel"], P["output.bias"]);
      return { state: { s, done: done + 1, memory, temperature }, logits, weights, window };
    },
  };
}
