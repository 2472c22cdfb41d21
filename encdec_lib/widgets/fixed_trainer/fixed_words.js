// What the trainer of chapter 6 says: which of its dials the reader has just moved, and what it did.

import { percent, stepsOf } from "../parts/trainer/words.js";

/** @typedef {import("../parts/trainer/types.js").RunRecord} RunRecord */
/** @typedef {import("../parts/trainer/types.js").Track} Track */

/**
 * The share of wrong symbols by length.
 * @param {Track["scored"]} scored
 * @returns {[number, number][]}
 */
export const pointsOf = (scored) =>
  (scored?.by_length ?? []).map(({ length, error_rate }) => [length, error_rate]);

/**
 * The share of wrong symbols among strings of a length; of the longest there were, if it is longer.
 * @param {Track} track
 * @param {number} length
 */
export function wrongAt({ scored }, length) {
  const points = pointsOf(scored).filter(([n]) => n <= length);
  return points.length ? points[points.length - 1][1] : 1;
}

/** @param {number} share */
const shown = (share) => percent(Math.min(share, 1));

/** @param {number} before @param {number} now */
function change(before, now) {
  if (shown(before) === shown(now)) return `stay at ${shown(now)}`;
  return `${now < before ? "fall" : "rise"} from ${shown(before)} to ${shown(now)}`;
}

/**
 * Which dials two runs differ in.
 * @param {RunRecord} one
 * @param {RunRecord} other
 */
const moved = (one, other) =>
  ["width", "longest", "steps"].filter((name) => one.settings[name] !== other.settings[name]);

/** @param {number} now @param {number} before */
const more = (now, before) => (now > before ? "more" : "less");

/**
 * What became of a run beside the one before it.
 * @param {RunRecord} record
 * @param {RunRecord} before
 */
export function compared(record, before) {
  const names = moved(record, before);
  const [now, then] = [record.settings, before.settings];
  const longest = Math.min(Number(now.longest), Number(then.longest));
  const errors = change(wrongAt(before.lead, longest), wrongAt(record.lead, longest));
  const at = `errors at ${longest} symbols ${errors}`;
  if (!names.length) return `Only the seed is another: ${at}. So much is chance.`;
  if (names.length > 1) {
    return `You moved ${names.length} dials at once, so nobody can say which did it: ${at}.`;
  }
  if (names[0] === "longest") {
    return `Strings of up to ${now.longest} instead of ${then.longest}, same room and time: ${at}.`;
  }
  if (names[0] === "width") {
    const room = more(Number(now.width), Number(then.width));
    return `You gave it ${room} room, ${then.width} → ${now.width} numbers, and the same steps: ${at}.`;
  }
  const time = more(Number(now.steps), Number(then.steps));
  return (
    `You gave it ${time} time, ${then.steps.toLocaleString("en-US")} → ` +
    `${stepsOf(Number(now.steps))}, and the same room: ${at}.`
  );
}

/** A run by itself. @param {RunRecord} record */
export function alone({ lead, settings }) {
  const [short, long] = [pointsOf(lead.scored)[0], Number(settings.longest)];
  const first = short ? `${shown(short[1])} of the symbols are wrong at length ${short[0]}, ` : "";
  return `${first}${shown(wrongAt(lead, long))} at length ${long}.`;
}

/** What to try next: the dial that has not been moved alone. @param {RunRecord[]} runs */
export function next(runs) {
  const alone = runs.slice(1).map((record, k) => moved(record, runs[k]));
  const tried = (/** @type {string} */ name) =>
    alone.some((names) => names.length === 1 && names[0] === name);
  if (!tried("width")) return "Now change the numbers in the vector, and nothing else.";
  if (!tried("steps")) return "Now change the steps of training, and nothing else.";
  return "Train again: another seed tells how much is chance.";
}
