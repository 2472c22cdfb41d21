// The home page: one vector against attention. Both learn to repeat a string; one of them forgets.

import { element } from "../parts/elements.js";
import { lettersOf, ownString } from "../parts/trainer/own_string.js";
import { SeriesChart } from "../parts/trainer/series_chart.js";
import { tape } from "../parts/trainer/tapes.js";
import { trainer } from "../parts/trainer/trainer.js";
import { inSeconds, percent } from "../parts/trainer/words.js";

/** @typedef {import("../parts/trainer/types.js").Track} Track */
/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("../parts/trainer/types.js").RunRecord} RunRecord */

const LETTERS = "abcdefghijklmnop";
const FIRST = 4; // id of the first letter; pad, bos, eos and unk come before
const SHORTEST = 2;
const LONGEST = 16;
const TRAINING = {
  ...{ batch: 16, learning_rate: 0.015, warmup: 50 },
  ...{ schedule: "inverse_sqrt", clip: 1 },
};
const SECONDS = 8; // for each, at a press of the button

const CAPTION =
  "Both read a string letter by letter, then write it again: one from a single vector of 48 " +
  "numbers, the other looking back at every letter. A dot is a letter left out. The curves are " +
  "of 200 strings that neither has seen.";

/** @type {{name: string, label: string, line: string}[]} */
const RACERS = [
  { name: "attention", label: "attention", line: "attention" },
  { name: "fixed", label: "one vector", line: "fixed" },
];

const vocab = FIRST + LETTERS.length;
const WORDS = { source_vocab: vocab, target_vocab: vocab, embed_dim: 16, state_dim: 48 };

/** @type {Record<string, import("../parts/trainer/types.js").Config["model"]>} */
const MODELS = {
  attention: {
    encoder: "birnn",
    decoder: "attention",
    settings: { encoder: {}, decoder: {} },
    sizes: { ...WORDS, encoder_dim: 24, align_dim: 16 },
  },
  fixed: {
    encoder: "rnn",
    decoder: "rnn",
    settings: { encoder: { reverse_source: false }, decoder: {} },
    sizes: WORDS,
  },
};

/**
 * @param {Settings} settings
 * @param {number} seed
 */
function plan(settings, seed) {
  const longest = Number(settings.longest);
  const task = { name: "copy", symbols: LETTERS.length, shortest: SHORTEST, longest };
  const training = { ...TRAINING, seed };
  const scoring = { every: 100, examples: 200, solved: 0.99, at_most_seconds: SECONDS };
  const runs = RACERS.map((racer) => ({
    ...racer,
    config: { model: MODELS[racer.name], weights: { seed }, task, training, scoring },
  }));
  return { runs, leads: "attention" };
}

/** Whether the reader's machine asks for no motion. */
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * Strings and curves. Returns a View.
 * @param {ReturnType<typeof ownString>} own
 * @param {boolean} plays it begins by itself
 */
function viewOf(own, plays) {
  const source = tape("to repeat", "encoder", LONGEST);
  const answers = {
    attention: tape("attention", "attention", LONGEST),
    fixed: tape("one vector", "fixed", LONGEST),
  };
  const chart = new SeriesChart({
    what: "letters wrong, on new strings",
    against: "length of the string",
    series: RACERS,
    empty: plays ? "Two curves appear here" : "Press Train, and two curves appear here",
    mark: "your string",
    trail: false,
  });
  const node = element(
    "div",
    { class: "bw-race" },
    element("div", { class: "bw-own-row" }, ...own.nodes),
    source.node,
    answers.fixed.node,
    answers.attention.node,
    chart.node,
  );
  /** @param {string[]} letters */
  function ask(letters) {
    source.source(letters);
    chart.markAt(letters.length);
  }
  return {
    node,
    /** @param {Settings} settings @param {boolean} fresh */
    settings({ longest }, fresh) {
      own.refit();
      chart.range(SHORTEST, Number(longest));
      if (fresh) {
        chart.clear();
        for (const one of Object.values(answers)) one.clear();
      }
      ask(own.letters());
    },
    /** @param {Track} track */
    scored: ({ name, scored }) => chart.add(name, pointsOf(scored)),
    /** @type {NonNullable<import("../parts/trainer/types.js").View["looked"]>} */
    looked({ name, lookedAt }, [{ tokens }], [asked]) {
      const letters = tokens.map((id) => LETTERS[id - FIRST] ?? "?");
      const right = asked.map((id) => LETTERS[id - FIRST]);
      const row = answers[/** @type {"attention" | "fixed"} */ (name)];
      row.answer(letters, right, lookedAt > 0);
    },
    fit: () => chart.fit(),
  };
}

