// Chapter 11: a Transformer learns in the page; heads, length, width and positions are dials.

import { SYMBOLS } from "../parts/trainer/letter_tasks.js";
import { trainer } from "../parts/trainer/trainer.js";
import { inSeconds, percent, stepsOf, thousands } from "../parts/trainer/words.js";
import { costTable } from "./cost_table.js";
import { dialsOf, WIDTH, widthOf } from "./heads_dials.js";
import { headsView, taskOf } from "./heads_view.js";

/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("../parts/trainer/types.js").Track} Track */
/** @typedef {import("../parts/trainer/types.js").RunRecord} RunRecord */

const NETWORK = 64;
const TRAINING = { batch: 16, learning_rate: 0.01, warmup: 100, clip: 1 };
const SECONDS = 20;
const SOLVED = 0.95;
const [LOW, POOR] = [0.1, 0.5]; // a loss, and a share of right answers, that do not go together

const CAPTION =
  "One layer on each side, of width 32, learns in batches of 16. Solved means that it writes 95% of " +
  "200 other strings without a fault.";

/**
 * @param {Settings} settings
 * @param {number} seed
 * @returns {import("../parts/trainer/types.js").Plan | string}
 */
function plan(settings, seed) {
  const { positions, leak } = settings;
  const [heads, longest, task] = [
    Number(settings.heads),
    Number(settings.longest),
    taskOf(settings),
  ];
  const d_k = widthOf(settings);
  if (!Number.isInteger(d_k)) return `${heads} heads cannot share a width of ${WIDTH}: choose 4.`;
  const built = { heads, scaled: true, pre_norm: true, positions: String(positions) };
  const sizes = { d_model: WIDTH, heads, d_k, d_v: d_k, d_ff: NETWORK, layers: 1, max_length: 64 };
  const learned =
    task.name === "words"
      ? { name: "words" }
      : { name: task.name, symbols: SYMBOLS, shortest: task.shortest, longest };
  return {
    runs: [
      {
        name: "transformer",
        label: "this run",
        config: {
          model: {
            ...{ encoder: "transformer", decoder: "transformer", sizes },
            settings: { encoder: built, decoder: { ...built, causal: leak !== "yes" } },
          },
          weights: { seed },
          task: learned,
          training: { ...TRAINING, schedule: "inverse_sqrt", seed },
          scoring: { every: 100, examples: 200, solved: SOLVED, at_most_seconds: SECONDS },
        },
      },
    ],
  };
}

/** @param {number} count */
const headsIn = (count) => `${count} ${count === 1 ? "head" : "heads"}`;

/**
 * Steps to solve by heads, of the runs that differ in nothing else; heads are no miracle.
 * @param {Settings} settings
 * @param {RunRecord[]} runs
 */
function byHeads({ heads: _, ...others }, runs) {
  const alike = runs.filter(({ settings, outcome }) => {
    const { heads: __, ...its } = settings;
    return outcome === "solved" && JSON.stringify(its) === JSON.stringify(others);
  });
  const counts = [...new Set(alike.map(({ settings }) => Number(settings.heads)))];
  if (counts.length < 2) return "";
  const said = counts
    .sort((a, b) => a - b)
    .map((count) => {
      const steps = alike.filter(({ settings }) => settings.heads === count);
      return `${headsIn(count)} ${steps.map(({ lead }) => thousands(lead.steps)).join(" and ")}`;
    });
  return `Steps so far: ${said.join("; ")}. `;
}

/** What to try after a run. @param {Settings} settings @param {RunRecord[]} runs */
function next({ positions, heads, longest }, runs) {
  if (positions === "none") return "Give it positions again.";
  const tried = new Set(runs.map(({ settings }) => settings.heads));
  if (tried.size < 2)
    return `Change the heads from ${heads} to ${heads === 1 ? 4 : 1}, and train again.`;
  if (!runs.some(({ settings }) => settings.positions === "none")) {
    return "Now take its positions away.";
  }
  return Number(longest) < 16 ? "Make the strings longer." : "Train again: another seed.";
}

