// What the trainer of chapter 6 says: what each of its networks gets wrong, and what the chosen one
// lacked in this run.

import { percent, stepsOf, thousands } from "../parts/trainer/words.js";
import { NETWORKS, sizeOf } from "./plan.js";

/** @typedef {import("../parts/trainer/types.js").RunRecord} RunRecord */
/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("../parts/trainer/types.js").Track} Track */

const CHANCE = 0.03; // of the letters: less tells two networks apart no better than a coin
const FEW = 0.05; // wrong letters of one that has little left to gain

/**
 * The share of wrong letters by length.
 * @param {Track["scored"]} scored
 * @returns {[number, number][]}
 */
export const pointsOf = (scored) =>
  (scored?.by_length ?? []).map(({ length, error_rate }) => [length, error_rate]);

/** The share of wrong letters among all of the test. @param {Track | undefined} track */
const wrong = (track) => Math.min(track?.scored?.error_rate ?? 1, 1);

/** @param {Track | undefined} track */
export const wrongOf = (track) => (track?.scored ? percent(wrong(track)) : "–");

/** @param {Track[]} tracks */
const named = (tracks) => NETWORKS.map(({ name }) => tracks.find((track) => track.name === name));

/** "73% of the letters are wrong as chosen, 51% with 64 numbers, 41% with 2,000 steps".
 *  @param {Track[]} tracks @param {Settings} settings */
function shares(tracks, settings) {
  const [chosen, room, time] = named(tracks).map(wrongOf);
  const { width } = sizeOf(NETWORKS[1], settings);
  const { steps } = sizeOf(NETWORKS[2], settings);
  return (
    `${chosen} of the letters are wrong as chosen, ${room} with ${width} numbers, ` +
    `${time} with ${stepsOf(steps)}`
  );
}

/**
 * What the chosen network lacked more, by what helped it more: "room", "time", "both" if they
 * helped alike, "neither" if nothing helped. A difference that may be chance is none.
 * @param {Track[]} tracks
 * @returns {"room" | "time" | "both" | "neither"}
 */
export function lacked(tracks) {
  const [chosen, room, time] = named(tracks).map(wrong);
  if (chosen - Math.min(room, time) < CHANCE) return "neither";
  if (Math.abs(room - time) < CHANCE) return "both";
  return room < time ? "room" : "time";
}

/** @param {Track[]} tracks @param {Settings} settings */
function verdict(tracks, settings) {
  const vector = `In this run one vector of ${settings.width} numbers lacked`;
  const verdicts = {
    room: `${vector} room more than time`,
    time: `${vector} time more than room`,
    both: `${vector} room and time alike`,
    neither: "In this run neither more room nor more time helped",
  };
  return verdicts[lacked(tracks)];
}

/** What to try next. @param {RunRecord} record @param {RunRecord[]} runs */
function next({ tracks, settings }, runs) {
  const found = new Set(runs.map((run) => lacked(run.tracks)));
  const [chosen] = named(tracks);
  if (wrong(chosen) < FEW) return "Now make the strings longer.";
  if (!found.has("room")) {
    const small = settings.width === 8 && settings.steps === 1000;
    return small
      ? "Now make the strings shorter."
      : "Now choose 8 numbers and 1,000 steps: what does it lack then?";
  }
  if (!found.has("time")) return "Now choose 32 numbers and 500 steps: what does it lack then?";
  return "Train again: another seed tells how much is chance.";
}

/** Which have not had their steps, where the time was over before. @param {RunRecord} record */
function unfinished({ tracks, settings }) {
  return named(tracks).some(
    (track, k) => (track?.steps ?? 0) < sizeOf(NETWORKS[k], settings).steps,
  );
}

/**
 * What became of a run.
 * @param {RunRecord} record
 * @param {RunRecord[]} runs
 */
export function said(record, runs) {
  const { tracks, settings, lead } = record;
  if (unfinished(record)) {
    return (
      `The time is over, and the network with more time is at step ${thousands(lead.steps)}: ` +
      "let them train longer before you compare them."
    );
  }
  return `${verdict(tracks, settings)}: ${shares(tracks, settings)}. ${next(record, runs)}`;
}

/** @param {Settings} settings */
export const ready = (settings) =>
  `Press Train: three networks learn to repeat strings. One has what you choose, ` +
  `${settings.width} numbers and ${stepsOf(Number(settings.steps))}, one has twice the numbers, ` +
  "and one four times the steps.";

/** @param {Track[]} tracks @param {Settings} settings */
export function running(tracks, settings) {
  if (!tracks.every(({ scored }) => scored)) {
    return "Learning: the first test comes after 100 steps.";
  }
  const [chosen, room, time] = named(tracks);
  const [first, last] = [NETWORKS[0], NETWORKS[2]].map((one) => sizeOf(one, settings).steps);
  const steps = time?.steps ?? 0;
  const now = `step ${thousands(steps)} of ${thousands(last)}`;
  if (steps > first) return `The one with more time goes on, ${now}: ${shares(tracks, settings)}.`;
  const { width } = sizeOf(NETWORKS[1], settings);
  return (
    `Learning, ${now}: ${wrongOf(chosen)} of the letters are wrong as chosen, ${wrongOf(room)} ` +
    `with ${width} numbers.`
  );
}
