// Chapter 8: attention beside one vector, on words and their sounds. The alignment of the reader's
// word comes out of a grey square while they train.

import { trainer } from "../parts/trainer/trainer.js";
import { inSeconds, percent, thousands } from "../parts/trainer/words.js";
import { AlignmentView, RACERS } from "./alignment_view.js";

/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("../parts/trainer/types.js").Track} Track */
/** @typedef {import("../parts/trainer/types.js").RunRecord} RunRecord */

const TRAINING = {
  ...{ batch: 16, learning_rate: 0.015, warmup: 50 },
  ...{ schedule: "inverse_sqrt", clip: 1 },
};
const SECONDS = 6; // for each, at a press of the button

const CAPTION =
  "Each row is a sound, each column a letter. Attention looks where it is green, and at all " +
  "letters alike where all is grey. Small squares show the same word after fewer steps. Both " +
  "learn 8,000 words and are tested on 300 others.";

/** As in alignment_trainer.py. @param {Settings} settings @param {number} seed */
function plan({ width }, seed) {
  const D = Number(width);
  const sizes = { embed_dim: 32, state_dim: D };
  /** @type {Record<string, Omit<import("../parts/trainer/types.js").Config["model"], "settings">>} */
  const models = {
    attention: {
      ...{ encoder: "birnn", decoder: "attention" },
      sizes: { ...sizes, encoder_dim: D / 2, align_dim: D / 2 },
    },
    fixed: { encoder: "rnn", decoder: "rnn", sizes },
  };
  const settings = { encoder: { reverse_source: false }, decoder: {} };
  const runs = RACERS.map((racer) => ({
    ...racer,
    config: {
      model: { ...models[racer.name], settings },
      weights: { seed },
      task: { name: "words" },
      training: { ...TRAINING, seed },
      scoring: { every: 100, examples: 300, solved: null, at_most_seconds: SECONDS },
    },
  }));
  return { runs, leads: "attention" };
}

/** @param {Track | undefined} track the share of sounds that are wrong: the PER */
const wrong = (track) => (track?.scored ? percent(Math.min(track.scored.error_rate ?? 1, 1)) : "–");

/** @param {Track[]} tracks */
const compared = ([attention, fixed]) =>
  `attention gets ${wrong(attention)} of the sounds wrong and one vector ${wrong(fixed)}`;

/** @param {Track[]} tracks */
const longest = (tracks) => inSeconds(Math.max(...tracks.map(({ seconds }) => seconds)));

const SAYS = {
  ready: () =>
    "Neither has learned anything: attention looks at all letters alike, so the square is grey. " +
    "Press Train.",
  /** @param {Track[]} tracks */
  running: (tracks) =>
    tracks.every(({ scored }) => scored)
      ? `After ${longest(tracks)} s each, ${compared(tracks)}.`
      : `After ${longest(tracks)} s each, the first test is still to come.`,
  /** @param {RunRecord} record */
  solved: ({ tracks }) => `Done: ${compared(tracks)}.`,
  /** @param {RunRecord} record */
  stopped: ({ tracks }) =>
    `After ${longest(tracks)} s each, ${compared(tracks)}, in words that neither has learned. ` +
    "Type another word, and see where attention looks.",
};

/** @type {(name: string) => (record: RunRecord) => Track | undefined} */
const of = (name) => (record) => record.tracks.find((track) => track.name === name);

/** @type {import("../parts/trainer/types.js").Column[]} */
const COLUMNS = [
  { head: "width", text: ({ settings }) => String(settings.width) },
  { head: "s each", text: ({ tracks }) => longest(tracks) },
  ...RACERS.flatMap(({ name, label }) => [
    {
      head: `${label}: steps`,
      text: (/** @type {RunRecord} */ record) => thousands(of(name)(record)?.steps ?? 0),
    },
    {
      result: true,
      head: `${label}: wrong`,
      text: (/** @type {RunRecord} */ record) => wrong(of(name)(record)),
    },
  ]),
];

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const view = new AlignmentView(model, () => frame.look());
  const frame = trainer(
    { model, el, name: "alignment-trainer" },
    {
      title: "Where attention looks while it says a word",
      dials: [
        {
          ...{ kind: "choice", name: "width", label: "Width of the vector" },
          options: [32, 64, 128].map((width) => [width, String(width)]),
        },
      ],
      plan,
      data: { words: model.get("words") },
      sources: () => view.sources(),
      view,
      scoreLabel: "of words right",
      numbers: (tracks) => [
        ...tracks.map((track) => ({ value: wrong(track), label: `${track.label}, sounds wrong` })),
        { value: longest(tracks), label: "seconds each" },
      ],
      columns: COLUMNS,
      measure: false,
      says: SAYS,
      caption: CAPTION,
      offers: "letters to sounds",
      folded: true,
    },
  );
  return frame.stop;
}

export default { render };
