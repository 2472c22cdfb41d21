// Chapter 14: a Vision Transformer learns to read digits in the page; patches, heads, layers and
// positions are dials, and the reader draws meanwhile.

import { lazily } from "../parts/lazily.js";
import { trainer } from "../parts/trainer/trainer.js";
import { inSeconds, percent, stepsOf, thousands } from "../parts/trainer/words.js";
import { vitView } from "./vit_view.js";

/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("../parts/trainer/types.js").Track} Track */
/** @typedef {import("../parts/trainer/types.js").RunRecord} RunRecord */
/** @typedef {import("../parts/trainer/types.js").Dial} Dial */

const WHOLE = 28;
const WIDTH = 32;
const NETWORK = 64;
const SECONDS = 30;
const SOLVED = 0.9;
const TESTED = 400;

const CAPTION =
  "What looks is the vector that carries the answer, in the last layer; the chapter calls it the " +
  "class token. It learns with width 32 from squares of 24×24 pixels, cut out of digits at random " +
  "places, 64 at a step. Solved means that 90% of 400 others are right.";

/** @type {Dial[]} */
const DIALS = [
  {
    ...{ kind: "choice", name: "patch", label: "Patches of" },
    options: [4, 6, 8, 12].map((patch) => [patch, `${patch}×${patch}`]),
  },
  {
    ...{ kind: "choice", name: "heads", label: "Heads" },
    options: [1, 2, 4, 8].map((heads) => [heads, String(heads)]),
  },
  {
    ...{ kind: "choice", name: "layers", label: "Layers" },
    options: [1, 2, 3].map((layers) => [layers, String(layers)]),
  },
  {
    ...{ kind: "choice", name: "positions", label: "Positions" },
    options: [
      ["learned", "learned"],
      ["none", "none"],
    ],
  },
];

/** @param {Settings} settings @param {number} side */
const patchesIn = ({ patch }, side) => (side / Number(patch)) ** 2;

/**
 * @param {import("../parts/state.js").Model} model
 * @returns {import("../parts/trainer/types.js").Figure["plan"]}
 */
const planOf = (model) => (settings, seed) => {
  const [task, training] = [model.get("task"), model.get("training")];
  const [heads, layers, patch] = ["heads", "layers", "patch"].map((name) => Number(settings[name]));
  const cut = { side: task.crop, patch, channels: 1 };
  const encoder = { heads, scaled: true, pre_norm: true, epsilon: 1e-5, ...cut };
  const positions = settings.positions === "learned";
  const sizes = { d_model: WIDTH, heads, d_ff: NETWORK, layers, positions, side: task.crop, patch };
  return {
    runs: [
      {
        name: "vit",
        label: "this run",
        config: {
          model: {
            ...{ encoder: "vit", decoder: "classes", sizes },
            settings: { encoder, decoder: { pool: "class" } },
          },
          weights: { seed },
          task,
          training: { ...training, seed },
          scoring: {
            ...{ every: 100, examples: TESTED, solved: SOLVED },
            ...{ at_most_seconds: SECONDS, at_most_steps: training.steps },
          },
        },
      },
    ],
  };
};

/** What to try after a run. @param {Settings} settings @param {RunRecord[]} runs */
function next({ patch, positions }, runs) {
  const tried = (/** @type {string} */ name) =>
    new Set(runs.map(({ settings }) => settings[name])).size > 1;
  if (!tried("patch")) {
    return `Now try ${patch === 12 ? "smaller patches, of 8×8" : "larger patches, of 12×12"}.`;
  }
  if (positions === "none") return "Give it positions again.";
  if (!tried("positions")) return "Now take its positions away.";
  return tried("heads") ? "Draw a digit of your own." : "Now change its heads.";
}

/** @param {number} side */
const saysOf = (side) => ({
  /** @param {Track[]} tracks @param {Settings} settings */
  ready: ([track], settings) => {
    const size = track?.parameters ? `${thousands(track.parameters)} parameters` : "The model is";
    return (
      `${size}, untrained: ${patchesIn(settings, side)} patches, and it guesses. Press Train, and ` +
      "draw a digit meanwhile."
    );
  },
  /** @param {Track[]} tracks */
  running: ([{ score }]) =>
    score === null
      ? "Learning: the first test comes after 100 steps."
      : `Learning: ${percent(score)} of the held-out digits are right.`,
  /** @param {RunRecord} record @param {RunRecord[]} runs */
  solved: ({ lead, settings }, runs) =>
    `Solved with ${patchesIn(settings, side)} patches: ${percent(lead.score ?? 0)} right after ` +
    `${stepsOf(lead.steps)}. ${next(settings, runs)}`,
  /** @param {RunRecord} record @param {RunRecord[]} runs */
  stopped: ({ lead, settings }, runs) => {
    const right = `${percent(lead.score ?? 0)} right after ${stepsOf(lead.steps)}`;
    if (settings.positions === "none") {
      return `Without positions a digit is a heap of patches: ${right}. ${next(settings, runs)}`;
    }
    const many = patchesIn(settings, side) > 16 ? " More patches make every step slower." : "";
    return `It is not done: ${right}.${many} ${next(settings, runs)}`;
  },
});

/** @type {(name: string) => (record: RunRecord) => string} */
const setting =
  (name) =>
  ({ settings }) =>
    String(settings[name]);

/** @type {import("../parts/trainer/types.js").Column[]} */
const COLUMNS = [
  { result: true, head: "right", text: ({ lead }) => percent(lead.score ?? 0) },
  { head: "patch", text: setting("patch") },
  { head: "patches", text: ({ settings }) => String(patchesIn(settings, 24)) },
  { head: "heads", text: setting("heads") },
  { head: "layers", text: setting("layers") },
  { head: "positions", text: setting("positions"), words: true },
  {
    result: true,
    head: "steps",
    text: ({ lead, outcome }) => (outcome === "solved" ? "" : "> ") + thousands(lead.steps),
  },
  { result: true, head: "s", text: ({ lead }) => inSeconds(lead.seconds) },
];

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const task = model.get("task");
  const view = vitView(model, WHOLE, () => frame.look());
  const frame = trainer(
    { model, el, name: "vit-trainer" },
    {
      title: "A Vision Transformer learns to read digits: at which patches does it look?",
      dials: DIALS,
      plan: planOf(model),
      data: { [task.data]: lazily(model.get("digits")) },
      sources: view.sources,
      view,
      offers: "reading digits",
      scoreLabel: "of digits right",
      columns: COLUMNS,
      says: saysOf(task.crop),
      caption: CAPTION,
    },
  );
  return frame.stop;
}

export default { render };
