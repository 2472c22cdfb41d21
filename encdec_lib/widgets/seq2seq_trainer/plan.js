// What the model of chapter 4 is, and how it trains: as in seq2seq_trainer.py.

export const STEPS = 1500;
export const TESTED = 300; // words
const SECONDS = 30; // at most, at a press of the button

/**
 * @param {import("../parts/trainer/types.js").Settings} settings
 * @param {number} seed
 * @returns {import("../parts/trainer/types.js").Plan}
 */
export function plan({ width, reverse, forcing }, seed) {
  const model = {
    ...{ encoder: "rnn", decoder: "rnn" },
    settings: { encoder: { reverse_source: Boolean(reverse) }, decoder: {} },
    sizes: { embed_dim: 32, state_dim: Number(width) },
  };
  const told = Number(forcing) < 1 ? { forcing: Number(forcing) } : {};
  const training = { batch: 32, learning_rate: 0.005, warmup: 50, clip: 1, seed, ...told };
  const scoring = {
    ...{ every: 100, examples: TESTED, solved: null },
    ...{ at_most_steps: STEPS, at_most_seconds: SECONDS },
  };
  const config = { model, weights: { seed }, task: { name: "words" }, training, scoring };
  return { runs: [{ name: "fixed", label: "this run", config }] };
}
