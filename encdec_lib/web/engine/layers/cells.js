// One step of a recurrent layer, forwards and backwards, once its products are there: the same
// equations as in encdec_lib/layers/cells.py. B examples, D width of a state; a = x W_in + b_in and
// q = h W_rec + b_rec have as many times D columns as the cell has gates.
//
// Backwards, the gradient of a is added to, that of q is new, and that of the states before is
// added to.

import { sigmoid } from "../arithmetic.js";
import { quickTanh } from "./elementwise.js";

/** @typedef {import("../tape/types.js").Floats} Floats */

/**
 * What a step works on, row by row; `gates` is kept for the way back. The first of the states is
 * the h that leaves the layer.
 * @typedef {object} Step
 * @property {Floats} a
 * @property {Floats} q
 * @property {Floats} gates
 * @property {Floats[]} before
 * @property {Floats[]} after
 */

/**
 * @typedef {object} StepBack
 * @property {Floats} a
 * @property {Floats} q
 * @property {Floats[]} before
 * @property {Floats[]} after
 */

/**
 * `forward` and `backward` do row b of a step.
 * @typedef {object} Cell
 * @property {number} gates
 * @property {number} states
 * @property {(step: Step, D: number, b: number) => void} forward
 * @property {(step: Step, d: StepBack, D: number, b: number) => void} backward
 */

/**
 * r = σ(a_r + q_r), z = σ(a_z + q_z), n = tanh(a_n + r ⊙ q_n), h' = (1 − z) ⊙ n + z ⊙ h.
 * @type {Cell}
 */
export const gru = {
  gates: 3,
  states: 1,
  forward({ a, q, gates, before: [h], after: [next] }, D, b) {
    for (let k = 0, at = b * D, i = 3 * b * D; k < D; k++, at++, i++) {
      const r = sigmoid(a[i] + q[i]),
        z = sigmoid(a[i + D] + q[i + D]),
        n = quickTanh(a[i + 2 * D] + r * q[i + 2 * D]);
      gates[i] = r;
      gates[i + D] = z;
      gates[i + 2 * D] = n;
      next[at] = (1 - z) * n + z * h[at];
    }
  },
  backward({ q, gates, before: [h] }, d, D, b) {
    const [dNext] = d.after,
      [dh] = d.before,
      { a: da, q: dq } = d;
    for (let k = 0, at = b * D, i = 3 * b * D; k < D; k++, at++, i++) {
      const r = gates[i],
        z = gates[i + D],
        n = gates[i + 2 * D],
        given = dNext[at];
      const dn = given * (1 - z) * (1 - n * n),
        dz = given * (h[at] - n) * z * (1 - z),
        dr = dn * q[i + 2 * D] * r * (1 - r);
      da[i] += dr;
      da[i + D] += dz;
      da[i + 2 * D] += dn;
      dq[i] = dr;
      dq[i + D] = dz;
      dq[i + 2 * D] = dn * r;
      dh[at] += given * z;
    }
  },
};

/**
 * i, f, o = σ(a + q), g = tanh(a + q), c' = f ⊙ c + i ⊙ g, h' = o ⊙ tanh(c').
 * @type {Cell}
 */
export const lstm = {
  gates: 4,
  states: 2,
  forward({ a, q, gates, before: [, c], after: [next, kept] }, D, b) {
    for (let k = 0, at = b * D, p = 4 * b * D; k < D; k++, at++, p++) {
      const i = sigmoid(a[p] + q[p]),
        f = sigmoid(a[p + D] + q[p + D]),
        g = quickTanh(a[p + 2 * D] + q[p + 2 * D]),
        o = sigmoid(a[p + 3 * D] + q[p + 3 * D]);
      gates[p] = i;
      gates[p + D] = f;
      gates[p + 2 * D] = g;
      gates[p + 3 * D] = o;
      kept[at] = f * c[at] + i * g;
      next[at] = o * quickTanh(kept[at]);
    }
  },
  backward({ gates, before: [, c], after: [, kept] }, d, D, b) {
    const [dNext, dKept] = d.after,
      [, dc] = d.before,
      { a: da, q: dq } = d;
    for (let k = 0, at = b * D, p = 4 * b * D; k < D; k++, at++, p++) {
      const i = gates[p],
        f = gates[p + D],
        g = gates[p + 2 * D],
        o = gates[p + 3 * D];
      const bent = quickTanh(kept[at]),
        through = dKept[at] + dNext[at] * o * (1 - bent * bent);
      dq[p] = through * g * i * (1 - i);
      dq[p + D] = through * c[at] * f * (1 - f);
      dq[p + 2 * D] = through * i * (1 - g * g);
      dq[p + 3 * D] = dNext[at] * bent * o * (1 - o);
      for (let gate = p; gate < p + 4 * D; gate += D) da[gate] += dq[gate];
      dc[at] += through * f;
    }
  },
};

/**
 * h' = tanh(a + q).
 * @type {Cell}
 */
export const tanhCell = {
  gates: 1,
  states: 1,
  forward({ a, q, after: [next] }, D, b) {
    for (let at = b * D; at < (b + 1) * D; at++) next[at] = quickTanh(a[at] + q[at]);
  },
  backward({ after: [next] }, d, D, b) {
    const [dNext] = d.after;
    for (let at = b * D; at < (b + 1) * D; at++) {
      d.q[at] = dNext[at] * (1 - next[at] * next[at]);
      d.a[at] += d.q[at];
    }
  },
};

const CELLS = [tanhCell, gru, lstm];

/**
 * The cell of a layer, told by how many times as many columns as rows W_rec has.
 * @param {{rows: number, cols: number}} W_rec
 */
export function cellOf({ rows, cols }) {
  const cell = CELLS.find(({ gates }) => gates * rows === cols);
  if (cell) return cell;
  throw new Error(`W_rec is ${rows} × ${cols}: no tanh RNN, GRU or LSTM has such a one`);
}
