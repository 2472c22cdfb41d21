// The picture: a column a letter, the state below it; then the bets, or the gradient on its way.

import { arrow, box, label, vector } from "../parts/stepper/marks.js";
import { percent } from "./story.js";

/** @typedef {import("../parts/stepper/types.js").At} At */
/** @typedef {import("../parts/stepper/types.js").Picture} Picture */
/** @typedef {import("./story.js").Shown} Shown */

const [CELL, GAP] = [10, 2]; // px of a number
const TOP = 44; // of the states
const BAR = 15; // px of a letter's bet

/** @param {number} numbers */
const tall = (numbers) => numbers * (CELL + GAP);

/**
 * Where things stand across the picture.
 * @param {At} at
 * @param {number} S
 */
function places({ width, phone }, S) {
  const first = phone ? 46 : 150;
  const apart = Math.min((width - first - 40) / (S - 1), 136);
  const wide = Math.min(34, apart * 0.4);
  return { apart, wide, x: (/** @type {number} */ t) => first + t * apart };
}

/**
 * The letters and the states after them, with the arrow from each state to the next.
 * @param {At} at
 * @param {Shown} shown
 * @param {ReturnType<typeof places>} place
 * @param {number | null} from the step at which a state appears; null where all stand from the start
 */
function states(at, { word, run }, { x, wide, apart }, from) {
  const middle = TOP + tall(run.states[0].length) / 2;
  return run.states.map((state, t) =>
    at.row(from === null ? 0 : from + t, [
      label(x(t), 36, word[t], { role: "encoder", anchor: "middle", size: 17, bold: true }),
      vector(x(t) - wide / 2, TOP, state, { role: "encoder", width: wide, cell: CELL }),
      t
        ? arrow(
            [
              [x(t) - apart + wide / 2 + 4, middle],
              [x(t) - wide / 2 - 4, middle],
            ],
            "encoder",
          )
        : null,
    ]),
  );
}

/**
 * Forwards.
 * @param {At} at
 * @param {Shown} shown
 * @returns {Picture}
 */
export function reading(at, shown) {
  const { word, alphabet, run } = shown;
  const place = places(at, word.length - 1);
  const { x, apart } = place;
  const under = TOP + tall(run.states[0].length) + (at.phone ? 34 : 18);
  const long = Math.min(apart * 0.62, 64); // of a bet on one letter alone
  const bets = run.bets.map((shares, t) =>
    at.row(
      t,
      shares.flatMap((share, k) => {
        const y = under + k * (BAR + 2);
        const role = alphabet[k] === word[t + 1] ? "decoder" : "muted";
        const left = x(t) - (long + 14) / 2;
        return [
          label(left + 9, y + 12, alphabet[k], { role, anchor: "end", size: 13 }),
          box(left + 14, y + 2, Math.max(long * share, 1), BAR - 4, role),
        ];
      }),
    ),
  );
  const names = at.phone
    ? [
        label(0, 14, "reads, and its state", { role: "encoder", bold: true }),
        label(0, under - 12, "bets on the next letter", { role: "decoder", bold: true }),
      ]
    : [
        label(0, 36, "reads", { role: "encoder", bold: true }),
        label(0, TOP + tall(run.states[0].length) / 2 + 5, "its state", { role: "encoder" }),
        label(0, under + 13, "bets on", { role: "decoder", bold: true }),
        label(0, under + 30, "the next letter", { role: "muted" }),
      ];
  return {
    height: under + alphabet.length * (BAR + 2) + 4,
    nodes: [...names, ...states(at, shown, place, 0), ...bets],
  };
}

/**
 * A gradient: its numbers, and below them a bar as long as what is left.
 * @param {number} x of the middle
 * @param {number} y
 * @param {number[]} values
 * @param {number} share
 * @param {{scale: number, wide: number, bold?: boolean}} how
 */
function gradient(x, y, values, share, { scale, wide, bold }) {
  const foot = y + tall(values.length) + 46;
  const high = 40 * Math.min(share, 1);
  return [
    vector(x - wide / 2, y, values, { role: "ink", width: wide, cell: CELL, scale }),
    box(x - wide / 2, foot - high, wide, high, "muted", { "fill-opacity": 0.7 }),
    label(x, foot + 16, percent(share).replace("under ", "<"), {
      anchor: "middle",
      size: 13,
      bold,
    }),
  ];
}

/**
 * Back: the gradient under its state, and left of it what the tanh has let through.
 * @param {At} at
 * @param {Shown} shown
 * @returns {Picture}
 */
export function returning(at, shown) {
  const { word, run } = shown;
  const S = word.length - 1;
  const place = places(at, S);
  const { x, apart, wide } = place;
  const top = TOP + tall(run.states[0].length) + (at.phone ? 56 : 44);
  const scale = Math.max(...run.back[0].state.map(Math.abs));
  const way = run.back.flatMap(({ state, left, before, passed }, n) => {
    const t = S - 1 - n;
    const half = x(t) - apart / 2;
    return [
      at.row(2 * n, gradient(x(t), top, state, left, { scale, wide, bold: true })),
      before && passed !== null
        ? at.row(2 * n + 1, [
            ...gradient(half, top, before, passed, { scale, wide: wide * 0.6 }),
            label(half + (apart - wide) / 4 + 4, top - 8, "slope", { anchor: "middle", size: 13 }),
          ])
        : null,
      n
        ? at.row(2 * n, [
            label(x(t) + apart / 4 - 2, top - 8, at.phone ? "W" : "matrix", {
              ...{ anchor: "middle", size: 13 },
            }),
          ])
        : null,
    ];
  });
  const names = at.phone
    ? [
        label(0, 14, "read before, and the states", { role: "encoder", bold: true }),
        label(0, top - 28, "the gradient, from right to left", { bold: true }),
      ]
    : [
        label(0, 36, "read before", { role: "encoder", bold: true }),
        label(0, TOP + tall(run.states[0].length) / 2 + 5, "states", { role: "encoder" }),
        label(0, top + 14, "gradient", { bold: true }),
        label(0, top + 32, "from right to left", { role: "muted" }),
        label(0, top + tall(run.states[0].length) + 44, "what is left", { role: "muted" }),
      ];
  return {
    height: top + tall(run.states[0].length) + 68,
    nodes: [...names, ...states(at, shown, place, null), ...way],
  };
}
