// The dials of chapter 11, each with a line that says what its value means.

import { TASKS } from "../parts/trainer/letter_tasks.js";

/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("../parts/trainer/types.js").Dial} Dial */

export const WIDTH = 32; // D, as in heads_trainer.py

/** The width of a head. @param {Settings} settings */
export const widthOf = ({ heads, d_k }) => Number(d_k) || WIDTH / Number(heads);

/** @type {Record<string, string>} */
const EXAMPLES = {
  reverse: "code becomes edoc.",
  copy: "code becomes code.",
  sort: "code becomes cdeo.",
  "look up": "3 code becomes d, the letter at place 3.",
  "two looks": "co*de becomes od, the letters beside the star.",
  words: "A word becomes the sounds that one says.",
};

/** @type {Record<string, string>} */
const POSITIONS = {
  sinusoidal: "Waves of different lengths are added to each letter.",
  learned: "A vector that it learns for each place is added to the letter.",
  rotary: "Queries and keys are turned by an angle that grows with the place.",
  none: "Nothing tells it where a letter stands.",
};

/** @param {Settings} settings */
function headsNote({ heads }) {
  if (Number(heads) === 1) return "One look for each letter that it writes.";
  return `${heads} looks for each letter that it writes.`;
}

/** @param {Settings} settings */
function widthNote(settings) {
  const numbers = Number(widthOf(settings).toFixed(1));
  const how = Number(settings.d_k) ? "however many heads there are" : "as the heads share the 32";
  return `A head compares ${numbers} numbers of each letter, ${how}.`;
}

/**
 * @param {boolean} hasWords
 * @returns {Dial[]}
 */
export function dialsOf(hasWords) {
  const tasks = Object.values(TASKS).filter(({ name }) => hasWords || name !== "words");
  return [
    {
      ...{ kind: "choice", name: "task", label: "It learns to" },
      options: tasks.map(({ name, text }) => [name, text]),
      note: ({ task }) => EXAMPLES[String(task)],
    },
    {
      ...{ kind: "choice", name: "heads", label: "Heads" },
      options: [1, 2, 4, 8].map((heads) => [heads, String(heads)]),
      note: headsNote,
    },
    {
      ...{ kind: "slider", name: "longest", label: "Longest string", min: 4, max: 16 },
      shown: ({ task }) => task !== "words",
    },
    {
      ...{ kind: "choice", name: "positions", label: "Positions" },
      options: Object.keys(POSITIONS).map((kind) => [kind, kind]),
      note: ({ positions }) => POSITIONS[String(positions)],
    },
    {
      ...{ kind: "choice", name: "d_k", label: "Width of a head, d_k", seldom: true },
      options: [
        [0, "32 / heads"],
        [4, "4"],
        [8, "8"],
        [16, "16"],
      ],
      note: widthNote,
    },
    {
      ...{ kind: "choice", name: "leak", label: "Causal mask", seldom: true },
      options: [
        ["no", "on"],
        ["yes", "off"],
      ],
      note: ({ leak }) =>
        `While it learns, it sees ${leak === "yes" ? "the whole answer" : "only what came before"}.`,
    },
    {
      ...{ kind: "choice", name: "maps", label: "Who looks at whom", live: true },
      options: [
        ["across", "writing → reading"],
        ["reading", "reading"],
        ["writing", "writing"],
      ],
    },
  ];
}
