// Adam behind a limit on the gradient's norm, as encdec_lib/train/config.py chains it in optax:
// first the limit, then the moments, their bias corrected, then the rate.

import { rateAt } from "./schedules.js";

/** @typedef {import("./types.js").TrainingConfig} TrainingConfig */

/**
 * One step over all parameters at once; clears the gradient. Gives its norm before the limit.
 * @param {import("./types.js").Flat} flat
 * @param {number} step counts from 0
 * @param {TrainingConfig} training
 */
export function adam({ data, grad, m, v, n }, step, training) {
  const { clip = 1, b1 = 0.9, b2 = 0.98, eps = 1e-8 } = training;
  let square = 0;
  for (let k = 0; k < n; k++) square += grad[k] * grad[k];
  const norm = Math.sqrt(square),
    shrink = clip !== null && norm >= clip ? clip / norm : 1,
    rate = rateAt(training, step),
    c1 = 1 / (1 - b1 ** (step + 1)),
    c2 = 1 / (1 - b2 ** (step + 1));
  for (let k = 0; k < n; k++) {
    const g = grad[k] * shrink;
    m[k] = b1 * m[k] + (1 - b1) * g;
    v[k] = b2 * v[k] + (1 - b2) * g * g;
    data[k] -= (rate * (m[k] * c1)) / (Math.sqrt(v[k] * c2) + eps);
    grad[k] = 0;
  }
  return norm;
}
