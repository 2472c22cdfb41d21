// What the model of chapter 10 is made of, and how it is trained.

import { SYMBOLS } from "../parts/trainer/letter_tasks.js";
import { LONGEST, taskOf } from "./self_attention_view.js";

/** @typedef {import("../parts/trainer/types.js").Settings} Settings */

const SIZES = { d_model: 32, heads: 1, d_v: 32, d_ff: 64, layers: 1 };
const SECONDS = 10;
const SOLVED = 0.95;

/**
 * @param {Settings} settings
 * @param {number} seed
 * @returns {import("../parts/trainer/types.js").Plan}
 */
export function planOf(settings, seed) {
  const { name, shortest } = taskOf(settings);
  const built = {
    ...{ heads: 1, scaled: settings.scaled === "yes", pre_norm: true },
    positions: String(settings.positions),
  };
  const config = {
    model: {
      ...{ encoder: "transformer", decoder: "transformer" },
      sizes: { ...SIZES, d_k: Number(settings.d_k) },
      settings: { encoder: built, decoder: built },
    },
    weights: { seed },
    task: { name, symbols: SYMBOLS, shortest, longest: LONGEST, distinct: true },
    training: { batch: 32, learning_rate: 0.005, warmup: 50, clip: 1, seed },
    scoring: { every: 100, examples: 200, solved: SOLVED, at_most_seconds: SECONDS },
  };
  return { runs: [{ name: "layer", label: "this run", config }] };
}
