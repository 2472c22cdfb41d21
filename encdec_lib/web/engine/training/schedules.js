// The learning rate by step, as encdec_lib/train/config.py has it: a linear warm-up from the first
// share of the way up, then one of three schedules.

/** @typedef {import("./types.js").TrainingConfig} TrainingConfig */

/** Share of the peak after `done` of `rest` steps.
 *  @type {Record<string, (done: number, rest: number) => number>} */
const SCHEDULES = {
  constant: () => 1,
  linear: (done, rest) => 1 - Math.min(done, rest) / rest,
  cosine: (done, rest) => (1 + Math.cos((Math.PI * Math.min(done, rest)) / rest)) / 2,
};

export const SCHEDULE_NAMES = Object.keys(SCHEDULES);

/**
 * The rate of a step, which counts from 0. Without `steps` training has no end, and only the
 * constant schedule is defined.
 * @param {TrainingConfig} training
 * @param {number} step
 */
export function rateAt({ learning_rate, warmup = 50, schedule = "constant", steps }, step) {
  const up = Math.min(warmup, steps ?? Infinity);
  if (step < up) return (learning_rate / up) * (1 + ((up - 1) * step) / up);
  return learning_rate * SCHEDULES[schedule](step - up, Math.max((steps ?? Infinity) - up, 1));
}
