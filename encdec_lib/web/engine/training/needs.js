// What is asked of a setting: one sentence that names what was needed, what came and what to do.

import { EngineError } from "../tape/memory.js";

export const MOST_LONG = 128; // symbols in a source

/** @type {(good: boolean, sentence: string) => void} */
export function need(good, sentence) {
  if (!good) throw new EngineError(sentence);
}

/** @type {(name: string, value: any, least?: number, most?: number) => void} */
export function whole(name, value, least = 1, most = Infinity) {
  const range = most === Infinity ? `from ${least} on` : `from ${least} to ${most}`;
  need(
    Number.isInteger(value) && value >= least && value <= most,
    `${name} must be a whole number ${range}; got ${value}.`,
  );
}
