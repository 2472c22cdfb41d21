// What the three models of chapter 3 are, and how they train: as in memory_race.py.

/** By the names of the engine's cells. @type {{name: string, label: string, line: string}[]} */
export const RACERS = [
  { name: "tanh", label: "tanh RNN", line: "fixed" },
  { name: "lstm", label: "LSTM", line: "encoder" },
  { name: "gru", label: "GRU", line: "you" },
];

export const LETTERS = "abcdefgh";

const SOLVED = 0.95;
const [STEPS, SECONDS] = [2000, 20]; // of each, and at most for each

/**
 * @param {import("../parts/trainer/types.js").Settings} settings
 * @param {number} seed
 * @returns {import("../parts/trainer/types.js").Plan}
 */
export function plan({ length, bias }, seed) {
  const longest = Number(length);
  const task = {
    ...{ name: "remember the first", symbols: LETTERS.length },
    ...{ shortest: longest, longest },
  };
  const training = { batch: 16, learning_rate: 0.01, warmup: 50, clip: 1, seed };
  const scoring = {
    ...{ every: 50, examples: 200, solved: SOLVED, reach: true },
    ...{ at_most_steps: STEPS, at_most_seconds: SECONDS },
  };
  const runs = RACERS.map((racer) => ({
    ...racer,
    config: {
      model: {
        ...{ encoder: "rnn", decoder: "rnn", sizes: { embed_dim: 8, state_dim: 16 } },
        settings: {
          encoder: { reverse_source: false, cell: racer.name },
          decoder: { cell: racer.name },
        },
      },
      weights: { seed, keep_bias: Number(bias) },
      ...{ task, training, scoring },
    },
  }));
  return { runs, leads: "gru", scoresFirst: true };
}
