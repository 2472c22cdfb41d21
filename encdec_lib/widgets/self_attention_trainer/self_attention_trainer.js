// Chapter 10: one layer of self-attention learns in the page, with and without positions.

import { trainer } from "../parts/trainer/trainer.js";
import { inSeconds, percent, stepsOf, thousands } from "../parts/trainer/words.js";
import { planOf } from "./plan.js";
import { selfAttentionView, taskOf } from "./self_attention_view.js";

/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("../parts/trainer/types.js").Track} Track */
/** @typedef {import("../parts/trainer/types.js").RunRecord} RunRecord */
/** @typedef {import("../parts/trainer/types.js").Dial} Dial */

const CAPTION =
  "On the left, a row is a letter that looks and a column one that is looked at; darker is more. " +
  "On the right is what the decoder reads. It trains on 32 strings a step and is solved at 95% of " +
  "200 others.";

/** @type {Dial[]} */
const DIALS = [
  {
    ...{ kind: "choice", name: "task", label: "It learns to" },
    options: ["look up", "sort", "reverse"].map((name) => [name, name]),
  },
  {
    ...{ kind: "choice", name: "positions", label: "Positions" },
    options: [
      ["sinusoidal", "told"],
      ["none", "not told"],
    ],
  },
  {
    ...{ kind: "choice", name: "d_k", label: "Width of a key, d_k" },
    options: [1, 8, 128].map((d_k) => [d_k, String(d_k)]),
  },
  {
    ...{ kind: "choice", name: "scaled", label: "Scores divided by √d_k" },
    options: [
      ["yes", "yes"],
      ["no", "no"],
    ],
  },
];

/** @param {Settings} settings */
const placed = ({ positions }) => positions !== "none";

/** What to try after a run. @param {Settings} settings @param {RunRecord[]} runs */
function next({ task, positions }, runs) {
  const tried = (/** @type {Settings} */ wanted) =>
    runs.some(({ settings: had }) => Object.entries(wanted).every(([k, v]) => had[k] === v));
  if (task !== "sort" && placed({ positions }) && !tried({ task, positions: "none" })) {
    return "Now do not tell it the positions.";
  }
  if (!tried({ task: "sort", positions: "none" })) return "Let it sort without positions.";
  if (!tried({ d_k: 128, scaled: "no" })) {
    return "Let it look up with keys of 128 numbers, and do not divide the scores.";
  }
  return "Train again: another seed.";
}

/** @param {RunRecord} record */
const right = ({ lead }) => percent(lead.score ?? 0);

const SAYS = {
  /** @param {Track[]} tracks @param {Settings} settings */
  ready: ([track], settings) => {
    const size = track?.parameters ? `${thousands(track.parameters)} parameters, ` : "";
    return `${size}untrained. Press Train, and it learns to ${taskOf(settings).aim}.`;
  },
  /** @param {Track[]} tracks */
  running: ([{ score }]) =>
    score === null
      ? "Learning: the first test comes after 100 steps."
      : `Learning: ${percent(score)} of the test strings are right.`,
  /** @param {RunRecord} record @param {RunRecord[]} runs */
  solved: (record, runs) => {
    const { lead, settings } = record;
    const without = placed(settings) ? "" : " without being told any position";
    return `Solved${without}: ${right(record)} right after ${stepsOf(lead.steps)}. ${next(settings, runs)}`;
  },
  /** @param {RunRecord} record @param {RunRecord[]} runs */
  stopped: (record, runs) => {
    const { lead, settings } = record;
    const result = `${right(record)} right after ${inSeconds(lead.seconds)} s. ${next(settings, runs)}`;
    if (placed(settings) || settings.task === "sort") return `It is not done: ${result}`;
    return `Without positions every order of the letters is the same to it: ${result}`;
  },
};

/** @type {import("../parts/trainer/types.js").Column[]} */
const COLUMNS = [
  { result: true, head: "right", text: right },
  { head: "task", text: ({ settings }) => String(settings.task), words: true },
  {
    head: "positions",
    text: ({ settings }) => (placed(settings) ? "told" : "not told"),
    words: true,
  },
  { head: "d_k", text: ({ settings }) => String(settings.d_k) },
  { head: "divided", text: ({ settings }) => String(settings.scaled), words: true },
  { result: true, head: "steps", text: ({ lead }) => thousands(lead.steps) },
];

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const frame = trainer(
    { model, el, name: "self-attention-trainer" },
    (() => {
      const view = selfAttentionView(model, () => frame.look());
      return {
        title: "One layer of self-attention learns where to look",
        dials: DIALS,
        plan: planOf,
        sources: view.sources,
        view,
        offers: "one layer",
        scoreLabel: "of strings right",
        columns: COLUMNS,
        says: SAYS,
        caption: CAPTION,
      };
    })(),
  );
  return frame.stop;
}

export default { render };
