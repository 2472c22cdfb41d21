// The picture: each output below its reference, a bar for each of its runs, and what they add up to.

import { element } from "../parts/elements.js";
import { box, label, line } from "../parts/stepper/marks.js";
import { NAMES, percent, tally } from "./story.js";

/** @typedef {import("../parts/stepper/types.js").At} At */
/** @typedef {import("./story.js").Shown} Shown */

const BESIDE = 700; // pixels, from which on the sentences stand side by side
const [LETTER, GAP] = [6.9, 12]; // room of a letter, and of what parts two words
const COUNT = 48; // pixels for "4 of 5"
const [BAR, PITCH] = [6, 9]; // height of a run's bar, and from one to the next below it
const LINE = 22; // from one line of numbers to the next

/** Base lines below the head of a sentence. */
const [REFERENCE, OUTPUT, RUNS] = [20, 46, 64];

/**
 * Where a sentence's words stand, from left to right: [left edge, width] of each.
 * @param {string[]} words
 * @param {number} x
 * @param {number} room
 */
function places(words, x, room) {
  const own = words.map((word) => LETTER * word.length + GAP);
  const all = own.reduce((sum, width) => sum + width, 0);
  const scale = Math.min(1.15, room / all);
  let left = x;
  return own.map((width) => {
    left += width * scale;
    return [left - width * scale, width * scale];
  });
}

/** How many bars of n words lie below one another. @param {Shown} shown @param {number} n */
const tracks = ({ outputs }, n) =>
  Math.min(n, Math.max(...outputs.map((words) => words.length - n + 1)));

/** Where the bars of n words begin, below the head of a sentence. @param {Shown} shown @param {number} n */
function top(shown, n) {
  let y = RUNS;
  for (let k = 2; k < n; k += 1) y += tracks(shown, k) * PITCH + 12;
  return y;
}

/** The base line of the name of a row of n words. @param {Shown} shown @param {number} n */
const middle = (shown, n) =>
  n === 1 ? OUTPUT : top(shown, n) + (tracks(shown, n) * PITCH - (PITCH - BAR)) / 2 + 5;

/** @param {Shown} shown */
const tall = (shown) => top(shown, NAMES.length + 1);

/**
 * A run that is found, or one that is not.
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 * @param {boolean} mark
 */
const run = (x, y, width, height, mark) =>
  mark
    ? box(x, y, width, height, "decoder", height > BAR ? { "fill-opacity": 0.2, rx: 4 } : {})
    : element("rect", {
        ...{ class: "bw-hollow is-muted", x: x + 0.75, y: y + 0.75, rx: height > BAR ? 4 : 2 },
        ...{ width: width - 1.5, height: height - 1.5, "stroke-dasharray": "4 3" },
      });

/**
 * A sentence with its runs.
 * @param {At} at
 * @param {Shown} shown
 * @param {number} k which sentence
 * @param {{x: number, y: number, room: number, size: number}} place
 */
function sentence(at, shown, k, { x, y, room, size }) {
  const [output, reference] = [shown.outputs[k], shown.references[k]];
  const words = places(output, x, room);
  /** @type {(set: string[], where: number[][], base: number, role: "ink" | "decoder") => Node[]} */
  const written = (set, where, base, role) =>
    set.map((word, j) =>
      label(where[j][0] + where[j][1] / 2, base, word, {
        ...{ anchor: "middle", role, size, bold: role === "decoder" },
      }),
    );
  const rows = shown.found[k].map((marks, j) => {
    const n = j + 1;
    const bars = marks.map((mark, first) => {
      const [left, last] = [words[first][0], words[first + n - 1]];
      const wide = last[0] + last[1] - left - 4;
      if (n === 1) return run(left + 2, y + OUTPUT - 16, wide, 22, mark);
      const down = y + top(shown, n) + (first % n) * PITCH;
      return run(left + 2, down, wide, BAR, mark);
    });
    const count = label(x + room + COUNT - 4, y + middle(shown, n), tally(marks).join(" of "), {
      ...{ anchor: "end", size, bold: at.step === n },
    });
    return at.row(n, [...bars, count]);
  });
  return [
    ...rows,
    ...written(reference, places(reference, x, room), y + REFERENCE, "ink"),
    ...written(output, words, y + OUTPUT, "decoder"),
  ];
}

/**
 * Names of a sentence's rows.
 * @param {At} at
 * @param {Shown} shown
 * @param {number} y
 * @param {number} size
 */
