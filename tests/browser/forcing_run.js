// A run whose decoder is told some of its own tokens, for test_forcing.py.

import { createRun, forcedAt } from "../../encdec_lib/web/engine/training/run.js";
import { Tape } from "../../encdec_lib/web/engine/tape/tape.js";
import { trainable } from "../../encdec_lib/web/engine/models/trainable.js";
import { readParameters } from "../../encdec_lib/web/engine/parameters.js";

const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** The losses of its first steps, and every gradient before the first. */
export function trained({ encoder, decoder, settings, manifest, data }, config, steps) {
  const weights = { manifest, data: bytesOf(data).buffer };
  const run = createRun({ ...config, weights });
  const losses = Array.from({ length: steps }, () => run.step());
  const tape = new Tape({ megabytes: 16, product: config.product });
  const P = tape.parameters(readParameters(manifest, new Uint8Array(weights.data)));
  const batch = run.task.batch(config.training.seed, 0, config.training.batch);
  tape.begin();
  const model = trainable(encoder, decoder, settings);
  const first = model.loss(tape, P, batch, forcedAt(run.config, 0));
  tape.backward();
  const gradients = Object.entries(P).map(([path, { grad }]) => [path, [...grad]]);
  return { losses, first, gradients: Object.fromEntries(gradients), product: run.product };
}

/** The losses of some steps, and the weights after them. */
export function after(config, steps) {
  const run = createRun(config);
  const losses = Array.from({ length: steps }, () => run.step());
  return { losses, weights: [...new Float32Array(run.weights().data)] };
}
