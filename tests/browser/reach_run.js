// The reach of a run's gradient before its first step, for test_memory_race.py.

import { createRun } from "../../encdec_lib/web/engine/training/run.js";

/** The reach, and whether anything of it is left where Adam would find it. */
export function reached(config) {
  const run = createRun(config);
  const before = run.step(); // and one step, so that there is something to spoil
  const { reach } = run.score();
  return { before, reach, weights: [...new Float32Array(run.weights().data)] };
}

/** The same step and the next one, without asking for the reach in between or with it. */
export function losses(config, asked) {
  const run = createRun(config);
  return [0, 1, 2].map(() => {
    if (asked) run.score();
    return run.step();
  });
}

/** What is said of settings that cannot be. */
export function refused(config) {
  try {
    createRun(config).score();
  } catch (error) {
    return error.message;
  }
  return "";
}
