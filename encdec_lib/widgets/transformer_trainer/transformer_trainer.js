// Chapter 12: an encoder and a decoder of blocks learn in the page; one dial lets the answer leak.

import { trainer } from "../parts/trainer/trainer.js";
import { inSeconds, percent, stepsOf, thousands } from "../parts/trainer/words.js";
import { planOf } from "./plan.js";
import { chance } from "./score_chart.js";
import { transformerView } from "./transformer_view.js";

/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("../parts/trainer/types.js").Track} Track */
/** @typedef {import("../parts/trainer/types.js").RunRecord} RunRecord */
/** @typedef {import("../parts/trainer/types.js").Dial} Dial */

const [LOW, POOR] = [0.1, 0.5]; // a loss, and a share of right answers, that do not go together

const CAPTION =
  "It learns with width 32, two heads, batches of 32 and a learning rate of 0.01; ◦ is the start " +
  "and ▪ the end. Solved means that it writes 90% of 200 other strings without a fault.";

const SEES = { no: "what came before", yes: "the whole answer" };

const NORMS = {
  pre: "Each vector is brought to one size before every part of a block.",
  post: "Each vector is brought to one size after every part of a block, as in the first paper.",
};
const WARM_UPS = {
  yes: "The first 100 steps are smaller, and grow.",
  no: "All steps are as large as they will ever be, from the first on.",
};

/** @param {unknown} leak */
const seesOf = (leak) => (leak === "yes" ? SEES.yes : SEES.no);

/** @type {Dial[]} */
const DIALS = [
  {
    ...{ kind: "choice", name: "leak", label: "While it learns, it sees" },
    options: [
      ["no", SEES.no],
      ["yes", SEES.yes],
    ],
  },
  {
    ...{ kind: "choice", name: "layers", label: "Layers", seldom: true },
    options: [1, 2, 4].map((layers) => [layers, String(layers)]),
    note: () => "Blocks in the encoder, and as many in the decoder.",
  },
  {
    ...{ kind: "choice", name: "norm", label: "Layer norm", seldom: true },
    options: [
      ["pre", "before"],
      ["post", "after"],
    ],
    note: ({ norm }) => (norm === "post" ? NORMS.post : NORMS.pre),
  },
  {
    ...{ kind: "choice", name: "warmup", label: "Warm-up of the learning rate", seldom: true },
    options: [
      ["yes", "yes"],
      ["no", "no"],
    ],
    note: ({ warmup }) => (warmup === "no" ? WARM_UPS.no : WARM_UPS.yes),
  },
];

/** @param {number} loss */
const nats = (loss) => (loss < 0.0995 ? loss.toFixed(3) : loss.toFixed(2));

/** @param {Track} track */
const right = ({ score }) => percent(score ?? 0);

/** What it gives to the right next letter. @param {Track} track */
const taught = ({ loss }) => percent(chance(loss));

/** What to try after a run. @param {Settings} settings @param {RunRecord[]} runs */
function next({ leak, norm, warmup }, runs) {
  if (leak === "yes") return "Let it see only what came before, and train again.";
  if (norm === "post" && warmup === "no") return "Give it the warm-up.";
  const had = (/** @type {string} */ name, /** @type {unknown} */ value) =>
    runs.some(({ settings }) => settings[name] === value);
  if (!had("leak", "yes")) return "Now let it see the whole answer while it learns.";
  if (!had("norm", "post")) return "In the folded line, choose four layers and layer norm after.";
  if (!had("warmup", "no")) return "Leave out the warm-up.";
  return "Train again: another seed.";
}

const SAYS = {
  /** @param {Track[]} tracks @param {Settings} settings */
  ready: ([track], { leak }) => {
    const size = track?.parameters ? `${thousands(track.parameters)} parameters, ` : "";
    if (leak !== "yes") return `${size}untrained. Press Train: it learns to write backwards.`;
    return `${size}untrained, and nothing hides what it has to write next. Press Train, and watch both curves.`;
  },
  /** @param {Track[]} tracks */
  running: ([track]) =>
    track.score === null
      ? "Learning: the first test comes after 100 steps."
      : `Learning: in training it gives the right next letter ${taught(track)}. By itself it ` +
        `writes ${right(track)} of the strings right.`,
  /** @param {RunRecord} record @param {RunRecord[]} runs */
  solved: ({ lead, settings }, runs) =>
    `Solved after ${stepsOf(lead.steps)}: in training it gives the right next letter ` +
    `${taught(lead)}, a loss of ${nats(lead.loss)}, and by itself it writes ${right(lead)} of the ` +
    `strings right. ` +
    next(settings, runs),
  /** @param {RunRecord} record @param {RunRecord[]} runs */
  stopped: ({ lead, settings }, runs) => {
    const good = settings.leak === "yes" && lead.loss < LOW && (lead.score ?? 0) < POOR;
    const what = good
      ? `Too good to be true: in training it gives the right next letter ${taught(lead)}, a loss ` +
        `of ${nats(lead.loss)}, because it reads the answer off. By itself it has no answer to ` +
        `read, and writes ${right(lead)} of the strings right.`
      : `Not done after ${inSeconds(lead.seconds)} s: a loss of ${nats(lead.loss)} in training, ` +
        `and ${right(lead)} of the strings right by itself.`;
    return `${what} ${next(settings, runs)}`;
  },
};

/** @type {import("../parts/trainer/types.js").Column[]} */
const COLUMNS = [
  { result: true, head: "right", text: ({ lead }) => right(lead) },
  { result: true, head: "loss", text: ({ lead }) => nats(lead.loss) },
  { head: "it sees", text: ({ settings }) => seesOf(settings.leak), words: true },
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
      title:
        "A Transformer learns to write backwards: what if it may see the answer while it learns?",
      dials: DIALS,
      plan: planOf,
      sources: view.sources,
      view,
      offers: "strings backwards",
      scoreLabel: "of strings right",
      numbers: ([track]) => [
        { value: track.curve.length ? nats(track.loss) : "–", label: "loss in training" },
        { value: track.score === null ? "–" : right(track), label: "right by itself" },
        { value: thousands(track.steps), label: "steps" },
      ],
      curves: view.curves,
      columns: COLUMNS,
      says: SAYS,
      caption: CAPTION,
    },
  );
  return frame.stop;
}

export default { render };
