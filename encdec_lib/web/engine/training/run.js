// One training: a model, its weights, its batches and what it has learned so far.

import { sigmoid } from "../arithmetic.js";
import { gradientReach } from "../models/reach.js";
import { trainable } from "../models/trainable.js";
import { readParameters } from "../parameters.js";
import { Tape } from "../tape/tape.js";
import { adam } from "./adam.js";
import { firstWeights } from "./initial.js";
import { checked } from "./limits.js";
import { checkRoom, checkSources } from "./model_limits.js";
import { keyOf, numberAt } from "./random.js";
import { tokenScore } from "./scoring.js";
import { shapesOf } from "./shapes.js";

/** @typedef {import("./types.js").FullConfig} FullConfig */
/** @typedef {import("./types.js").Score} Score */
/** @typedef {import("../tasks/types.js").ImageTask} ImageTask */
/** @typedef {import("../tasks/types.js").TokenTask} TokenTask */
/** @typedef {import("../models/types.js").TrainableModel} TrainableModel */
/** @typedef {import("../tape/types.js").Parameters} Parameters */
/** @typedef {{model: TrainableModel, tape: Tape, P: Parameters, config: FullConfig}} Trained */

const PART = 50; // examples answered at once: more would fill the memory, or hold up the page

/**
 * @param {import("./types.js").RunConfig} settings
 * @param {Record<string, ArrayBuffer | ArrayBufferView>} data of the tasks, by name
 * @returns {import("./types.js").Run}
 */
export function createRun(settings, data = {}) {
  const { config, task } = checked(settings, data),
    { encoder, decoder } = config.model,
    { batch: B, seed } = config.training;
  const weights = weightsOf(config),
    tape = new Tape({ megabytes: config.megabytes, product: config.product }),
    model = trainable(encoder, decoder, config.model.settings ?? {}),
    P = tape.parameters(weights),
    trained = { model, tape, P, config };
  return {
    config,
    task,
    parameters: Object.values(weights).reduce((sum, { data }) => sum + data.length, 0),
    product: tape.product,
    steps: 0,
    step() {
      const batch = task.batch(seed, this.steps, B);
      tape.begin(true);
      const loss = model.loss(tape, P, batch, forcedAt(config, this.steps));
      tape.backward();
      adam(tape.flat, this.steps, config.training);
      this.steps++;
      return loss;
    },
    scoring: () =>
      task.kind === "tokens" ? scoreTokens(trained, task) : scoreImages(trained, task),
    score() {
      const parts = this.scoring();
      for (;;) {
        const { done, value } = parts.next();
        if (done) return value;
      }
    },
    look(sources, temperature = 1) {
      if (model.reads === "images") return model.look(tape, P, imagesOf(sources), { maps: true });
      const rows = sources.map((source) => Array.from(source));
      checkSources(config, rows);
      return model.answer(tape, P, rows, answerLength(task, rows), { maps: true, temperature });
    },
    weights: () => packed(weights, P),
  };
}

/**
 * The weights to begin with: exported ones, or drawn.
 * @param {FullConfig} config
 */
function weightsOf({ model, weights, megabytes }) {
  if ("seed" in weights) {
    const shapes = shapesOf(model);
    checkRoom(shapes, megabytes);
    return firstWeights(shapes, weights.seed, weights.keep_bias);
  }
  return readParameters(weights.manifest, weights.data);
}

/**
 * Which places of a step's targets are told the true token; undefined where all are.
 * @param {FullConfig} config
 * @param {number} step
 * @returns {import("../models/types.js").Forced | undefined}
 */
export function forcedAt({ training: { forcing, seed } }, step) {
  if (forcing === 1) return undefined;
  const key = keyOf("forcing", seed, step);
  return (place) => numberAt(key, place) < forcing;
}

/** Room for an answer: that of the task, and more where a reader's own source is longer.
 *  @type {(task: import("../tasks/types.js").Task, sources: number[][]) => number} */
function answerLength(task, sources) {
  const most = task.kind === "tokens" ? task.most : 0;
  return Math.max(most, ...sources.map((source) => source.length + 2));
}

/** Images one after another, as the engine takes them. @param {ArrayLike<number>[]} images */
function imagesOf(images) {
  const size = images[0]?.length ?? 0,
    pixels = new Float32Array(images.length * size);
  images.forEach((image, n) => {
    pixels.set(image, n * size);
  });
  return { pixels, count: images.length };
}

/**
 * @param {Trained} trained
 * @param {TokenTask} task
 * @returns {Generator<void, Score>}
 */
function* scoreTokens({ model, tape, P, config }, task) {
  const examples = task.held(config.scoring.examples),
    answers = [];
  for (let from = 0; from < examples.length; from += PART) {
    const sources = examples.slice(from, from + PART).map(({ source }) => source);
    for (const { tokens } of model.answer(tape, P, sources, task.most)) answers.push(tokens);
    yield;
  }
  const score = tokenScore(examples, answers);
  if (!config.scoring.reach) return score;
  const some = examples.slice(0, PART);
  const source = some.map((example) => example.source),
    target = some.map((example) => example.target);
  return { ...score, reach: gradientReach(tape, P, model, { source, target }) };
}

/**
 * The share of images whose class is told, or, of an autoencoder, nats an image and how far a pixel
 * typically is from the true one.
 * @param {Trained} trained
 * @param {ImageTask} task
 * @returns {Generator<void, Score>}
 */
function* scoreImages({ model, tape, P, config }, task) {
  const count = Math.min(config.scoring.examples, task.held_count),
    classes = config.model.decoder === "classes";
  let sum = 0,
    squares = 0;
  for (let from = 0; from < count; from += PART) {
    const images = task.held(Math.min(PART, count - from), from);
    if (classes) {
      const answers = model.look(tape, P, images);
      for (let n = 0; n < images.count; n++) sum += answers[n].label === images.labels[n] ? 1 : 0;
    } else {
      tape.begin(false);
      sum += model.loss(tape, P, images) * images.count;
      squares += squaresOf(model.look(tape, P, images), images.pixels);
    }
    yield;
  }
  const mean = sum / count;
  if (classes) return { score: mean, measure: "accuracy", accuracy: mean };
  const difference = Math.sqrt(squares / (count * task.side ** 2));
  return { score: mean, measure: "nats", nats: mean, difference };
}

/** @type {(painted: {logits: ArrayLike<number>}[], pixels: Float32Array) => number} */
function squaresOf(painted, pixels) {
  let [sum, at] = [0, 0];
  for (const { logits } of painted) {
    for (let k = 0; k < logits.length; k++) sum += (sigmoid(logits[k]) - pixels[at++]) ** 2;
  }
  return sum;
}

/**
 * The weights as they are now, in the form of encdec_lib/web/export.py.
 * @param {import("../types.js").ParameterMap} shapes
 * @param {Record<string, {data: ArrayLike<number>}>} P
 */
function packed(shapes, P) {
  /** @type {Record<string, import("../types.js").Entry>} */
  const manifest = {};
  let offset = 0;
  for (const path of Object.keys(shapes).sort()) {
    manifest[path] = { offset, shape: shapes[path].shape, dtype: "float32" };
    offset += 4 * P[path].data.length;
  }
  const data = new Float32Array(offset / 4);
  for (const [path, entry] of Object.entries(manifest)) data.set(P[path].data, entry.offset / 4);
  return { manifest, data: data.buffer };
}
