// Chapter 9: four scores learn the same task from the same seed, on the same batches.

import { trainer } from "../parts/trainer/trainer.js";
import { inSeconds, percent, thousands } from "../parts/trainer/words.js";
import { ScoreView } from "./score_view.js";
import { errorOf, listed, result, SCORES, TASKS, taskOf } from "./scores.js";

/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("../parts/trainer/types.js").Track} Track */
/** @typedef {import("../parts/trainer/types.js").RunRecord} RunRecord */

const CAPTION =
  "The four networks differ in their attention score alone, and share seed, batches and steps. A " +
  "map has a row for each written symbol and a column for each read one. The temperature divides " +
  "scores in the maps alone. They are tested on 200 others.";

/** As in score_race.py. @param {Settings} settings @param {number} seed */
function plan(settings, seed) {
  const D = Number(settings.width);
  const { learned, steps } = taskOf(settings);
  const sizes = { embed_dim: 32, encoder_dim: D / 2, state_dim: D, align_dim: D / 2 };
  const words = learned.name === "words" ? {} : { source_vocab: 20, target_vocab: 20 };
  const runs = SCORES.map((score) => ({
    ...score,
    config: {
      model: {
        ...{ encoder: "birnn", decoder: "reading", sizes: { ...words, ...sizes } },
        settings: { encoder: {}, decoder: { score: score.name } },
      },
      weights: { seed },
      task: learned,
      training: { batch: 32, learning_rate: 0.005, warmup: 50, clip: 1, seed },
      scoring: {
        ...{ every: 50, examples: 200, solved: null },
        ...{ at_most_seconds: 60, at_most_steps: steps },
      },
      megabytes: 32, // there are four of them
    },
  }));
  return { runs, leads: "dot" };
}

/** @param {boolean} hasWords @returns {import("../parts/trainer/types.js").Dial[]} */
const dials = (hasWords) => [
  {
    ...{ kind: "choice", name: "task", label: "They learn to", shown: () => hasWords },
    options: Object.entries(TASKS)
      .filter(([name]) => hasWords || name !== "words")
      .map(([name, { text }]) => [name, text]),
  },
  {
    ...{ kind: "choice", name: "width", label: "Width of the vectors, D" },
    options: [16, 64, 128].map((width) => [width, String(width)]),
  },
  {
    ...{ kind: "choice", name: "axis", label: "Curves by", live: true },
    options: ["steps", "seconds"].map((axis) => [axis, axis]),
  },
  {
    ...{ kind: "choice", name: "temperature", label: "Temperature of the maps", live: true },
    options: [
      [0.25, "¼"],
      [0.5, "½"],
      [1, "1"],
      [2, "2"],
      [4, "4"],
      [8, "8"],
    ],
  },
];

const SAYS = {
  /** @param {Track[]} _ @param {Settings} settings */
  ready: (_, settings) =>
    `All four are untrained. Press Train: each learns to ${taskOf(settings).text}, ` +
    `${thousands(taskOf(settings).steps)} steps.`,
  /** @param {Track[]} tracks */
  running: (tracks) =>
    tracks.every(({ scored }) => scored)
      ? `Learning. Wrong now: ${listed(tracks)}.`
      : "Learning: the first test comes after 50 steps.",
  solved: result,
  stopped: result,
};

/** @type {import("../parts/trainer/types.js").Column[]} */
const COLUMNS = [
  { head: "task", text: ({ settings }) => String(settings.task), words: true },
  { head: "D", text: ({ settings }) => String(settings.width) },
  { head: "steps", text: ({ lead }) => thousands(lead.steps) },
  ...SCORES.map(({ name, label }) => ({
    result: true,
    head: `${label}, wrong`,
    text: (/** @type {RunRecord} */ { tracks }) => {
      const track = tracks.find((one) => one.name === name);
      return track ? `${percent(errorOf(track))} (${inSeconds(track.seconds)} s)` : "–";
    },
  })),
];

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const view = new ScoreView(model, () => frame.look());
  const words = model.get("words");
  const frame = trainer(
    { model, el, name: "score-race" },
    {
      title: "Four attention scores learn the same task",
      dials: dials(Boolean(words)),
      plan,
      data: words ? { words } : {},
      sources: () => view.sources(),
      temperature: ({ temperature }) => Number(temperature),
      view,
      offers: "four scores",
      scoreLabel: "of strings right",
      numbers: (tracks) =>
        tracks.map((track) => ({
          value: track.scored ? percent(errorOf(track)) : "–",
          label: `wrong, ${track.label}`,
        })),
      columns: COLUMNS,
      measure: false,
      says: SAYS,
      caption: CAPTION,
      race: "steps",
    },
  );
  return frame.stop;
}

export default { render };
