// Two ways to the same answers, for test_training_answers.py.

import { greedy, loadModel } from "../../encdec_lib/web/engine/engine.js";
import { opened } from "./parity_run.js";

const listed = (map) => ({ ...map, weights: [...map.weights] });

/** Each source by itself, by the engine that only infers. */
export function alone(exported, sources, maxLength, options) {
  const data = Uint8Array.from(atob(exported.data), (c) => c.charCodeAt(0));
  const model = loadModel({ ...exported, data });
  return sources.map((source) => {
    const { tokens, finished, weights, maps } = greedy(model, source, maxLength, options);
    return {
      tokens,
      finished,
      weights: weights.filter((row) => row).map((row) => [...row]),
      maps: Object.fromEntries(Object.entries(maps).map(([k, layers]) => [k, layers.map(listed)])),
    };
  });
}

/** What an encoder writes, on the engine's own small tape and on one of so many megabytes. */
export function encodedBothWays(exported, source, megabytes) {
  const data = Uint8Array.from(atob(exported.data), (c) => c.charCodeAt(0));
  const theirs = loadModel({ ...exported, data }).encode(source).vectors;
  const { tape, P, model } = opened(exported, { megabytes });
  tape.begin(false);
  return { theirs: [...theirs], mine: [...model.encode(tape, P, [source]).vectors.data] };
}

/** The logits of a whole target at once, and of one step after another; B · T · V numbers. */
export function bothWays(exported, sources, target) {
  const { tape, P, model } = opened(exported, {});
  const B = sources.length;
  const T = target.length;
  const { encode, decoder } = model.parts;
  const order = ({ logits, timeMajor }) => {
    const rows = Array.from({ length: B * T }, (_, i) => (timeMajor ? (i % T) * B + Math.floor(i / T) : i));
    return rows.flatMap((row) => [...logits.data.subarray(row * logits.cols, (row + 1) * logits.cols)]);
  };
  tape.begin(false);
  const ids = Int32Array.from({ length: B * T }, (_, i) => target[i % T]);
  const once = order(
    decoder.decode(tape, P, decoder.start(tape, P, encode(tape, P, sources)), ids),
  );
  tape.begin(false);
  let state = decoder.start(tape, P, encode(tape, P, sources), { room: T });
  const steps = target.map((token) => {
    const decoded = decoder.decode(tape, P, state, new Int32Array(B).fill(token));
    state = decoded.state;
    return [...decoded.logits.data];
  });
  const V = steps[0].length / B;
  const stepped = Array.from({ length: B }, (_, b) =>
    steps.flatMap((logits) => logits.slice(b * V, (b + 1) * V)),
  ).flat();
  return { once, stepped };
}
