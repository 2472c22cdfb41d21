// What the Transformer of chapter 12 is made of, and how it is trained.

import { SYMBOLS } from "../parts/trainer/letter_tasks.js";
import { LONGEST } from "./transformer_view.js";

/** @typedef {import("../parts/trainer/types.js").Settings} Settings */

const SECONDS = 10;
const SOLVED = 0.9;
const WARM_UP = 100; // steps

/**
 * @param {Settings} settings
 * @param {number} seed
 * @returns {import("../parts/trainer/types.js").Plan}
 */
export function planOf({ leak, layers, norm, warmup }, seed) {
  const built = { heads: 2, scaled: true, pre_norm: norm === "pre", positions: "sinusoidal" };
  const config = {
    model: {
      ...{ encoder: "transformer", decoder: "transformer" },
      sizes: { d_model: 32, heads: 2, d_ff: 64, layers: Number(layers) },
      settings: { encoder: built, decoder: { ...built, causal: leak !== "yes" } },
    },
    weights: { seed },
    task: { name: "reverse", symbols: SYMBOLS, shortest: 2, longest: LONGEST },
    training: {
      ...{ batch: 32, learning_rate: 0.01, warmup: warmup === "yes" ? WARM_UP : 0, clip: 1, seed },
    },
    scoring: { every: 100, examples: 200, solved: SOLVED, at_most_seconds: SECONDS },
  };
  return { runs: [{ name: "transformer", label: "this run", config }] };
}
