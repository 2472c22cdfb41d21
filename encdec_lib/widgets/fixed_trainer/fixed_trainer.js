// Chapter 6: one vector alone. Room is the width of the vector, time the steps of training; curves
// of earlier runs stay, so that the two can be told apart.

import { element } from "../parts/elements.js";
import { lettersOf, ownString } from "../parts/trainer/own_string.js";
import { SeriesChart } from "../parts/trainer/series_chart.js";
import { tape } from "../parts/trainer/tapes.js";
import { trainer } from "../parts/trainer/trainer.js";
import { percent, stepsOf, thousands } from "../parts/trainer/words.js";
import { alone, compared, next, pointsOf, wrongAt } from "./fixed_words.js";

/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("../parts/trainer/types.js").Track} Track */
/** @typedef {import("../parts/trainer/types.js").RunRecord} RunRecord */

const LETTERS = "abcdefghijklmnop";
const FIRST = 4; // id of the first letter; pad, bos, eos and unk come before
const SHORTEST = 2;
const LONGEST = 16;
const SOLVED = 0.99;
const WIDTHS = [16, 32, 64, 128];
const STEPS = [500, 1000, 2000, 4000];

const CAPTION =
  "The network reads a string, keeps one vector of it, and writes the string again; a dot is a " +
  "letter left out. It learns in batches of 32 and stops after its steps or at 99% of 300 other " +
  "strings. Grey curves are your earlier runs.";

/** As in fixed_trainer.py. @param {Settings} settings @param {number} seed */
function plan({ width, longest, steps }, seed) {
  const vocab = FIRST + LETTERS.length;
  const sizes = { source_vocab: vocab, target_vocab: vocab, embed_dim: 32 };
  return {
    runs: [
      {
        name: "fixed",
        label: "this run",
        config: {
          model: {
            encoder: "rnn",
            decoder: "rnn",
            settings: { encoder: { reverse_source: false }, decoder: {} },
            sizes: { ...sizes, state_dim: Number(width) },
          },
          weights: { seed },
          task: {
            name: "copy",
            symbols: LETTERS.length,
            shortest: SHORTEST,
            longest: Number(longest),
          },
          training: { batch: 32, learning_rate: 0.005, warmup: 50, clip: 1, seed },
          scoring: {
            ...{ every: 100, examples: 300, solved: SOLVED },
            ...{ at_most_seconds: 60, at_most_steps: Number(steps) },
          },
        },
      },
    ],
  };
}

/** @type {import("../parts/trainer/types.js").Dial[]} */
const DIALS = [
  {
    ...{ kind: "choice", name: "width", label: "Room: numbers in the vector" },
    options: WIDTHS.map((width) => [width, String(width)]),
  },
  {
    ...{ kind: "choice", name: "steps", label: "Time: steps of training" },
    options: STEPS.map((steps) => [steps, thousands(steps)]),
  },
  { kind: "slider", name: "longest", label: "Longest string", min: 4, max: LONGEST },
];

/**
 * The reader's string, and the curve under which those of earlier runs stay.
 * @param {ReturnType<typeof ownString>} own
 * @param {() => number} seed
 */
