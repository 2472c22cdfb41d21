// The learning rate by step, as encdec_lib/train/config.py has it: a linear warm-up from the first
// share of the way up, then one of four schedules.

/** @typedef {import("./types.js").TrainingConfig} TrainingConfig */

/** Share of the peak after `done` of `rest` steps.
 *  @type {Record<string, (done: number, rest: number) => number>} */
const SCHEDULES = {
  linear: (done, rest) => 1 - Math.min(done, rest) / rest,
  cosine: (done, rest) => (1 + Math.cos((Math.PI * Math.min(done, rest)) / rest)) / 2,
};

/** Schedules without an end, by the steps of the warm-up and those that are done.
 *  @type {Record<string, (up: number, step: number) => number>} */
const ENDLESS = {
  constant: () => 1,
  inverse_sqrt: (up, step) => Math.sqrt(Math.max(up, 1) / Math.max(step, 1)),
};

export const SCHEDULE_NAMES = [...Object.keys(ENDLESS), ...Object.keys(SCHEDULES)];

/** Whether a schedule has to know how many steps there are. @param {string} name */
export const ends = (name) => name in SCHEDULES;

/**
 * The rate of a step, which counts from 0. Without `steps` training has no end, and only the
 * schedules without one are defined.
 * @param {TrainingConfig} training
 * @param {number} step
 */
export function rateAt({ learning_rate, warmup = 50, schedule = "constant", steps }, step) {
  const up = Math.min(warmup, steps ?? Infinity);
  if (step < up) return (learning_rate / up) * (1 + ((up - 1) * step) / up);
  if (!ends(schedule)) return learning_rate * ENDLESS[schedule](up, step);
  return learning_rate * SCHEDULES[schedule](step - up, Math.max((steps ?? Infinity) - up, 1));
}
