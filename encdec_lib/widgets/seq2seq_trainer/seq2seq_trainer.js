// Chapter 4: an encoder and a decoder with one vector between them learn to pronounce.

import { trainer } from "../parts/trainer/trainer.js";
import { inSeconds, percent, stepsOf, thousands } from "../parts/trainer/words.js";
import { plan, STEPS, TESTED } from "./plan.js";
import { pronunciationView } from "./pronunciation_view.js";

/** @typedef {import("../parts/trainer/types.js").Track} Track */
/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("../parts/trainer/types.js").RunRecord} RunRecord */

const CAPTION =
  "From letters to sounds, as the CMU dictionary spells them (wrong ones are struck, a dot is one " +
  "left out). Teacher forcing is how often, in training, the decoder is told the true sound " +
  `before. It learns 8,000 words and is tested on ${TESTED} others.`;

/** Wrong sounds to the sounds that there are. @param {Track} track */
const per = ({ scored }) => (scored ? percent(scored.error_rate ?? 1) : "–");

/** @param {Track} track */
const right = ({ score }) => (score === null ? "–" : percent(score));

/** @param {Settings} settings */
const direction = ({ reverse }) => (reverse ? "backwards" : "forwards");

/** @param {Settings} settings */
const setting = (settings) =>
  `${settings.width} numbers, read ${direction(settings)}` +
  (settings.forcing === 1 ? "" : `, ${percent(Number(settings.forcing))} teacher forcing`);

/** A curve's name. @param {Settings} settings */
const named = (settings) =>
  `${settings.width} numbers, ${direction(settings)}` +
  (settings.forcing === 1 ? "" : `, ${percent(Number(settings.forcing))}`);

/** What to try next. @param {Settings} settings @param {RunRecord[]} runs */
function next({ width, reverse, forcing }, runs) {
  const tried = (/** @type {string} */ name) => new Set(runs.map((run) => run.settings[name]));
  if (tried("reverse").size < 2) {
    return `Now let it read the words ${reverse ? "forwards" : "backwards"}.`;
  }
  if (tried("width").size < 2) {
    return `Now give the vector ${Number(width) > 16 ? 16 : 128} numbers instead of ${width}.`;
  }
  if (tried("forcing").size < 2) {
    return `Now set teacher forcing to ${forcing === 1 ? "50%" : "100%"}.`;
  }
  return "Train again with another seed, or change a dial.";
}

const SAYS = {
  /** @param {Track[]} tracks @param {Settings} settings */
  ready: ([track], settings) => {
    const size = track?.parameters ? `${thousands(track.parameters)} parameters, ` : "";
    return `${size}untrained: what it says is noise. All it knows of a word are ${settings.width} numbers. Press Train.`;
  },
  /** @param {Track[]} tracks */
  running: ([track]) =>
    track.scored
      ? `Learning: ${per(track)} of the sounds are wrong in words that it never saw.`
      : "Learning: the first test comes after 100 steps.",
  /** @param {RunRecord} record @param {RunRecord[]} runs */
  solved: (record, runs) => SAYS.stopped(record, runs),
  /** @param {RunRecord} record @param {RunRecord[]} runs */
  stopped: ({ lead, settings }, runs) =>
    `${stepsOf(lead.steps)} in ${inSeconds(lead.seconds)} s with ${setting(settings)}: ` +
    `${per(lead)} of the sounds are wrong, ${right(lead)} of the words all right. ` +
    next(settings, runs),
};

/** @type {import("../parts/trainer/types.js").Column[]} */
const COLUMNS = [
  { head: "width", text: ({ settings }) => String(settings.width) },
  {
    head: "reads",
    text: ({ settings }) => direction(settings),
    words: true,
  },
  { head: "forcing", text: ({ settings }) => percent(Number(settings.forcing)) },
  { head: "steps", text: ({ lead }) => thousands(lead.steps) },
  { head: "s", text: ({ lead }) => inSeconds(lead.seconds) },
  { result: true, head: "sounds wrong", text: ({ lead }) => per(lead) },
  { result: true, head: "words right", text: ({ lead }) => right(lead) },
];

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const view = pronunciationView(model, () => frame.look(), { steps: STEPS, named });
  const frame = trainer(
    { model, el, name: "seq2seq-trainer" },
    {
      title: "Two networks learn to pronounce, with one vector between them",
      dials: [
        {
          ...{ kind: "choice", name: "width", label: "Numbers in the vector" },
          options: [16, 32, 64, 128].map((width) => [width, String(width)]),
        },
        {
          ...{ kind: "choice", name: "reverse", label: "The encoder reads" },
          options: [
            [0, "forwards"],
            [1, "backwards"],
          ],
        },
        {
          ...{ kind: "choice", name: "forcing", label: "Teacher forcing" },
          options: [1, 0.75, 0.5, 0].map((share) => [share, percent(share)]),
        },
      ],
      plan,
      data: { words: model.get("words") },
      sources: view.sources,
      view,
      scoreLabel: "of words right",
      columns: COLUMNS,
      says: SAYS,
      numbers: ([track]) => [
        { value: per(track), label: "of sounds wrong" },
        { value: right(track), label: "of words right" },
        { value: thousands(track.steps), label: "steps" },
        { value: inSeconds(track.seconds), label: "seconds" },
      ],
      measure: ({ lead }) => lead.scored?.error_rate ?? null,
      offers: "letters to sounds",
      caption: CAPTION,
    },
  );
  return frame.stop;
}

export default { render };
