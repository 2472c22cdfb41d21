// Chapter 3: a tanh RNN, an LSTM and a GRU learn to say the first letter of what they have read.

import { trainer } from "../parts/trainer/trainer.js";
import { percent, stepsOf, thousands } from "../parts/trainer/words.js";
import { memoryView } from "./memory_view.js";
import { LETTERS, plan, RACERS } from "./plan.js";
import { share } from "./reach_scale.js";

/** @typedef {import("../parts/trainer/types.js").Track} Track */
/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("../parts/trainer/types.js").RunRecord} RunRecord */

const CAPTION =
  "Each network reads the letters and then says the first. A curve shows how much of the loss’s " +
  "gradient reaches the state after each letter, counted back from the last. They train for at " +
  "most 2,000 steps of 16 strings and are tested on 200 others.";

/** What a gate lets through at a bias: its sigmoid. @type {Record<number, string>} */
const KEPT = { 0: "50%", 1: "73%", 3: "95%" };

/** @param {Track} track */
const right = ({ score }) => (score === null ? "–" : percent(score));

/** "from step 300 on", or how many are right. @param {Track} track */
const became = (track) =>
  track.solvedAt === null
    ? `the ${track.label} has ${right(track)} right`
    : `the ${track.label} learned it in ${stepsOf(track.solvedAt)}`;

/** @param {string[]} parts */
const listed = (parts) => `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;

/** @param {string} text */
const capital = (text) => text[0].toUpperCase() + text.slice(1);

/** What is left at the first letter. @param {Track[]} tracks */
function left(tracks) {
  const parts = tracks.map(({ label, scored }, k) => {
    const reach = scored?.reach ?? [];
    const of = k ? "" : " of the gradient is left";
    return `${share(reach[reach.length - 1] ?? 0)}${of} in the ${label}`;
  });
  return `At the first letter ${listed(parts)}.`;
}

/** What to try next. @param {RunRecord} record @param {RunRecord[]} runs */
function next({ settings, tracks }, runs) {
  const [, lstm] = tracks;
  const tried = (/** @type {string} */ name) => new Set(runs.map((run) => run.settings[name]));
  if (lstm.solvedAt === null && settings.bias !== 3)
    return `Now let the gates keep ${KEPT[3]} at first.`;
  if (tried("bias").size < 2)
    return `Now let the gates keep ${KEPT[settings.bias === 0 ? 3 : 0]} at first.`;
  if (tried("length").size < 2) return "Now change the number of letters.";
  return "Train again: another seed may say something else.";
}

const SAYS = {
  /** @param {Track[]} tracks */
  ready: ([track]) =>
    `Untrained: each guesses, and one guess in ${LETTERS.length} is right.` +
    (track?.parameters ? " Press Train: who learns, and what becomes of the curves?" : ""),
  /** @param {Track[]} tracks */
  running: (tracks) => `${capital(listed(tracks.map(became)))}.`,
  /** @param {RunRecord} record @param {RunRecord[]} runs */
  solved: (record, runs) =>
    `All three have learned it: ${listed(record.tracks.map(became))}. ${
      Number(record.settings.length) < 20 ? "Make the string longer." : next(record, runs)
    }`,
  /** @param {RunRecord} record @param {RunRecord[]} runs */
  stopped: (record, runs) =>
    `${capital(listed(record.tracks.map(became)))}. ${left(record.tracks)} ${next(record, runs)}`,
};

/** @type {import("../parts/trainer/types.js").Column[]} */
const COLUMNS = [
  { head: "letters", text: ({ settings }) => String(settings.length) },
  { head: "bias", text: ({ settings }) => String(settings.bias) },
  ...RACERS.map(({ name, label }) => ({
    result: true,
    head: label,
    text: (/** @type {RunRecord} */ { tracks }) => {
      const track = tracks.find((one) => one.name === name);
      if (!track) return "";
      return track.solvedAt === null ? `${right(track)} right` : stepsOf(track.solvedAt);
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
          ...{ kind: "choice", name: "length", label: "Letters" },
          options: [5, 10, 20].map((length) => [length, String(length)]),
        },
        {
          ...{ kind: "choice", name: "bias", label: "LSTM and GRU gates keep at first (bias)" },
          options: [0, 1, 3].map((bias) => [bias, `${KEPT[bias]} (${bias})`]),
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
    },
  );
  return frame.stop;
}

export default { render };