const SAYS = {
  /** @param {Track[]} tracks @param {Settings} settings */
  ready: ([track], settings) => {
    const size = track?.parameters ? `${thousands(track.parameters)} parameters, ` : "";
    return `${size}untrained: its heads look everywhere a little, and their rows fill as it learns to write. Press Train, and it learns to ${taskOf(settings).aim}.`;
  },
  /** @param {Track[]} tracks */
  running: ([{ score }]) =>
    score === null
      ? "Learning: the first test comes after 100 steps."
      : `Learning: ${percent(score)} of the test strings are right.`,
  /** @param {RunRecord} record @param {RunRecord[]} runs */
  solved: ({ lead, settings }, runs) =>
    `Solved with ${headsIn(Number(settings.heads))}: ${percent(lead.score ?? 0)} of the test strings ` +
    `are right after ${stepsOf(lead.steps)}. ${byHeads(settings, runs)}${next(settings, runs)}`,
  /** @param {RunRecord} record @param {RunRecord[]} runs */
  stopped: ({ lead, settings }, runs) => {
    const right = percent(lead.score ?? 0);
    if (settings.leak === "yes" && lead.loss < LOW && (lead.score ?? 0) < POOR) {
      return (
        `Without the mask it read the answer off: a loss of ${lead.loss.toFixed(3)} while it ` +
        `learned, and ${right} right when it writes by itself. Put the mask on again.`
      );
    }
    const lost =
      settings.positions === "none" && settings.task !== "sort"
        ? "Without positions it cannot know what stands where"
        : "It is not done";
    return `${lost}: ${right} right after ${inSeconds(lead.seconds)} s. ${next(settings, runs)}`;
  },
};

/** @type {(name: string) => (record: RunRecord) => string} */
const setting =
  (name) =>
  ({ settings }) =>
    String(settings[name]);

/** @type {import("../parts/trainer/types.js").Column[]} */
const COLUMNS = [
  { result: true, head: "right", text: ({ lead }) => percent(lead.score ?? 0) },
  { head: "task", text: ({ settings }) => taskOf(settings).text, words: true },
  { head: "heads", text: setting("heads") },
  {
    head: "longest",
    text: ({ settings }) => (settings.task === "words" ? "8" : String(settings.longest)),
  },
  { head: "d_k", text: ({ settings }) => String(widthOf(settings)) },
  { head: "positions", text: setting("positions"), words: true },
  { head: "mask", text: ({ settings }) => (settings.leak === "yes" ? "off" : "on"), words: true },
  {
    result: true,
    head: "steps",
    text: ({ lead, outcome }) => (outcome === "solved" ? "" : "> ") + thousands(lead.steps),
  },
  { result: true, head: "s", text: ({ lead }) => inSeconds(lead.seconds) },
];

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const view = headsView(model, () => frame.look());
  const cost = costTable();
  const frame = trainer(
    { model, el, name: "heads-trainer" },
    {
      title: "A Transformer learns: where does each of its heads look?",
      dials: dialsOf(model.get("has_words")),
      plan,
      data: { words: model.get("words") },
      sources: view.sources,
      view: {
        ...view,
        settings(settings, fresh) {
          view.settings(settings, fresh);
          const built = { D: WIDTH, heads: Number(settings.heads), d_ff: NETWORK };
          const [d_k, task] = [widthOf(settings), taskOf(settings)];
          const longest = settings.task === "words" ? 8 : Number(settings.longest);
          cost.draw(longest, (length) => ({ ...built, d_k, ...task.sizes(length) }));
        },
      },
      scoreLabel: "of strings right",
      columns: COLUMNS,
      says: SAYS,
      caption: CAPTION,
      extra: cost.node,
      lossFolded: true,
    },
  );
  return frame.stop;
}

export default { render };
