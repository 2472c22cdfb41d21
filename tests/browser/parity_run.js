// Trains a model of the page's engine on one batch, for test_training_parity.py.

import { trainable } from "../../encdec_lib/web/engine/models/trainable.js";
import { readParameters } from "../../encdec_lib/web/engine/parameters.js";
import { Tape } from "../../encdec_lib/web/engine/tape/tape.js";
import { adam } from "../../encdec_lib/web/engine/training/adam.js";

/** A model with its weights on a tape. */
export function opened({ encoder, decoder, settings, manifest, data }, options) {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const tape = new Tape({ megabytes: 16, ...options });
  const P = tape.parameters(readParameters(manifest, bytes));
  return { tape, P, model: trainable(encoder, decoder, settings) };
}

/** The losses of some steps on one batch, and every gradient before the first. */
export function trained(exported, batch, product, steps, training) {
  const { tape, P, model } = opened(exported, { product });
  const losses = [];
  let gradients = {};
  for (let step = 0; step < steps; step++) {
    tape.begin();
    losses.push(model.loss(tape, P, batch));
    tape.backward();
    if (!step) {
      gradients = Object.fromEntries(Object.entries(P).map(([path, { grad }]) => [path, [...grad]]));
    }
    adam(tape.flat, step, training);
  }
  return { losses, gradients, product: tape.product };
}

/** Greedy answers with every map, as lists. */
export function answered(exported, sources, maxLength, options) {
  const { tape, P, model } = opened(exported, {});
  const listed = (map) => ({ ...map, weights: [...map.weights] });
  return model.answer(tape, P, sources, maxLength, options).map((answer) => ({
    ...answer,
    weights: answer.weights.map((row) => [...row]),
    maps:
      answer.maps &&
      Object.fromEntries(Object.entries(answer.maps).map(([name, maps]) => [name, maps.map(listed)])),
  }));
}

/** What is said of images, as lists. */
export function looked(exported, images) {
  const { tape, P, model } = opened(exported, {});
  return model.look(tape, P, images, { maps: true }).map(({ logits, label, maps }) => ({
    logits: [...logits],
    label,
    maps: maps.encoder.map((map) => ({ ...map, weights: [...map.weights] })),
  }));
}

/** What a call says that must not be made. */
export function refused(exported, call, ...given) {
  try {
    const { tape, P, model } = opened(exported, {});
    model[call](tape, P, ...given);
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
  return "";
}
