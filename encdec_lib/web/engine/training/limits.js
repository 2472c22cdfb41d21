// What can be wrong with the settings of a run; of its model, model_limits.js tells. Every check is
// made before anything is built.

import { createTask, leastLength, MADE_UP, WITH_DATA } from "../tasks/tasks.js";
import { checkModel } from "./model_limits.js";
import { MOST_LONG, need, whole } from "./needs.js";
import { ends, SCHEDULE_NAMES } from "./schedules.js";

/** @typedef {import("./types.js").RunConfig} RunConfig */
/** @typedef {import("./types.js").FullConfig} FullConfig */
/** @typedef {import("./types.js").Task} Task */
/** @typedef {Record<string, ArrayBuffer | ArrayBufferView>} Data */

const MOST_LETTERS = 256, // different symbols of a made-up task
  WIDEST = 20, // a gate's bias, either way
  STEPPING = ["rnn", "attention"], // decoders that can be told their own tokens in training
  FASTEST = 1; // a learning rate: Adam's steps are as long as it is, whatever the gradient

/** The config with everything told that has a usual value. @param {RunConfig} config
 *  @returns {FullConfig} */
export function complete(config) {
  const { training, scoring = {} } = config;
  return {
    ...config,
    weights: config.weights ?? { seed: 0 },
    megabytes: config.megabytes ?? 64,
    training: {
      batch: 32,
      warmup: 50,
      schedule: "constant",
      clip: 1,
      b1: 0.9,
      b2: 0.98,
      eps: 1e-8,
      forcing: 1,
      seed: 0,
      ...training,
    },
    scoring: {
      every: 100,
      examples: 200,
      solved: null,
      at_most_seconds: 60,
      reach: false,
      at_most_steps: null,
      ...scoring,
    },
  };
}

/**
 * The task of a config, checked, and the config with the sizes that follow from it.
 * @param {RunConfig} config
 * @param {Data} data
 * @returns {{config: FullConfig, task: Task}}
 */
export function checked(config, data) {
  const full = complete(config);
  checkTask(full, data);
  const task = createTask(full.task, data);
  checkTraining(full, task);
  checkScoring(full);
  whole("megabytes", full.megabytes, 1, 1024);
  const sizes =
    task.kind === "tokens"
      ? { source_vocab: task.source_vocab, target_vocab: task.target_vocab }
      : { side: task.side, num_classes: task.num_classes };
  full.model = { ...full.model, sizes: { ...sizes, ...full.model.sizes } };
  checkModel(full, task);
  return { config: full, task };
}

/** @type {(config: FullConfig, data: Data) => void} */
function checkTask({ task }, data) {
  const { name, symbols = 16, longest = 8, shortest, distinct = false } = task;
  const known = [...MADE_UP, ...WITH_DATA];
  need(known.includes(name), `The task must be one of ${known.join(", ")}; got ${name}.`);
  if (WITH_DATA.includes(name)) {
    const from = task.data ?? name;
    need(Object.hasOwn(data, from), `The task ${name} needs its data first; load ${from}.`);
    return;
  }
  const least = leastLength(task);
  whole("symbols", symbols, 2, MOST_LETTERS);
  whole("shortest", shortest ?? least, least, MOST_LONG);
  whole("longest", longest, 1, MOST_LONG);
  need(
    longest >= (shortest ?? least),
    `longest must be at least shortest = ${shortest ?? least}; got ${longest}. Raise longest.`,
  );
  const different = name === "add" ? 5 : symbols; // digits of two numbers
  need(
    !distinct || longest <= different,
    `longest must be at most ${different} where no symbol may stand twice; got ${longest}. Lower it.`,
  );
}

/** @type {(config: FullConfig, task: Task) => void} */
function checkTraining({ model, training, weights }, task) {
  const { batch, learning_rate: rate, warmup, schedule, steps, clip, b1, b2, seed } = training;
  whole("batch", batch, 1, 4096);
  need(
    batch <= task.count,
    `batch must be at most ${task.count}, as there are no more examples; got ${batch}.`,
  );
  need(
    Number.isFinite(rate) && rate > 0 && rate <= FASTEST,
    `learning_rate must lie above 0 and be at most ${FASTEST}, as each step moves every weight by ` +
      `about as much; got ${rate}. Try 0.003.`,
  );
  whole("warmup", warmup, 0);
  need(
    SCHEDULE_NAMES.includes(schedule),
    `schedule must be one of ${SCHEDULE_NAMES.join(", ")}; got ${schedule}.`,
  );
  if (ends(schedule) || steps !== undefined) whole("steps", steps);
  need(
    clip === null || (Number.isFinite(clip) && clip > 0),
    `clip must be a positive number, or null for none; got ${clip}.`,
  );
  for (const [name, value] of Object.entries({ b1, b2 })) {
    need(value >= 0 && value < 1, `${name} must be at least 0 and below 1; got ${value}.`);
  }
  checkForcing(training.forcing, model.decoder);
  whole("seed", seed, 0, 2 ** 32 - 1);
  if (!("seed" in weights)) return;
  whole("the seed of the weights", weights.seed, 0, 2 ** 32 - 1);
  const { keep_bias: bias = 0 } = weights;
  need(
    Number.isFinite(bias) && Math.abs(bias) <= WIDEST,
    `keep_bias must be a number from ${-WIDEST} to ${WIDEST}, as a gate is shut or open beyond; ` +
      `got ${bias}.`,
  );
}

/** @type {(forcing: unknown, decoder: string) => void} */
function checkForcing(forcing, decoder) {
  need(
    typeof forcing === "number" && forcing >= 0 && forcing <= 1,
    `forcing must be a number from 0 to 1, the share of steps at which the decoder is told the ` +
      `true token before; got ${forcing}.`,
  );
  need(
    forcing === 1 || STEPPING.includes(decoder),
    `forcing below 1 needs a decoder that is one of ${STEPPING.join(", ")}, as it writes step by ` +
      `step while it learns; got ${decoder} with ${forcing}. Set forcing to 1.`,
  );
}

/** @type {(config: FullConfig) => void} */
function checkScoring({ scoring }) {
  const { every, examples, solved, at_most_seconds: seconds, at_most_steps: steps } = scoring;
  whole("every", every);
  if (steps !== null) whole("at_most_steps", steps);
  whole("examples", examples, 1, 10000);
  need(
    solved === null || Number.isFinite(solved),
    `solved must be a score, or null for none; got ${solved}.`,
  );
  need(seconds > 0, `at_most_seconds must be positive; got ${seconds}.`);
}

/** What is said of a run whose loss is no longer a number. @type {(config: FullConfig, steps: number) => string} */
export function diverged({ training: { learning_rate: rate, warmup, clip } }, steps) {
  const other = clip === null ? " or limit the gradient with clip: 1" : "";
  return (
    `The loss was no longer a number after ${steps} steps: it must stay finite, and learning_rate ` +
    `was ${rate} with warmup ${warmup}. Lower learning_rate, raise warmup${other}, then reset.`
  );
}
