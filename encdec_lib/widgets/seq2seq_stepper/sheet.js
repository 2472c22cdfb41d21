// The picture: a column a letter, and below it a column a sound.

import { arrow, label, vector } from "../parts/stepper/marks.js";
import { inOrder, marks, TEACHER } from "./story.js";

/** @typedef {import("../parts/stepper/types.js").At} At */
/** @typedef {import("./story.js").Shown} Shown */

const [CELL, GAP] = [7, 2]; // px of a number
const WIDEST = 34; // px of a state
const SIGNED = 36; // px of a column that has room for the sign of a percent

/** @typedef {{apart: number, wide: number}} Size px of a column, and of a state in it */

/** @param {number} numbers */
const tall = (numbers) => numbers * (CELL + GAP);

/**
 * The letters and the states after them.
 * @param {At} at
 * @param {Shown} shown
 * @param {(k: number) => number} x
 * @param {Size} size
 */
function encoderRows(at, shown, x, { wide }) {
  const letters = inOrder(shown);
  const last = letters.length - 1;
  return letters.map((letter, k) =>
    at.row(
      k,
      [
        label(x(k), 38, letter, { role: "encoder", anchor: "middle", size: 16, bold: true }),
        vector(x(k) - wide / 2, 48, shown.word.read[k], {
          role: "encoder",
          width: wide,
          cell: CELL,
        }),
        k === last
          ? label(x(k) + wide / 2 + 8, 48 + tall(shown.word.read[k].length) / 2, "H", {
              ...{ role: "encoder", size: 16, bold: true },
            })
          : null,
      ],
      k === last ? undefined : k, // the next state takes the place of this one
    ),
  );
}

/**
 * What the decoder reads, its states, what it writes.
 * @param {At} at
 * @param {Shown} shown
 * @param {(k: number) => number} x
 * @param {Size} size
 * @param {number} top
 */
function decoderRows(at, { word }, x, { apart, wide }, top) {
  const S = word.letters.length;
  const right = marks(word, at.chosen);
  /** @type {import("../parts/stepper/marks.js").Role} */
  const role = at.chosen === TEACHER ? "ink" : "decoder";
  return word.written[at.chosen].map(({ input, said, share, state }, t) => {
    const under = top + 26 + tall(state.length);
    const text = label(x(t), under + 18, said ?? "end", {
      ...{ role: "decoder", anchor: "middle", size: 15, bold: true },
    });
    if (!right[t]) text.classList.add("is-wrong");
    return at.row(S + 1 + t, [
      label(x(t), top + 14, input ?? "begin", {
        ...{ role: input ? role : "muted", anchor: "middle", size: 13 },
      }),
      vector(x(t) - wide / 2, top + 22, state, { role: "decoder", width: wide, cell: CELL }),
      text,
      label(x(t), under + 34, `${Math.round(100 * share)}${apart < SIGNED ? "" : "%"}`, {
        ...{ role: "muted", anchor: "middle", size: 13 },
      }),
    ]);
  });
}

/**
 * @param {At} at
 * @param {Shown} shown
 * @returns {import("../parts/stepper/types.js").Picture}
 */
export function sheet(at, shown) {
  const { width, phone } = at;
  const S = shown.word.letters.length;
  const cells = tall(shown.word.read[0].length);
  const first = phone ? 20 : 154;
  const columns = Math.max(S + 1, ...shown.word.written.map((steps) => steps.length));
  const apart = Math.min((width - first - 20) / (columns - 1), 72);
  const size = { apart, wide: Math.min(WIDEST, apart - 7) };
  const x = (/** @type {number} */ k) => first + k * apart;
  const top = 48 + cells + (phone ? 52 : 44); // of the decoder
  const turn = 48 + cells + 16;
  const [from, to] = [x(S - 1), x(0)];
  const aside = phone ? 0 : 30;
  const names = phone
    ? [
        label(0, 14, "encoder reads", { role: "encoder", bold: true }),
        label(0, top - 8, "decoder writes", { role: "decoder", bold: true }),
      ]
    : [
        label(0, 38, "encoder reads", { role: "encoder", bold: true }),
        label(0, 48 + cells / 2, "its state", { role: "muted" }),
        label(0, top + 14, "decoder reads", { role: "decoder", bold: true }),
        label(0, top + 22 + cells / 2, "its state", { role: "muted" }),
        label(0, top + 44 + cells, "writes", { role: "decoder", bold: true }),
      ];
  return {
    height: top + 66 + cells,
    nodes: [
      ...names,
      ...encoderRows(at, shown, x, size),
      at.row(S, [
        arrow(
          [
            [from, 48 + cells + 2],
            [from, turn],
            [to - aside, turn],
            [to - aside, top + (phone ? -24 : 22 + cells / 2)],
            ...(phone
              ? []
              : [/** @type {[number, number]} */ ([to - size.wide / 2 - 2, top + 22 + cells / 2])]),
          ],
          "encoder",
        ),
      ]),
      ...decoderRows(at, shown, x, size, top),
    ],
  };
}
