// The four scores that race, what they learn, and what is said of their errors.

import { lettersOf } from "../parts/trainer/own_string.js";
import { percent, stepsOf } from "../parts/trainer/words.js";

/** @typedef {import("../parts/trainer/types.js").Track} Track */
/** @typedef {import("../parts/trainer/types.js").RunRecord} RunRecord */

const FEW = "abcdefghijklmnop";
const ALL = "abcdefghijklmnopqrstuvwxyz";
const FIRST = 4; // id of the first symbol
const SEEDS = 3; // fewer say nothing

export const SCORES = [
  { name: "dot", label: "dot", line: "score-dot" },
  { name: "scaled_dot", label: "scaled dot", line: "score-scaled" },
  { name: "general", label: "general", line: "score-general" },
  { name: "additive", label: "additive", line: "score-additive" },
];

/**
 * @typedef {object} Task
 * @property {string} text on the dial
 * @property {string} wrong what the errors are
 * @property {import("../parts/trainer/types.js").Config["task"]} learned
 * @property {number} steps of a race
 * @property {string} letters
 * @property {import("../parts/trainer/own_string.js").Rule} rule
 * @property {((letters: string[]) => string[]) | null} answer null where nobody knows
 */

/** @type {Record<string, Task>} */
export const TASKS = {
  reverse: {
    ...{ text: "write a string backwards", wrong: "letters wrong", steps: 400 },
    learned: { name: "reverse", symbols: FEW.length, shortest: 2, longest: 12 },
    letters: FEW,
    rule: lettersOf(FEW, 2, 12, "codelikeap"),
    answer: (letters) => [...letters].reverse(),
  },
  words: {
    ...{ text: "say a word", wrong: "sounds wrong", steps: 500, letters: ALL, answer: null },
    learned: { name: "words" },
    rule: lettersOf(ALL, 3, 8, "dolphins"),
  },
};

/** @param {import("../parts/trainer/types.js").Settings} settings */
export const taskOf = ({ task }) => TASKS[String(task)];

/** @param {Task} task @param {string[]} letters */
export const idsOf = ({ letters: known }, letters) =>
  letters.map((letter) => FIRST + known.indexOf(letter));

/** @param {Task} task @param {number[]} ids @param {string[]} phonemes */
export const written = ({ answer }, ids, phonemes) =>
  ids.map((id) => (answer ? FEW[id - FIRST] : phonemes[id - FIRST]) ?? "?");

/** The share of symbols that are wrong. @param {Track} track */
export const errorOf = ({ scored }) => Math.min(scored?.error_rate ?? 1, 1);

/** @param {Track[]} tracks */
export const listed = (tracks) =>
  tracks.map((track) => `${track.label} ${percent(errorOf(track))}`).join(", ");

/**
 * The score that was first, or last, in every one of these runs; null if there is none.
 * @param {RunRecord[]} runs
 * @param {1 | -1} sign 1 for the fewest errors
 */
function always(runs, sign) {
  const names = runs.map(({ tracks }) => {
    const sorted = [...tracks].sort((a, b) => sign * (errorOf(a) - errorOf(b)));
    return errorOf(sorted[0]) === errorOf(sorted[1]) ? null : sorted[0].label;
  });
  return names.every((name) => name === names[0]) ? names[0] : null;
}

/**
 * What a race says beside those with other seeds: no score is named as long as there are few seeds,
 * or they do not agree.
 * @param {RunRecord} record
 * @param {RunRecord[]} runs
 */
export function result(record, runs) {
  const { tracks, settings, lead } = record;
  const now = `After ${stepsOf(lead.steps)}, ${taskOf(settings).wrong}: ${listed(tracks)}.`;
  const setting = JSON.stringify(settings);
  const same = runs.filter((run) => JSON.stringify(run.settings) === setting);
  const seeds = new Map(same.map((run) => [run.seed, run]));
  if (seeds.size < SEEDS) {
    return `${now} One seed proves little: train again, until you have ${SEEDS} seeds.`;
  }
  const all = [...seeds.values()];
  const said = [
    { name: always(all, 1), what: "the fewest" },
    { name: always(all, -1), what: "the most" },
  ].flatMap(({ name, what }) => (name ? [`${name} has ${what} errors in each`] : []));
  const among = said.length ? said.join(", ") : "none is first or last in all of them";
  return `${now} Of ${seeds.size} seeds: ${among}.`;
}
