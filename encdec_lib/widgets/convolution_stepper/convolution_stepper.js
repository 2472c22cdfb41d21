// Chapter 2: a convolution of 3×3, max pooling and a transposed convolution, a number at a time.

import { label } from "../parts/stepper/marks.js";
import { stepper } from "../parts/stepper/stepper.js";
import { STEPS, says, WINDOWS } from "./convolution_words.js";
import { emptySquare, frame, numberCell, signed, square } from "./grids.js";

/** @typedef {import("./convolution_words.js").Numbers} Numbers */
/** @typedef {import("../parts/stepper/types.js").At} At */

const TOP = 26; // where the squares begin, below their names
const NAMES = ["convolution", "max pooling", "transposed convolution"];
const MOST = 38; // px of a cell

/**
 * Where three squares of so many cells stand: side by side, or on a phone the second and the third
 * below each other; and the height of the highest of all cases.
 * @param {At} at
 * @param {number[]} sides
 */
function places({ width, phone }, sides) {
  if (phone) {
    const cell = Math.min(MOST, Math.floor((width - 20) / 11.5));
    const x = width - 5 * cell;
    const below = TOP + sides[1] * cell + (sides[1] ? TOP : 0);
    const made = [
      { x: 0, y: TOP, cell },
      { x, y: TOP, cell },
      { x, y: below, cell },
    ];
    return { made, height: 2 * TOP + 8 * cell + 4 };
  }
  const gap = Math.min(56, (width - 13 * MOST) / 2);
  let x = 0;
  const made = sides.map((side) => {
    const place = { x, y: TOP, cell: MOST };
    x += side ? side * MOST + gap : 0;
    return place;
  });
  return { made, height: TOP + 6 * MOST + 4 };
}

/** A name above a square. @param {{x: number, y: number}} place @param {string} text */
const name = ({ x, y }, text) => label(x + 1, y - 10, text, { role: "muted" });

/**
 * The frame of the window, and the number that it gives, from one step on.
 * @param {At} at
 * @param {Numbers} numbers
 */
function convolution(at, { image, kernel, convolved }) {
  const { made, height } = places(at, [6, 3, 4]);
  const [from, weights, to] = made;
  const inside = { ...from, x: from.x + from.cell, y: from.y + from.cell };
  const padded = Array.from({ length: 6 }, () => new Array(6).fill(0));
  const scale = Math.max(1, ...convolved.flat().map(Math.abs));
  const done = WINDOWS.map(([i, j], k) =>
    at.row(k + 1, [numberCell(to, i, j, convolved[i][j], "encoder", scale)]),
  );
  const now = WINDOWS.map(([i, j], k) =>
    at.step === k + 1 ? [frame(from, i, j, 3), frame(to, i, j, 1)] : [],
  );
  return {
    height,
    nodes: [
      name(from, "image"),
      name(weights, "kernel"),
      name(to, "output"),
      ...square(from, padded, "muted"),
      ...square(inside, image, "encoder"),
      ...square(weights, kernel, "ink"),
      ...emptySquare(to, 4),
      at.row(4, square(to, convolved, "encoder")),
      ...done,
      ...now.flat(),
    ],
  };
}

/** @param {At} at @param {Numbers} numbers */
function pooling(at, { convolved, pooled }) {
  const { made, height } = places(at, [4, 0, 2]);
  const [from, , to] = made;
  const scale = Math.max(1, ...pooled.flat().map(Math.abs));
  const cell = (/** @type {number} */ r, /** @type {number} */ c) =>
    numberCell(to, r, c, pooled[r][c], "encoder", scale);
  const framed = [[], [0], [1], [0, 1]][at.step];
  return {
    height,
    nodes: [
      name(from, "output"),
      name(to, "pooled"),
      ...square(from, convolved, "encoder"),
      ...emptySquare(to, 2),
      at.row(1, [cell(0, 0)]),
      at.row(2, [cell(1, 0)]),
      at.row(3, [cell(0, 1), cell(1, 1)]),
      ...framed.flatMap((r) =>
        (at.step === 3 ? [0, 1] : [0]).map((c) => frame(from, 2 * r, 2 * c, 2)),
      ),
      ...framed.flatMap((r) => (at.step === 3 ? [] : [frame(to, r, 0, 1)])),
    ],
  };
}

/** @param {At} at @param {Numbers} numbers */
function transposed(at, { kernel, pooled, stamped }) {
  const { made, height } = places(at, [2, 3, 5]);
  const [from, weights, to] = made;
  const stamps = [0, 1, 2, 4][at.step] ?? 4;
  const fresh = [[], [0], [1], [2, 3], []][at.step];
  return {
    height,
    nodes: [
      name(from, "pooled"),
      name(weights, "kernel"),
      name(to, "stamped"),
      ...square(from, pooled, "encoder"),
      ...square(weights, kernel, "ink"),
      ...(stamps ? square(to, stamped[stamps - 1], "decoder") : emptySquare(to, 5)),
      ...fresh.flatMap((n) => {
        const [r, c] = [Math.floor(n / 2), n % 2];
        return [frame(from, r, c, 1), frame(to, 2 * r, 2 * c, 3)];
      }),
      at.step === 4 ? frame(to, 2, 2, 1) : null,
    ],
  };
}

const DRAWN = [convolution, pooling, transposed];

/** @param {number[][]} values */
const inWords = (values) => values.map((row) => row.map(signed).join(" ")).join("; ");

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  /** @type {any} */
  const numbers = Object.fromEntries(
    ["image", "kernel", "convolved", "pooled", "stamped"].map((one) => [one, model.get(one)]),
  );
  return stepper(
    { model, el, name: "convolution" },
    {
      title: "A kernel on its way",
      caption:
        "Filled: positive, or 0; hollow: negative. The picture has one channel; with more of them each " +
        "has its own nine weights, and all products go into one sum.",
      cases: { legend: "Layer", names: NAMES, next: "Next layer" },
      steps: (chosen) => STEPS[chosen],
      says: (step, chosen) => says(numbers, step, chosen),
      draw: (at) => DRAWN[at.chosen](at, numbers),
      label(step, chosen) {
        const { image, kernel, convolved, pooled, stamped } = numbers;
        const shown = [
          `Image ${inWords(image)}. Kernel ${inWords(kernel)}. Output ${inWords(convolved)}.`,
          `Output ${inWords(convolved)}. Pooled ${inWords(pooled)}.`,
          `Pooled ${inWords(pooled)}. Stamped ${inWords(stamped[3])}.`,
        ];
        return `${NAMES[chosen]}, step ${step + 1} of ${STEPS[chosen]}. ${shown[chosen]}`;
      },
    },
  ).stop;
}

export default { render };
