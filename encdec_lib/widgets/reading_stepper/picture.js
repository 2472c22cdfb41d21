// The picture: vectors of the letters, how much of each is read now, and what was given so far.

import { box, label, line, vector } from "../parts/stepper/marks.js";
import { percent } from "./readings.js";

/** @typedef {import("./readings.js").Trace} Trace */
/** @typedef {import("../parts/stepper/types.js").At} At */

const CELL = 8;
const TALL = 44; // of the bars

/**
 * The word's letters with their vectors.
 * @param {Trace} trace
 * @param {string[]} letters
 * @param {(j: number) => number} x
 * @param {number} wide
 * @param {number} y
 */
const memory = (trace, letters, x, wide, y) =>
  letters.flatMap((letter, j) => [
    label(x(j), y, letter, { role: "encoder", anchor: "middle", bold: true, size: 20 }),
    vector(x(j) - wide / 2, y + 10, trace.vectors[j], { role: "encoder", width: wide, cell: CELL }),
  ]);

/**
 * How much of the context comes from each letter.
 * @param {number[]} weights
 * @param {(j: number) => number} x
 * @param {number} wide
 * @param {number} floor
 */
const shares = (weights, x, wide, floor) => [
  line(`M${x(0) - wide * 0.7} ${floor}H${x(weights.length - 1) + wide * 0.7}`, "muted", {
    "stroke-width": 1,
  }),
  ...weights.flatMap((share, j) => [
    box(x(j) - wide / 2, floor - TALL * share, wide, Math.max(TALL * share, 1), "attention"),
    label(x(j), floor - TALL * share - 5, percent(share), {
      ...{ anchor: "middle", size: 13, bold: share > 0.1 },
    }),
  ]),
];

/**
 * @param {At} at
 * @param {Trace} trace
 * @param {string} word
 * @param {number} most steps of any model
 * @returns {import("../parts/stepper/types.js").Picture}
 */
export function picture(at, trace, word, most) {
  const { width, phone, step, row } = at;
  const letters = [...word];
  const [left, over] = phone ? [0, 20] : [118, 0];
  const column = (width - left) / Math.max(letters.length, most);
  const wide = Math.min(40, column * 0.62);
  const dim = vector(0, 0, trace.vectors[0], { role: "encoder" }).children.length;
  /** @type {(k: number) => number} */
  const x = (k) => left + column * (k + 0.5);
  const H = dim * (CELL + 2);
  const Y = { letters: 22 + over, bars: 22 + H + over * 2 + 92, given: 0, below: 0 };
  Y.given = Y.bars + 36 + over;
  Y.below = Y.given + H + 26;
  /** @type {(y: number, text: string, more: string) => (Node | null)[]} */
  const name = (y, text, more) =>
    phone
      ? [label(0, y, `${text}, ${more}`, { role: "muted" })]
      : [label(0, y + 22, text, { bold: true }), label(0, y + 39, more, { role: "muted" })];
  const i = step - 1;
  const contexts = trace.contexts.map((context, k) =>
    row(k + 1, [
      vector(x(k) - wide / 2, Y.given, context, { role: "attention", width: wide, cell: CELL }),
      label(x(k), Y.below - 6, trace.tokens[k], {
        ...{
          role: trace.tokens[k] === "end" ? "muted" : "decoder",
          anchor: "middle",
          bold: true,
        },
        size: 16,
      }),
    ]),
  );
  return {
    height: Y.below + 6,
    nodes: [
      ...name(phone ? 14 : Y.letters + 4, "encoder", "one vector a letter"),
      row(0, memory(trace, letters, x, wide, Y.letters + (phone ? 14 : 0))),
      ...name(phone ? Y.bars - TALL - 24 : Y.bars - 50, "what is read", "shares of the letters"),
      i >= 0 ? row(step, shares(trace.weights[i], x, wide, Y.bars)) : null,
      ...name(phone ? Y.given - 8 : Y.given, "given", "one vector a step"),
      ...contexts,
      ...(phone ? [] : [label(0, Y.below - 6, "written", { bold: true })]),
    ],
  };
}