const names = (at, shown, y, size) => [
  label(0, y + REFERENCE, "reference", { size }),
  label(0, y + OUTPUT, "output", { size, role: "decoder", bold: true }),
  ...NAMES.slice(1).map((name, j) =>
    label(0, y + middle(shown, j + 2), name, { size, role: at.step === j + 2 ? "ink" : "muted" }),
  ),
];

/**
 * Counts and share of both sentences, each on a base line of its own.
 * @param {At} at
 * @param {Shown} shown
 * @param {(n: number) => number} base
 * @param {number} size
 */
const shares = ({ width, step, row }, { counts }, base, size) =>
  counts.map((count, j) =>
    row(NAMES.length + 1, [
      label(width - 46, base(j + 1), count.join(" of "), { anchor: "end", size }),
      label(width, base(j + 1), percent(count), {
        ...{ anchor: "end", size, bold: step === NAMES.length + 1 },
      }),
    ]),
  );

/**
 * Penalty, mean and score below one another, with their names before them.
 * @param {At} at
 * @param {Shown} shown
 * @param {number} y
 * @param {{size: number, phone: boolean}} how
 */
function results({ width, step, row }, { penalty, mean, score }, y, { size, phone }) {
  const [late, last] = [NAMES.length + 2, NAMES.length + 3];
  /** @type {[string, string, number][]} */
  const lines = [
    ["brevity penalty", penalty.toFixed(4), late],
    ["fourth root of the product of the shares", mean.toFixed(4), last],
    ["BLEU", score.toFixed(1), last],
  ];
  return lines.flatMap(([name, value, when], k) => {
    const base = y + k * LINE;
    const isScore = k === lines.length - 1;
    return [
      label(phone ? 0 : width - 110, base, name, {
        ...{
          anchor: phone ? "start" : "end",
          size,
          role: isScore ? "ink" : "muted",
          bold: isScore,
        },
      }),
      row(when, [
        label(width, base, value, {
          ...{ anchor: "end", size: isScore ? size + 2 : size, bold: isScore || step === when },
        }),
      ]),
    ];
  });
}

/**
 * On a phone: the sentences below one another, and a list of what they add up to.
 * @param {At} at
 * @param {Shown} shown
 * @param {number} left where the words begin
 * @param {number} size of letters
 */
function stacked(at, shown, left, size) {
  const block = tall(shown) + 8;
  const floor = shown.outputs.length * block + 18 + LINE;
  const room = at.width - left - COUNT;
  return {
    height: floor + (NAMES.length + 2) * LINE + 8,
    nodes: [
      ...shown.outputs.flatMap((_, k) => [
        ...names(at, shown, k * block, size),
        ...sentence(at, shown, k, { x: left, y: k * block, room, size }),
      ]),
      line(`M0 ${floor - LINE - 20}H${at.width}`, "muted", { style: "stroke-width:1px" }),
      label(0, floor - LINE, "both outputs together", { size, bold: true }),
      ...NAMES.map((name, j) => label(0, floor + j * LINE, name, { size, role: "muted" })),
      ...shares(at, shown, (n) => floor + (n - 1) * LINE, size),
      ...results(at, shown, floor + NAMES.length * LINE, { size, phone: true }),
    ],
  };
}

/**
 * @param {At} at
 * @param {Shown} shown
 * @returns {import("../parts/stepper/types.js").Picture}
 */
export function counted(at, shown) {
  const { width, row } = at;
  const beside = width >= BESIDE;
  const size = beside ? 14 : 13;
  const left = beside ? 90 : 78;
  if (beside) {
    const each = (width - left - 104) / 2;
    const place = (/** @type {number} */ k) => ({
      x: left + k * each,
      y: 0,
      room: each - COUNT,
      size,
    });
    const floor = tall(shown) + 16;
    return {
      height: floor + 2 * LINE + 8,
      nodes: [
        ...names(at, shown, 0, size),
        ...shown.outputs.flatMap((_, k) => sentence(at, shown, k, place(k))),
        row(NAMES.length + 1, [
          label(width, REFERENCE, "both outputs", { anchor: "end", size, role: "muted" }),
        ]),
        ...shares(at, shown, (n) => middle(shown, n), size),
        line(`M0 ${floor - 22}H${width}`, "muted", { style: "stroke-width:1px" }),
        ...results(at, shown, floor, { size, phone: false }),
      ],
    };
  }
  return stacked(at, shown, left, size);
}