/**
 * The share of wrong letters by length.
 * @param {Track["scored"]} scored
 * @returns {[number, number][]}
 */
const pointsOf = (scored) =>
  (scored?.by_length ?? []).map(({ length, error_rate }) => [length, error_rate]);

/** @param {Track | undefined} track */
const right = (track) => (typeof track?.score === "number" ? percent(track.score) : "–");

/** What the curves say at their right ends. @param {Track[]} tracks @param {Settings} settings */
function compared(tracks, { longest }) {
  const [attention, fixed] = tracks.map(({ scored }) => {
    const at = pointsOf(scored).find(([length]) => length === longest);
    return percent(Math.min(at?.[1] ?? 1, 1));
  });
  return (
    `in strings of ${longest} letters, attention gets ${attention} of the letters wrong and ` +
    `one vector ${fixed}`
  );
}

const FRESH = "Neither has learned anything yet.";

const SAYS = {
  ready: () => `${FRESH} Press Train: in a few seconds the two curves part.`,
  /** @param {Track[]} tracks @param {Settings} settings */
  running: (tracks, settings) => {
    const seconds = inSeconds(Math.max(...tracks.map((track) => track.seconds)));
    const measured = tracks.every(({ score }) => score !== null);
    const now = measured ? compared(tracks, settings) : "both still write at random";
    return `After ${seconds} s each, ${now}.`;
  },
  /** @param {RunRecord} record */
  solved: ({ tracks, settings }) =>
    `Both are done: ${compared(tracks, settings)}. Short strings fit into one vector; make them longer.`,
  /** @param {RunRecord} record */
  stopped: ({ tracks, settings }) => {
    const [first, ...rest] = compared(tracks, settings);
    const capital = [first.toUpperCase(), ...rest].join("");
    return `${capital}. One vector holds only so much: chapters 6 and 8 say why.`;
  },
};

/** @type {(name: string) => (record: RunRecord) => Track | undefined} */
const of = (name) => (record) => record.tracks.find((track) => track.name === name);

const COLUMNS = [
  { head: "longest", text: (/** @type {RunRecord} */ { settings }) => String(settings.longest) },
  { head: "s each", text: (/** @type {RunRecord} */ { lead }) => inSeconds(lead.seconds) },
  ...RACERS.map(({ name, label }) => ({
    result: true,
    head: `${label}: strings without a mistake`,
    text: (/** @type {RunRecord} */ record) => right(of(name)(record)),
  })),
];

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const own = ownString("length-race", {
    text: model.get("string"),
    rule: () => lettersOf(LETTERS, SHORTEST, model.get("longest"), model.get("string")),
    onChange: (string) => {
      model.set("string", string);
      model.save_changes();
      frame.look();
    },
  });
  model.on("change:string", () => own.set(model.get("string")));
  let plays = Boolean(model.get("plays")) && !still();
  const frame = trainer(
    { model, el, name: "length-race" },
    {
      title: "Two networks learn to repeat a string",
      dials: [{ kind: "slider", name: "longest", label: "Longest string", min: 4, max: LONGEST }],
      plan,
      sources: () => [own.letters().map((letter) => FIRST + LETTERS.indexOf(letter))],
      view: viewOf(own, plays),
      scoreLabel: "of strings right",
      columns: COLUMNS,
      says: { ...SAYS, ready: () => (plays ? FRESH : SAYS.ready()) },
      begins: () => {
        const now = plays;
        plays = false; // from now on it is the reader who says so
        return now;
      },
      numbers: (tracks) => [
        ...tracks.map((track) => ({
          value: right(track),
          label: `${track.label}, strings without a mistake`,
        })),
        { value: inSeconds(Math.max(...tracks.map((one) => one.seconds))), label: "seconds each" },
      ],
      measure: false,
      caption: CAPTION,
      folded: true,
    },
  );
  return frame.stop;
}

export default { render };
