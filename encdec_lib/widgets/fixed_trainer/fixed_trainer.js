// Chapter 6: does one vector lack room, or time to learn? Three networks answer at one press: as
// chosen, with twice the numbers, and with four times the steps.

import { lettersOf, ownString } from "../parts/trainer/own_string.js";
import { trainer } from "../parts/trainer/trainer.js";
import { inSeconds, thousands } from "../parts/trainer/words.js";
import { lacked, ready, running, said, wrongOf } from "./fixed_words.js";
import { FIRST, LETTERS, LONGEST, NETWORKS, plan, SHORTEST, TESTED } from "./plan.js";
import { threeView } from "./three_view.js";

/** @typedef {import("../parts/trainer/types.js").RunRecord} RunRecord */

const CAPTION =
  "A network reads a string, keeps one vector of it, and writes the string again. Wrong letters " +
  `are struck, and a dot is one left out. The curves are measured on ${TESTED} new strings.`;

/** @type {import("../parts/trainer/types.js").Dial[]} */
const DIALS = [
  {
    ...{ kind: "choice", name: "width", label: "Room, in numbers" },
    options: [8, 16, 32, 64].map((width) => [width, String(width)]),
  },
  {
    ...{ kind: "choice", name: "steps", label: "Time, in steps" },
    options: [250, 500, 1000].map((steps) => [steps, thousands(steps)]),
  },
  { kind: "slider", name: "longest", label: "Longest string", min: 4, max: LONGEST },
];

const SAYS = {
  /** @type {import("../parts/trainer/types.js").Figure["says"]["ready"]} */
  ready: (_, settings) => ready(settings),
  running,
  solved: said,
  stopped: said,
};

/** @type {(name: string) => (record: RunRecord) => string} */
const setting =
  (name) =>
  ({ settings }) =>
    thousands(Number(settings[name]));

/** @type {import("../parts/trainer/types.js").Column[]} */
const COLUMNS = [
  { head: "numbers", text: setting("width") },
  { head: "steps", text: setting("steps") },
  { head: "longest", text: setting("longest") },
  { result: true, words: true, head: "lacked", text: ({ tracks }) => lacked(tracks) },
  ...NETWORKS.map(({ name, label }) => ({
    result: true,
    head: `${label}, wrong`,
    text: (/** @type {RunRecord} */ { tracks }) =>
      wrongOf(tracks.find((track) => track.name === name)),
  })),
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
      view: threeView(own),
      scoreLabel: "of strings right",
      numbers: (tracks) => [
        ...tracks.map((track) => ({ value: wrongOf(track), label: `${track.label}, wrong` })),
        { value: inSeconds(tracks.reduce((sum, one) => sum + one.seconds, 0)), label: "seconds" },
      ],
      columns: COLUMNS,
      measure: false, // what is asked is which of three is best, and not which setting
      race: "steps",
      says: SAYS,
      caption: CAPTION,
      folded: true,
    },
  );
  return frame.stop;
}

export default { render };
