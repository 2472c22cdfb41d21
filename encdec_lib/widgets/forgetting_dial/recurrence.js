// Recurrent layers in the page, with their gradient: the equations of
// encdec_lib/layers/recurrent.py for one sequence at a time, in double precision. Shape letters:
// S steps, E input width, D state width, G columns of a layer's matrices (D, 3D or 4D).
// tests/browser/test_forgetting_dial.py holds it to the Flax layers.

import { sigmoid } from "../../web/engine/arithmetic.js";

/** @typedef {"rnn" | "linear" | "gru" | "lstm"} Kind */

/** @type {Record<Kind, number>} */
const GATES = { rnn: 1, linear: 1, gru: 3, lstm: 4 };

/**
 * A layer without its input: `projected` is what the input adds to every step, `changed` the same
 * with another first input.
 * @typedef {object} Layer
 * @property {string} name
 * @property {Kind} kind
 * @property {number} D
 * @property {number} G
 * @property {Float64Array} W_rec
 * @property {Float64Array} b_rec
 * @property {Float64Array[]} projected
 * @property {Float64Array[]} changed
 */

/**
 * One step: the states before and after it, q = h W_rec + b_rec, and the gates of its kind.
 * @typedef {object} Step
 * @property {Float64Array} before
 * @property {Float64Array} cBefore
 * @property {Float64Array} q
 * @property {Float64Array} h
 * @property {Float64Array} c
 * @property {Record<string, Float64Array>} gates
 */

/**
 * Reads float32 numbers one after another: next(5) gives the next five.
 * @param {DataView} data
 */
function reader(data) {
  let offset = 0;
  return (/** @type {number} */ count) =>
    Float64Array.from({ length: count }, () => {
      const value = data.getFloat32(offset, true);
      offset += 4;
      return value;
    });
}

/**
 * What forgetting_dial.py packed: layers with their projected inputs, and the last gradient.
 * @param {DataView} data
 * @param {{steps: number, inputs: number, states: number}} sizes
 * @param {{name: string, kind: Kind}[]} layers
 */
export function unpack(data, { steps, inputs: E, states: D }, layers) {
  const next = reader(data);
  const sequence = next(steps * E);
  const other = next(E);
  const gradient = next(D);
  /** @returns {Layer} */
  const layerOf = (/** @type {{name: string, kind: Kind}} */ { name, kind }) => {
    const G = GATES[kind] * D;
    const W_in = next(E * G);
    const W_rec = next(D * G);
    const b_in = next(G);
    const b_rec = kind === "gru" ? next(G) : new Float64Array(G);
    const project = (/** @type {Float64Array} */ u) => {
      const a = b_in.slice();
      for (let e = 0; e < E; e++) for (let g = 0; g < G; g++) a[g] += u[e] * W_in[e * G + g];
      return a;
    };
    const projected = Array.from({ length: steps }, (_, t) =>
      project(sequence.subarray(t * E, (t + 1) * E)),
    );
    const changed = [project(other), ...projected.slice(1)];
    return { name, kind, D, G, W_rec, b_rec, projected, changed };
  };
  return { gradient, layers: layers.map(layerOf) };
}

/**
 * q = radius · h W_rec + b_rec
 * @param {Layer} layer
 * @param {Float64Array} h
 * @param {number} radius
 */
function recurrent({ D, G, W_rec, b_rec }, h, radius) {
  const q = b_rec.slice();
  for (let i = 0; i < D; i++) {
    const value = radius * h[i];
    if (value) for (let g = 0, w = i * G; g < G; g++, w++) q[g] += value * W_rec[w];
  }
  return q;
}

/**
 * The new states and the gates, by kind, from projected input a and recurrent part q.
 * @type {Record<Kind, (a: Float64Array, q: Float64Array, h: Float64Array, c: Float64Array) =>
 *   {h: Float64Array, c: Float64Array, gates: Record<string, Float64Array>}>}
 */
const CELLS = {
  linear: (a, q, h, c) => ({ h: h.map((_, d) => a[d] + q[d]), c, gates: {} }),
  rnn: (a, q, h, c) => ({ h: h.map((_, d) => Math.tanh(a[d] + q[d])), c, gates: {} }),
  gru(a, q, h, c) {
    const D = h.length;
    const r = h.map((_, d) => sigmoid(a[d] + q[d]));
    const z = h.map((_, d) => sigmoid(a[D + d] + q[D + d]));
    const n = h.map((_, d) => Math.tanh(a[2 * D + d] + r[d] * q[2 * D + d]));
    return { h: h.map((old, d) => (1 - z[d]) * n[d] + z[d] * old), c, gates: { r, z, n } };
  },
  lstm(a, q, h, c) {
    const D = h.length;
    const gate = (/** @type {number} */ k, /** @type {(x: number) => number} */ squash) =>
      h.map((_, d) => squash(a[k * D + d] + q[k * D + d]));
    const [i, f, g, o] = [gate(0, sigmoid), gate(1, sigmoid), gate(2, Math.tanh), gate(3, sigmoid)];
    const cell = c.map((old, d) => f[d] * old + i[d] * g[d]);
    return { h: cell.map((value, d) => o[d] * Math.tanh(value)), c: cell, gates: { i, f, g, o } };
  },
};

