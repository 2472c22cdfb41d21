// Chapter 12: an encoder and a decoder of blocks learn in the page; one dial lets the answer leak.

import { trainer } from "../parts/trainer/trainer.js";
import { inSeconds, percent, stepsOf, thousands } from "../parts/trainer/words.js";
import { planOf } from "./plan.js";
import { transformerView } from "./transformer_view.js";

/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("../parts/trainer/types.js").Track} Track */
/** @typedef {import("../parts/trainer/types.js").RunRecord} RunRecord */
/** @typedef {import("../parts/trainer/types.js").Dial} Dial */

const [LOW, POOR] = [0.1, 0.5]; // a loss, and a share of right answers, that do not go together

const CAPTION =
  "It learns with width 32, two heads, batches of 32 and a learning rate of 0.01. In the map ◦ is " +
  "the start and ▪ the end. The loss counts the next symbol, given the right ones before it. " +
  "Solved means 90% of 200 others.";

/** @type {(values: string[]) => [string, string][]} */
const words = (values) => values.map((value) => [value, value]);

/** @type {Dial[]} */
const DIALS = [
  {
    ...{ kind: "choice", name: "leak", label: "In training, it sees the answer" },
    options: words(["no", "yes"]),
  },
  {
    ...{ kind: "choice", name: "layers", label: "Layers on each side" },
    options: [1, 2, 4].map((layers) => [layers, String(layers)]),
  },
  {
    ...{ kind: "choice", name: "norm", label: "Layer norm" },
    options: [
      ["pre", "before"],
      ["post", "after"],
    ],
  },
  {
    ...{ kind: "choice", name: "warmup", label: "Learning rate warms up" },
    options: words(["yes", "no"]),
  },
];

/** @param {number} loss */
const nats = (loss) => (loss < 0.0995 ? loss.toFixed(3) : loss.toFixed(2));

/** @param {Track} track */
const right = ({ score }) => percent(score ?? 0);

/** What to try after a run. @param {Settings} settings @param {RunRecord[]} runs */
function next({ leak, norm, warmup }, runs) {
  if (leak === "yes") return "Hide the answer from it, and train again.";
  if (norm === "post" && warmup === "no") return "Give it the warm-up.";
  const had = (/** @type {string} */ name, /** @type {unknown} */ value) =>
    runs.some(({ settings }) => settings[name] === value);
  if (!had("leak", "yes")) return "Now let it see the answer while it learns.";
  if (!had("norm", "post")) return "Take four layers that normalise after each part.";
  if (!had("warmup", "no")) return "Leave out the warm-up.";
  return "Train again: another seed.";
}

const SAYS = {
  /** @param {Track[]} tracks @param {Settings} settings */
  ready: ([track], { leak }) => {
    const size = track?.parameters ? `${thousands(track.parameters)} parameters, ` : "";
    if (leak !== "yes") return `${size}untrained. Press Train: it learns to write backwards.`;
    return `${size}untrained, and nothing hides what it has to write next. Watch both curves.`;
  },
  /** @param {Track[]} tracks */
  running: ([track]) =>
    track.score === null
      ? "Learning: the first test comes after 100 steps."
      : `Learning: a loss of ${nats(track.loss)}, and ${right(track)} of the test strings right.`,
  /** @param {RunRecord} record @param {RunRecord[]} runs */
  solved: ({ lead, settings }, runs) =>
    `Solved: a loss of ${nats(lead.loss)}, and ${right(lead)} right after ` +
    `${stepsOf(lead.steps)}. ${next(settings, runs)}`,
  /** @param {RunRecord} record @param {RunRecord[]} runs */
  stopped: ({ lead, settings }, runs) => {
    const result = `a loss of ${nats(lead.loss)}, and ${right(lead)} right`;
    const good = lead.loss < LOW && (lead.score ?? 0) < POOR;
    const what = good
      ? `Too good to be true: ${result} when it writes by itself.`
      : `Not done after ${inSeconds(lead.seconds)} s: ${result}.`;
    return `${what} ${next(settings, runs)}`;
  },
};

/** @type {import("../parts/trainer/types.js").Column[]} */
const COLUMNS = [
  { result: true, head: "right", text: ({ lead }) => right(lead) },
  { result: true, head: "loss", text: ({ lead }) => nats(lead.loss) },
  { head: "sees answer", text: ({ settings }) => String(settings.leak), words: true },
  { head: "layers", text: ({ settings }) => String(settings.layers) },
  {
    head: "norm",
    text: ({ settings }) => (settings.norm === "pre" ? "before" : "after"),
    words: true,
  },
  { head: "warm-up", text: ({ settings }) => String(settings.warmup), words: true },
  { result: true, head: "steps", text: ({ lead }) => thousands(lead.steps) },
];

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const view = transformerView(model, () => frame.look());
  const frame = trainer(
    { model, el, name: "transformer-trainer" },
    {
      title: "A Transformer learns to write backwards, with its mask or without",
      dials: DIALS,
      plan: planOf,
      sources: view.sources,
      view,
      offers: "strings backwards",
      scoreLabel: "of strings right",
      numbers: ([track]) => [
        { value: track.curve.length ? nats(track.loss) : "–", label: "loss" },
        { value: track.score === null ? "–" : right(track), label: "strings right" },
        { value: thousands(track.steps), label: "steps" },
      ],
      columns: COLUMNS,
      says: SAYS,
      caption: CAPTION,
    },
  );
  return frame.stop;
}

export default { render };
