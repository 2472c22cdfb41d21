// The three networks of chapter 6: as the reader chose, with more room, and with more time. As in
// fixed_trainer.py.

import { stepsOf } from "../parts/trainer/words.js";

/** @typedef {import("../parts/trainer/types.js").Settings} Settings */

export const LETTERS = "abcdefghijklmnop";
export const FIRST = 4; // id of the first letter; pad, bos, eos and unk come before
export const SHORTEST = 2;
export const LONGEST = 16;
export const TESTED = 300; // strings

/** @typedef {{name: string, label: string, line: string, room: number, time: number}} Network */

/** What each has of what the reader chose. @type {Network[]} */
export const NETWORKS = [
  { name: "chosen", label: "as chosen", line: "you", room: 1, time: 1 },
  { name: "room", label: "more room", line: "room", room: 2, time: 1 },
  { name: "time", label: "more time", line: "time", room: 1, time: 4 },
];

/** How many numbers and steps a network has. @param {Network} network @param {Settings} settings */
export const sizeOf = ({ room, time }, { width, steps }) => ({
  width: room * Number(width),
  steps: time * Number(steps),
});

/** "32 numbers, 500 steps". @param {Network} network @param {Settings} settings */
export function described(network, settings) {
  const { width, steps } = sizeOf(network, settings);
  return `${width} numbers, ${stepsOf(steps)}`;
}

/**
 * @param {Settings} settings
 * @param {number} seed
 * @returns {import("../parts/trainer/types.js").Plan}
 */
export function plan(settings, seed) {
  const vocab = FIRST + LETTERS.length;
  const task = { name: "copy", symbols: LETTERS.length, shortest: SHORTEST };
  const runs = NETWORKS.map((network) => {
    const { width, steps } = sizeOf(network, settings);
    const sizes = { source_vocab: vocab, target_vocab: vocab, embed_dim: 32, state_dim: width };
    const model = {
      ...{ encoder: "rnn", decoder: "rnn", sizes },
      settings: { encoder: { reverse_source: false }, decoder: {} },
    };
    const training = { batch: 32, learning_rate: 0.005, warmup: 50, clip: 1, seed };
    const scoring = {
      ...{ every: 100, examples: TESTED, solved: null }, // so that each takes the steps it is named for
      ...{ at_most_seconds: 60, at_most_steps: steps },
    };
    const longest = Number(settings.longest);
    const { name, label, line } = network;
    const config = {
      ...{ model, weights: { seed }, task: { ...task, longest } },
      ...{ training, scoring },
    };
    return { name, label, line, config };
  });
  return { runs, leads: "time" }; // the last to be done
}
