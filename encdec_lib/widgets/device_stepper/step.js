// One step of training on D devices, every number rounded to 32 bits as they would have it.

const { fround } = Math;

/** @typedef {{x: number[][], y: number[], w: number[], rate: number}} Problem */

/**
 * The sum of two vectors of 32-bit numbers.
 * @param {number[]} a
 * @param {number[]} b
 */
const add = (a, b) => a.map((value, k) => fround(value + b[k]));

/** @param {number[]} w @param {number[]} x */
const dot = (w, x) => w.reduce((sum, value, k) => fround(sum + fround(value * x[k])), 0);

/**
 * The gradient of the sum of squared errors of some examples, one example after another.
 * @param {Problem} problem
 * @param {number[]} rows which examples
 */
export function gradient({ x, y, w }, rows) {
  return rows.reduce(
    (sum, i) => {
      const off = fround(2 * fround(dot(w, x[i]) - y[i]));
      return add(
        sum,
        x[i].map((value) => fround(off * value)),
      );
    },
    w.map(() => 0),
  );
}

/**
 * The mean squared error.
 * @param {Problem} problem
 * @param {number[]} w
 */
export function loss({ x, y }, w) {
  const squares = x.map((row, i) => (dot(w, row) - y[i]) ** 2);
  return squares.reduce((sum, square) => sum + square, 0) / x.length;
}

/**
 * All that happens in a step.
 * @param {Problem} problem
 * @param {number} D devices
 */
export function trainStep(problem, D) {
  const { x, w, rate } = problem;
  const N = x.length;
  const each = N / D;
  const rows = Array.from({ length: D }, (_, k) =>
    Array.from({ length: each }, (_, i) => k * each + i),
  );
  /** @type {(sum: number[]) => number[]} */
  const mean = (sum) => sum.map((value) => fround(value / N));
  const own = rows.map((some) => gradient(problem, some));
  const sum = own.reduce(add);
  const alone = mean(gradient(problem, rows.flat()));
  const g = mean(sum);
  const after = w.map((value, k) => fround(value - fround(fround(rate) * g[k])));
  return {
    ...{ rows, own, sum, mean: g, after, alone },
    apart: Math.max(...g.map((value, k) => Math.abs(value - alone[k]))),
    before: loss(problem, w),
    later: loss(problem, after),
  };
}