function viewOf(own, seed) {
  const source = tape("reads", "encoder", LONGEST);
  const answer = tape("writes", "decoder", LONGEST);
  const chart = new SeriesChart({
    ...{ what: "symbols wrong", against: "length of the string", height: 260, margin: 170 },
    series: [{ name: "fixed", label: "this run", line: "you" }],
    empty: "Press Train, and a curve appears here",
    mark: "your string",
  });
  chart.range(SHORTEST, LONGEST);
  /** @type {{label: string, points: [number, number][]} | null} */
  let current = null;
  /** @type {Settings} */
  let now = {};
  return {
    node: element(
      "div",
      { class: "bw-race" },
      element("div", { class: "bw-own-row" }, ...own.nodes),
      source.node,
      answer.node,
      chart.node,
    ),
    /** @param {Settings} settings @param {boolean} fresh */
    settings(settings, fresh) {
      own.refit();
      if (fresh) {
        if (current) chart.keep(current.label, current.points);
        current = null;
        chart.clear();
        answer.clear();
      }
      now = settings;
      source.source(own.letters());
      chart.markAt(own.letters().length);
    },
    /** @param {Track} track */
    scored({ name, scored, steps }) {
      const label = `${now.width} numbers, ${stepsOf(steps)}`;
      const strings = Number(now.longest) < LONGEST ? ` to ${now.longest}` : "";
      const other = seed() ? `, seed ${seed()}` : "";
      current = { label: label + strings + other, points: pointsOf(scored) };
      chart.add(name, current.points);
    },
    /** @type {NonNullable<import("../parts/trainer/types.js").View["looked"]>} */
    looked({ lookedAt }, [{ tokens }], [asked]) {
      const letters = tokens.map((id) => LETTERS[id - FIRST] ?? "?");
      const right = asked.map((id) => LETTERS[id - FIRST]);
      answer.answer(letters, right, lookedAt > 0);
    },
    fit: () => chart.fit(),
  };
}

const SAYS = {
  /** @param {Track[]} tracks @param {Settings} settings */
  ready: ([track], { width, steps }) => {
    const size = track?.parameters ? `, ${thousands(track.parameters)} parameters` : "";
    return (
      `Untrained: ${width} numbers${size}, and ${stepsOf(Number(steps))} to learn in. ` +
      "Press Train, and see at which length it fails."
    );
  },
  /** @param {Track[]} tracks @param {Settings} settings */
  running: ([track], { longest }) =>
    track.score === null
      ? "Learning: the first test comes after 100 steps."
      : `Learning: at ${longest} symbols ${percent(
          Math.min(wrongAt(track, Number(longest)), 1),
        )} are wrong.`,
  /** @param {RunRecord} record @param {RunRecord[]} runs */
  solved: (record, runs) => `Solved after ${stepsOf(record.lead.steps)}. ${said(record, runs)}`,
  /** @param {RunRecord} record @param {RunRecord[]} runs */
  stopped: (record, runs) => said(record, runs),
};

/** @param {RunRecord} record @param {RunRecord[]} runs */
function said(record, runs) {
  const before = runs[runs.length - 2];
  return `${before ? compared(record, before) : alone(record)} ${next(runs)}`;
}

/** @type {(name: string) => (record: RunRecord) => string} */
const setting =
  (name) =>
  ({ settings }) =>
    thousands(Number(settings[name]));

/** @type {import("../parts/trainer/types.js").Column[]} */
const COLUMNS = [
  { head: "numbers", text: setting("width") },
  { head: "longest", text: setting("longest") },
  { head: "steps", text: ({ lead }) => thousands(lead.steps) },
  { result: true, head: "strings right", text: ({ lead }) => percent(lead.score ?? 0) },
  {
    result: true,
    head: "wrong at the longest",
    text: ({ lead, settings }) => percent(Math.min(wrongAt(lead, Number(settings.longest)), 1)),
  },
];

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const own = ownString("fixed-trainer", {
    text: model.get("string"),
    rule: () => lettersOf(LETTERS, SHORTEST, model.get("longest"), "codelikeapoem"),
    onChange: (string) => {
      model.set("string", string);
      model.save_changes();
      frame.look();
    },
  });
  model.on("change:string", () => own.set(model.get("string")));
  const frame = trainer(
    { model, el, name: "fixed-trainer" },
    {
      title: "Does one vector lack room, or time to learn?",
      dials: DIALS,
      plan,
      sources: () => [own.letters().map((letter) => FIRST + LETTERS.indexOf(letter))],
      view: viewOf(own, () => model.get("seed")),
      scoreLabel: "of strings right",
      columns: COLUMNS,
      measure: false, // shorter strings are always better: not to be compared
      says: SAYS,
      caption: CAPTION,
    },
  );
  return frame.stop;
}

export default { render };
