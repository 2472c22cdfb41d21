// Chapter 3: a tanh RNN, an LSTM and a GRU learn to say the first letter of what they have read.

import { trainer } from "../parts/trainer/trainer.js";
import { percent, stepsOf, thousands } from "../parts/trainer/words.js";
import { memoryView } from "./memory_view.js";
import { plan, RACERS } from "./plan.js";
import { inWords } from "./shares.js";

/** @typedef {import("../parts/trainer/types.js").Track} Track */
/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("../parts/trainer/types.js").RunRecord} RunRecord */

const CAPTION =
  "There is one loss, at the end. The signal is its gradient by the state after a letter, as a " +
  "share of that after the last. " +
  "All three train for at most 2,000 steps of 16 strings, and are tested on 200 others. A " +
  "memory of 50%, 73% or 95% is a gate with a bias of 0, 1 or 3.";

/** What a gate lets through at a bias: its sigmoid. @type {Record<number, string>} */
const KEPT = { 0: "50%", 1: "73%", 3: "95%" };

/** @param {Track} track */
const right = ({ score }) => (score === null ? "–" : percent(score));

/** When it learned it, or how many are right. @param {Track} track */
const became = (track) =>
  track.solvedAt === null
    ? `the ${track.label} has ${right(track)} right`
    : `the ${track.label} learned it in ${stepsOf(track.solvedAt)}`;

/** While they learn: the rows above say how many are right. @param {Track} track */
const sofar = (track) =>
  track.solvedAt === null ? `the ${track.label} has not learned it yet` : became(track);

/** @param {string[]} parts */
const listed = (parts) =>
  parts.length > 1
    ? `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`
    : parts.join();

/** @param {string} text */
const capital = (text) => text[0].toUpperCase() + text.slice(1);

/** What reaches the first letter in those that did not learn it. @param {Track[]} tracks */
function left(tracks) {
  const parts = tracks
    .filter(({ solvedAt }) => solvedAt === null)
    .map(({ label, scored }, k) => {
      const reach = scored?.reach ?? [];
      const there = k ? "" : " reaches the first letter";
      return `${inWords(reach[reach.length - 1] ?? 0)}${there} in the ${label}`;
    });
  return `Of the learning signal ${listed(parts)}.`;
}

/** @param {number} bias */
const keep = (bias) => `Now let LSTM and GRU keep ${KEPT[bias]} at first.`;

/** What to try next. @param {RunRecord} record @param {RunRecord[]} runs */
function next({ settings, tracks }, runs) {
  const [, lstm] = tracks;
  const tried = (/** @type {string} */ name) => new Set(runs.map((run) => run.settings[name]));
  if (lstm.solvedAt === null && settings.bias !== 3) return keep(3);
  if (tried("bias").size < 2) return keep(settings.bias === 0 ? 3 : 0);
  if (tried("length").size < 2) return "Now change the number of letters.";
  return "Train again: another seed may say something else.";
}

/** @type {(tracks: Track[], words?: (track: Track) => string) => string} */
const all = (tracks, words = became) => capital(listed(tracks.map(words)));

const SAYS = {
  /** @param {Track[]} tracks */
  ready: ([track]) =>
    "None of the three knows yet which letter was the first." +
    (track?.parameters ? " Press Train: who learns it, and what becomes of the curves?" : ""),
  /** @param {Track[]} tracks */
  running: (tracks) => `${all(tracks, sofar)}.`,
  /** @param {RunRecord} record @param {RunRecord[]} runs */
  solved: (record, runs) =>
    `All three have learned it: ${listed(record.tracks.map(became))}. ${
      Number(record.settings.length) < 20 ? "Make the string longer." : next(record, runs)
    }`,
  /** @param {RunRecord} record @param {RunRecord[]} runs */
  stopped: (record, runs) => `${all(record.tracks)}. ${left(record.tracks)} ${next(record, runs)}`,
};

/** @type {import("../parts/trainer/types.js").Column[]} */
const COLUMNS = [
  { head: "letters", text: ({ settings }) => String(settings.length) },
  { head: "memory kept at first", text: ({ settings }) => KEPT[Number(settings.bias)] },
  ...RACERS.map(({ name, label }) => ({
    result: true,
    head: `${label}: steps to learn`,
    text: (/** @type {RunRecord} */ { tracks }) => {
      const track = tracks.find((one) => one.name === name);
      if (!track) return "";
      return track.solvedAt === null
        ? `not in ${thousands(track.steps)}`
        : thousands(track.solvedAt);
    },
  })),
];

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const view = memoryView(model, () => frame.look());
  const frame = trainer(
    { model, el, name: "memory-race" },
    {
      title: "Three networks learn to remember the first letter",
      dials: [
        {
          ...{ kind: "choice", name: "length", label: "Letters to read" },
          options: [5, 10, 20].map((length) => [length, String(length)]),
        },
        {
          ...{
            kind: "choice",
            name: "bias",
            label: "Memory kept by LSTM and GRU, at first",
          },
          options: [0, 1, 3].map((bias) => [bias, KEPT[bias]]),
        },
      ],
      plan,
      sources: view.sources,
      view,
      scoreLabel: "of strings right",
      columns: COLUMNS,
      says: SAYS,
      numbers: (tracks) => [
        ...tracks.map((track) => ({ value: right(track), label: `${track.label}, right` })),
        { value: thousands(tracks[0].steps), label: "steps each" },
      ],
      measure: false,
      race: "steps",
      caption: CAPTION,
      folded: true,
    },
  );
  return frame.stop;
}

export default { render };
