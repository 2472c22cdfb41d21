// Losses, each the start of the way back: the gradient of the logits is there at once.

import { EngineError } from "../tape/memory.js";

/** @typedef {import("../tape/types.js").Floats} Floats */
/** @typedef {import("../tape/types.js").Matrix} Matrix */

const NOTHING = -1; // no id: every row counts

/**
 * Mean of −log softmax(logits)[target] over the rows whose target is not `ignored`, in nats.
 * @param {Matrix} logits
 * @param {ArrayLike<number>} targets
 */
export function crossEntropy(logits, targets, ignored = NOTHING) {
  const { rows, cols: V, data: x, grad } = logits;
  let count = 0,
    loss = 0;
  for (let i = 0; i < rows; i++) if (targets[i] !== ignored) count++;
  if (!count) throw new EngineError("A batch needs at least one target to learn from; got none.");
  for (let i = 0, at = 0; i < rows; i++, at += V) {
    const target = targets[i];
    if (target === ignored) continue;
    let top = -Infinity,
      sum = 0;
    for (let k = 0; k < V; k++) if (x[at + k] > top) top = x[at + k];
    for (let k = 0; k < V; k++) {
      const power = Math.exp(x[at + k] - top);
      sum += power;
      if (grad) grad[at + k] = power;
    }
    loss += Math.log(sum) + top - x[at + target];
    if (!grad) continue;
    for (let k = 0; k < V; k++) grad[at + k] /= sum * count;
    grad[at + target] -= 1 / count;
  }
  return loss / count;
}

/**
 * Cross-entropy of grey levels from 0 to 1 with σ(logits), summed over an image, in nats an image.
 * @param {Matrix} logits a row an image
 * @param {ArrayLike<number>} pixels
 */
export function pixelLoss(logits, pixels) {
  const { rows, data: x, grad } = logits;
  let loss = 0;
  for (let k = 0; k < x.length; k++) {
    const power = Math.exp(-Math.abs(x[k])), // of the loss, and of σ: one for both
      share = (x[k] >= 0 ? 1 : power) / (1 + power);
    loss += Math.max(x[k], 0) + Math.log1p(power) - pixels[k] * x[k];
    if (grad) grad[k] = (share - pixels[k]) / rows;
  }
  return loss / rows;
}