/**
 * Every step, with the states after it, h and, of an LSTM, c; and what the way back needs.
 * @param {Layer} layer
 * @param {Float64Array[]} projected
 * @param {number} radius
 * @returns {Step[]}
 */
export function forward(layer, projected, radius) {
  const { kind, D } = layer;
  /** @type {Float64Array} */
  let h = new Float64Array(D);
  /** @type {Float64Array} */
  let c = new Float64Array(kind === "lstm" ? D : 0);
  return projected.map((a) => {
    const q = recurrent(layer, h, radius);
    const step = { before: h, cBefore: c, q, ...CELLS[kind](a, q, h, c) };
    ({ h, c } = step);
    return step;
  });
}

/**
 * The gradients of a step with respect to q, and, where there is a way round W_rec, to h and c
 * before it.
 * @param {Layer} layer
 * @param {Step} step
 * @param {Float64Array} dh
 * @param {Float64Array} dc
 */
function throughCell({ kind, D, G }, step, dh, dc) {
  const { gates } = step;
  const dq = new Float64Array(G);
  const dBefore = new Float64Array(D);
  const dcBefore = new Float64Array(dc.length);
  for (let d = 0; d < D; d++) {
    if (kind === "lstm") {
      const [i, f, g, o] = [gates.i[d], gates.f[d], gates.g[d], gates.o[d]];
      const out = Math.tanh(step.c[d]);
      const total = dc[d] + dh[d] * o * (1 - out * out);
      dq[d] = total * g * i * (1 - i);
      dq[D + d] = total * step.cBefore[d] * f * (1 - f);
      dq[2 * D + d] = total * i * (1 - g * g);
      dq[3 * D + d] = dh[d] * out * o * (1 - o);
      dcBefore[d] = total * f;
    } else if (kind === "gru") {
      const [r, z, n] = [gates.r[d], gates.z[d], gates.n[d]];
      const inner = dh[d] * (1 - z) * (1 - n * n);
      dq[d] = inner * step.q[2 * D + d] * r * (1 - r);
      dq[D + d] = dh[d] * (step.before[d] - n) * z * (1 - z);
      dq[2 * D + d] = inner * r;
      dBefore[d] = dh[d] * z; // what the gate lets pass unchanged
    } else {
      dq[d] = kind === "rnn" ? dh[d] * (1 - step.h[d] * step.h[d]) : dh[d];
    }
  }
  return { dq, dBefore, dcBefore };
}

/**
 * The gradient one step back, from that with respect to a step's h and c.
 * @param {Layer} layer
 * @param {Step} step
 * @param {Float64Array} dh
 * @param {Float64Array} dc
 * @param {number} radius
 * @returns {[Float64Array, Float64Array]}
 */
function back(layer, step, dh, dc, radius) {
  const { D, G, W_rec } = layer;
  const { dq, dBefore, dcBefore } = throughCell(layer, step, dh, dc);
  for (let i = 0; i < D; i++) {
    let sum = 0;
    for (let g = 0, w = i * G; g < G; g++, w++) sum += W_rec[w] * dq[g];
    dBefore[i] += radius * sum;
  }
  return [dBefore, dcBefore];
}

/**
 * The length of a vector that is given in pieces.
 * @param {...Float64Array} parts
 */
const norm = (...parts) =>
  Math.sqrt(
    parts.reduce((sum, part) => part.reduce((inner, value) => inner + value * value, sum), 0),
  );

/**
 * The share of the gradient that is left n steps back, n = 0 to S.
 * @param {Layer} layer
 * @param {Step[]} steps
 * @param {Float64Array} gradient
 * @param {number} radius
 */
export function gradientReach(layer, steps, gradient, radius) {
  let dh = gradient;
  /** @type {Float64Array} */
  let dc = new Float64Array(steps[0].c.length);
  const start = norm(gradient);
  const shares = [1];
  for (let t = steps.length - 1; t >= 0; t--) {
    [dh, dc] = back(layer, steps[t], dh, dc, radius);
    shares.push(norm(dh, dc) / start);
  }
  return shares;
}

/**
 * How far apart two runs are n steps after their first input, as a share of the distance then.
 * @param {Step[]} one
 * @param {Step[]} two
 */
export function distances(one, two) {
  const apart = one.map((step, t) =>
    norm(
      step.h.map((value, d) => value - two[t].h[d]),
      step.c.map((value, d) => value - two[t].c[d]),
    ),
  );
  return apart.map((distance) => distance / apart[0]);
}
