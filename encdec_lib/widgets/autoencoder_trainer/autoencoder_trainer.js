// Chapter 1: an autoencoder learns in the page to copy digits through H; how wide H is and how wide
// the hidden layers are, are dials.

import { lazily } from "../parts/lazily.js";
import { trainer } from "../parts/trainer/trainer.js";
import { inSeconds, stepsOf, thousands } from "../parts/trainer/words.js";
import { copiesView } from "./copies_view.js";
import { errorChart, errorText } from "./error_chart.js";

/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("../parts/trainer/types.js").Track} Track */
/** @typedef {import("../parts/trainer/types.js").RunRecord} RunRecord */
/** @typedef {import("../parts/trainer/types.js").Dial} Dial */

const WIDTHS = [1, 2, 4, 8, 16, 32];
const SECONDS = 20;
const TESTED = 400;

const CAPTION =
  "H is all that the decoder gets of a digit; filled cells are positive, hollow ones negative. It " +
  "learns from 4,000 digits in batches of 64. The error is the typical difference between a pixel " +
  "and its copy, over 400 digits that it never learns from.";

/** @type {Dial[]} */
const DIALS = [
  {
    ...{ kind: "choice", name: "width", label: "Width of the encoding H" },
    options: WIDTHS.map((width) => [width, String(width)]),
  },
  {
    ...{ kind: "choice", name: "hidden", label: "Width of the hidden layers" },
    options: [16, 64, 256].map((hidden) => [hidden, String(hidden)]),
  },
];

/**
 * @param {import("../parts/state.js").Model} model
 * @returns {import("../parts/trainer/types.js").Figure["plan"]}
 */
const planOf = (model) => (settings, seed) => {
  const [task, training] = [model.get("task"), model.get("training")];
  const [encoding_dim, hidden_dim] = [Number(settings.width), Number(settings.hidden)];
  return {
    runs: [
      {
        name: "autoencoder",
        label: "this run",
        config: {
          model: {
            ...{ encoder: "dense", decoder: "dense", settings: {} },
            sizes: { encoding_dim, hidden_dim },
          },
          weights: { seed },
          task,
          training: { ...training, seed },
          scoring: {
            ...{ every: 100, examples: TESTED, solved: null },
            ...{ at_most_seconds: SECONDS, at_most_steps: training.steps },
          },
        },
      },
    ],
  };
};

/** @param {Track | undefined} track */
const errorOf = (track) => track?.scored?.difference ?? null;

/** @param {Track | undefined} track */
const said = (track) => {
  const error = errorOf(track);
  return error === null ? "–" : errorText(error);
};

/** @param {unknown} width */
const numbersIn = (width) => `${width} ${width === 1 ? "number" : "numbers"}`;

/**
 * Another width that was tried with the same hidden layers, and what became of it.
 * @param {RunRecord} record
 * @param {RunRecord[]} runs
 */
function compared({ settings }, runs) {
  const other = runs
    .filter((one) => one.settings.hidden === settings.hidden)
    .filter((one) => one.settings.width !== settings.width)
    .at(-1);
  if (other) return `With ${numbersIn(other.settings.width)} it was ${said(other.lead)}.`;
  return `Now try ${settings.width === 2 ? 16 : 2} numbers: what does it give up, and what does it keep?`;
}

const SAYS = {
  /** @param {Track[]} tracks @param {Settings} settings */
  ready: ([track], { width }) => {
    const size = track?.parameters ? `${thousands(track.parameters)} parameters` : "The model is";
    return `${size}, untrained: it paints grey. Press Train; 196 pixels must go through ${numbersIn(width)}.`;
  },
  /** @param {Track[]} tracks */
  running: ([track]) =>
    errorOf(track) === null
      ? "Learning: the first test comes after 100 steps."
      : `Learning: a pixel of a held-out digit is ${said(track)} off.`,
  /** @param {RunRecord} record */
  solved: ({ lead }) => `${said(lead)} after ${stepsOf(lead.steps)}.`,
  /** @param {RunRecord} record @param {RunRecord[]} runs */
  stopped: (record, runs) => {
    const { lead, settings } = record;
    return (
      `Through ${numbersIn(settings.width)} the error is ${said(lead)} after ` +
      `${stepsOf(lead.steps)}. ${compared(record, runs)}`
    );
  },
};

/** @type {import("../parts/trainer/types.js").Column[]} */
const COLUMNS = [
  { head: "width of H", text: ({ settings }) => String(settings.width) },
  { head: "hidden", text: ({ settings }) => String(settings.hidden) },
  { head: "parameters", text: ({ lead }) => thousands(lead.parameters) },
  { head: "steps", text: ({ lead }) => thousands(lead.steps) },
  { head: "s", text: ({ lead }) => inSeconds(lead.seconds) },
  { result: true, head: "error", text: ({ lead }) => said(lead) },
];

/**
 * The points of the chart: those of runs that are over, and the one of the run that stands.
 * @param {import("./error_chart.js").Point[]} points
 * @param {Settings} settings
 * @param {Track} track
 * @param {number} last its last step
 */
function marked(points, { width, hidden }, track, last) {
  const error = errorOf(track) ?? 0;
  const over = track.steps >= last;
  const kept = points.filter((point) => point.over);
  return [...kept, { width: Number(width), hidden: Number(hidden), error, over }];
}

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const view = copiesView(model, () => frame.look());
  const chart = errorChart(WIDTHS, model.get("nothing"));
  const task = model.get("task");
  /** @type {import("./error_chart.js").Point[]} */
  let points = [];
  const frame = trainer(
    { model, el, name: "autoencoder-trainer" },
    {
      title: "A digit goes through a few numbers, and comes back",
      dials: DIALS,
      plan: planOf(model),
      data: { [task.data]: lazily(model.get("digits")) },
      sources: view.sources,
      view: {
        ...view,
        settings(settings, fresh) {
          view.settings(settings);
          if (!fresh) return;
          points = points.filter(({ over }) => over);
          chart.draw(points);
        },
        scored(track) {
          points = marked(points, frame.settings(), track, model.get("training").steps);
          chart.draw(points);
        },
        fit: chart.fit,
      },
      offers: "copying digits",
      scoreLabel: "error",
      numbers: ([track]) => [
        { value: said(track), label: "error of a pixel" },
        { value: thousands(track.steps), label: "steps" },
        { value: inSeconds(track.seconds), label: "seconds" },
      ],
      columns: COLUMNS,
      measure: ({ lead }) => errorOf(lead),
      says: SAYS,
      caption: CAPTION,
      extra: chart.node,
    },
  );
  return frame.stop;
}

export default { render };
