// What the page can learn, by name.

import { digitsTask } from "./digits.js";
import { madeUp } from "./made_up.js";
import { RULES } from "./rules.js";
import { wordsTask } from "./words.js";

/** @typedef {import("./types.js").TaskConfig} TaskConfig */

export const MADE_UP = Object.keys(RULES);
export const WITH_DATA = ["words", "digits"];

/**
 * A task ready to give batches.
 * @param {TaskConfig} config
 * @param {Record<string, ArrayBuffer | ArrayBufferView>} data by name; the task's own, or its `data`
 * @returns {import("./types.js").Task}
 */
export function createTask(config, data = {}) {
  if (MADE_UP.includes(config.name)) return madeUp(config);
  const bytes = data[config.data ?? config.name];
  return config.name === "words" ? wordsTask(bytes) : digitsTask(bytes, config);
}

/** The fewest symbols that a source of the task can have. @param {TaskConfig} config */
export function leastLength({ name }) {
  return RULES[name]?.least ?? 1;
}
