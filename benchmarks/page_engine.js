// What the benchmark asks of the page: a run of its engine, and some steps of it.

import { createRun } from "../encdec_lib/web/engine/training/run.js";

/** @type {any} */
let run = null;

/** @param {import("../encdec_lib/web/engine/training/types.js").RunConfig} config @param {string} words */
export function build(config, words) {
  const begun = performance.now();
  run = createRun(config, { words: new TextEncoder().encode(words) });
  const ready = performance.now();
  run.step();
  return {
    parameters: run.parameters,
    product: run.product,
    ready: ready - begun,
    first: performance.now() - ready,
    megabytes: run.config.megabytes,
  };
}

/** @param {number} count */
export function train(count) {
  for (let n = 0; n < count; n++) run.step();
}
