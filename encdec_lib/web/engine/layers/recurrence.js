// A recurrent layer along a sequence, in either direction, over padding: the loop of
// encdec_lib/layers/recurrence.py. T positions of B examples, time-major: row t · B + b.

import { cellOf } from "./cells.js";
import { addRows, gradOf } from "./elementwise.js";
import { linear } from "./linear.js";

/** @typedef {import("../tape/tape.js").Tape} Tape */
/** @typedef {import("../tape/types.js").Floats} Floats */
/** @typedef {import("../tape/types.js").Matrix} Matrix */
/** @typedef {import("../tape/types.js").Parameters} Parameters */
/** @typedef {import("./cells.js").Cell} Cell */

/**
 * q = before · W + bias for B rows.
 * @param {Tape} tape
 * @param {Floats} q
 * @param {Floats} before
 * @param {Matrix} W
 * @param {Matrix | null} bias
 * @param {number} B
 */
export function ask(tape, q, before, W, bias, B) {
  const { rows: D, cols: G } = W;
  if (bias) for (let b = 0; b < B; b++) q.set(bias.data, b * G);
  tape.mul(B, G, D, before, D, W.data, G, q, G, bias !== null);
}

/**
 * Runs a cell from a = x W_in + b_in. Where `real` is 0 the states stay as they were. Gives every
 * state at every position; the first of them is what leaves the layer.
 * @param {Tape} tape
 * @param {Cell} cell
 * @param {Matrix} a
 * @param {Matrix} W
 * @param {Matrix | null} bias
 * @param {{B: number, first?: Matrix[] | null, reverse?: boolean, real?: Int32Array | null}} how
 * @returns {Matrix[]}
 */
export function recurrence(tape, cell, a, W, bias, { B, first, reverse = false, real = null }) {
  const { rows: D, cols: G } = W,
    n = a.rows,
    T = n / B;
  const states = Array.from({ length: cell.states }, () => tape.zeros(n, D));
  const start = first ?? states.map(() => tape.constant(B, D));
  const q = tape.numbers(n * G),
    gates = tape.numbers(n * G);
  const order = Array.from({ length: T }, (_, i) => (reverse ? T - 1 - i : i));
  const at = (/** @type {Floats} */ x, /** @type {number} */ t, width = D) =>
    x.subarray(t * B * width, (t + 1) * B * width);
  const stepAt = (/** @type {number} */ i) => {
    const t = order[i];
    return {
      a: at(a.data, t, G),
      q: at(q, t, G),
      gates: at(gates, t, G),
      before: i ? states.map(({ data }) => at(data, order[i - 1])) : start.map(({ data }) => data),
      after: states.map(({ data }) => at(data, t)),
    };
  };
  for (let i = 0; i < T; i++) {
    const step = stepAt(i);
    ask(tape, step.q, step.before[0], W, bias, B);
    for (let b = 0; b < B; b++) {
      if (!real || real[order[i] * B + b]) cell.forward(step, D, b);
      else kept(step.after, step.before, D, b);
    }
  }
  tape.later(() => {
    const dq = tape.numbers(n * G),
      Wt = tape.transposed(W.data, D, G),
      da = gradOf(a);
    const lost = start.map(({ grad }) => grad ?? tape.numbers(B * D)); // of a start that is given
    for (let i = T - 1; i >= 0; i--) {
      const t = order[i],
        step = stepAt(i);
      const d = {
        a: at(da, t, G),
        q: at(dq, t, G),
        before: i ? states.map((state) => at(gradOf(state), order[i - 1])) : lost,
        after: states.map((state) => at(gradOf(state), t)),
      };
      for (let b = 0; b < B; b++) {
        if (!real || real[t * B + b]) cell.backward(step, d, D, b);
        else keptBack(d.before, d.after, D, b);
      }
      tape.mul(B, D, G, d.q, G, Wt, D, d.before[0], D, true);
    }
    addRecurrentGradients(tape, W, bias, start[0].data, states[0].data, dq, B, reverse);
  });
  return states;
}

/**
 * A padded step: row b stays what it was.
 * @param {Floats[]} after
 * @param {Floats[]} before
 * @param {number} D
 * @param {number} b
 */
function kept(after, before, D, b) {
  after.forEach((to, n) => {
    to.set(before[n].subarray(b * D, (b + 1) * D), b * D);
  });
}

/**
 * @param {Floats[]} before
 * @param {Floats[]} after
 * @param {number} D
 * @param {number} b
 */
function keptBack(before, after, D, b) {
  before.forEach((to, n) => {
    for (let at = b * D; at < (b + 1) * D; at++) to[at] += after[n][at];
  });
}

/**
 * dW += Σ_t beforeᵀ dq, in one product for all steps but the first: what stood before step t is
 * the state of its neighbour.
 * @param {Tape} tape
 * @param {Matrix} W
 * @param {Matrix | null} bias
 * @param {Floats} start
 * @param {Floats} states
 * @param {Floats} dq
 * @param {number} B
 * @param {boolean} reverse
 */
export function addRecurrentGradients(tape, W, bias, start, states, dq, B, reverse) {
  const { rows: D, cols: G, grad } = W,
    n = states.length / D;
  const own = reverse ? dq.subarray((n - B) * G) : dq.subarray(0, B * G),
    rest = reverse ? dq : dq.subarray(B * G),
    neighbours = reverse ? states.subarray(B * D) : states;
  if (grad) {
    tape.addTransposedMul(D, G, B, start, D, own, G, grad, G);
    if (n > B) tape.addTransposedMul(D, G, n - B, neighbours, D, rest, G, grad, G);
  }
  if (bias) addRows(bias.grad, dq);
}

/**
 * The layer at `path`, of whatever cell its weights are: every state at every position.
 * @param {Tape} tape
 * @param {Parameters} P
 * @param {string} path
 * @param {Matrix} x time-major
 * @param {{B: number, first?: Matrix[] | null, reverse?: boolean, real?: Int32Array | null}} how
 */
export function recurrent(tape, P, path, x, how) {
  const W = P[`${path}.W_rec`],
    a = linear(tape, x, P[`${path}.W_in`], P[`${path}.b_in`]);
  return recurrence(tape, cellOf(W), a, W, P[`${path}.b_rec`] ?? null, how);
}
