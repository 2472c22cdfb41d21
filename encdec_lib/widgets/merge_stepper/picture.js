// The picture: the words in their tokens, the pairs that were counted, and the vocabulary.

import { element } from "../parts/elements.js";
import { box, label, line } from "../parts/stepper/marks.js";
import { paired, tokensOf, vocabularyOf } from "./story.js";

/** @typedef {import("./merge_stepper.js").Learned} Learned */
/** @typedef {import("../parts/stepper/types.js").At} At */

const [CELL, HIGH] = [25, 28]; // of a letter
const [HEAD, PITCH, ROW] = [28, 36, 28]; // below a name; of words; of pairs and of what is cut
const PAIRS = 5; // that are shown
const LEAST = 240; // pixels for the pairs, beside the words
const LEFT = 44; // for how often a word stands there

/** @param {number} x @param {number} y @param {string} text */
const name = (x, y, text) => label(x, y + 14, text, { role: "muted" });

/**
 * @typedef {object} How
 * @property {boolean} [lit]
 * @property {number} [cell] pixels of a letter
 * @property {number} [seam] letters of its first part, where the two shall be seen
 * @property {boolean} [close] its letters stand together; else each keeps its place
 */

/**
 * A token: a frame around its letters.
 * @param {number} x
 * @param {number} y
 * @param {string} text
 * @param {How} how
 */
function token(x, y, text, { lit = false, cell = CELL, seam = 0, close = false } = {}) {
  const letters = [...text];
  const frame = { x: x + 1.5, y, width: cell * letters.length - 3, height: HIGH, rx: 4 };
  const single = letters.length === 1;
  const at = close
    ? [x + (cell * letters.length) / 2]
    : letters.map((_, k) => x + cell * (k + 0.5));
  const meet = x + cell * seam;
  return element(
    "g",
    {},
    single && !lit
      ? null
      : box(frame.x, y, frame.width, HIGH, "encoder", { rx: 4, "fill-opacity": lit ? 0.3 : 0.12 }),
    element("rect", {
      ...{ class: `bw-hollow is-${single && !lit ? "muted" : "encoder"}`, ...frame },
      style: `stroke-width:${lit ? 2.5 : 1}px`,
    }),
    seam
      ? line(`M${meet} ${y + 3}V${y + HIGH - 3}`, "encoder", { "stroke-dasharray": "3 3" })
      : null,
    element("text", {
      ...{ class: `bw-word is-${lit ? "ink is-bold" : "encoder"}`, x: at.join(" "), y: y + 19.5 },
      ...{ text, "text-anchor": "middle", style: "font-size:16px" },
    }),
  );
}

/**
 * Tokens one after another.
 * @param {number} x
 * @param {number} y
 * @param {string[]} pieces
 * @param {(piece: string) => How} how
 */
function tokens(x, y, pieces, how) {
  let right = x;
  return pieces.map((piece) => {
    const made = token(right, y, piece, how(piece));
    right += [...piece].length * (how(piece).cell ?? CELL);
    return made;
  });
}

/**
 * The words, each with how often it stands in the text.
 * @param {At} at
 * @param {Learned} learned
 */
function textOf({ step }, learned) {
  const { words, merges, cut } = learned;
  const done = Math.min(step, merges.length);
  const [first, fresh] =
    step && step === done ? [merges[done - 1][0], merges[done - 1].join("")] : [];
  return [
    name(0, 0, `the text, ${tokensOf(learned, done)} tokens`),
    ...words.flatMap(([, count], k) => [
      label(LEFT - 10, HEAD + PITCH * k + 19, `${count} ×`, {
        anchor: "end",
        role: "muted",
        size: 15,
      }),
      ...tokens(LEFT, HEAD + PITCH * k, cut[done][k], (piece) =>
        piece === fresh ? { lit: true, seam: [...(first ?? "")].length } : {},
      ),
    ]),
  ];
}

/**
 * Pixels that names need, of up to half the room.
 * @param {string[]} names
 * @param {number} width
 */
const column = (names, width) =>
  Math.min(8.8 * Math.max(...names.map((one) => one.length)) + 6, width / 2);

/**
 * The most frequent pairs, as bars.
 * @param {At} at
 * @param {Learned} learned
 * @param {{x: number, y: number, width: number}} place
 */
function pairsOf({ step }, { counts }, { x, y, width }) {
  const shown = counts[Math.max(step - 1, 0)].slice(0, PAIRS);
  const every = counts.flatMap((some) => some.slice(0, PAIRS));
  const wide = column(
    every.map((pair) => paired(pair[0], pair[1])),
    width,
  );
  const full = Math.min(width - wide - 34, 300) / Math.max(...every.map((pair) => pair[2]));
  return [
    name(x, y, "the most frequent pairs"),
    ...shown.flatMap(([first, second, count], k) => {
      const [top, lit] = [y + HEAD + ROW * k, step > 0 && k === 0];
      const how = /** @type {const} */ ({ size: 15, bold: lit, role: lit ? "ink" : "muted" });
      return [
        label(x, top + 19, paired(first, second), how),
        box(x + wide, top + 7, full * count, 14, lit ? "encoder" : "muted", {
          "fill-opacity": lit ? 1 : 0.55,
        }),
        label(x + wide + full * count + 8, top + 19, count, how),
      ];
    }),
  ];
}

/** After which merges the new word is another: 0, and their numbers. @param {Learned} learned */
const changes = (learned) =>
  learned.new.flatMap((pieces, k) => (k && pieces.length === learned.new[k - 1].length ? [] : [k]));

/**
 * The new word, from its letters to the last merge that it has.
 * @param {At} at
 * @param {Learned} learned
 * @param {{x: number, y: number, width: number}} place
 */
function newWord({ row, step }, learned, { x, y, width }) {
  const stages = changes(learned);
  const names = stages.map((k) => (k ? paired(...learned.merges[k - 1]) : "letters"));
  const wide = column(names, width);
  const cell = Math.min(23, (width - wide) / [...learned.new[0].join("")].length);
  return row(step, [
    name(x, y, "the new word, merge by merge"),
    ...stages.flatMap((k, line) => {
      const top = y + HEAD + (ROW + 4) * line;
      const last = line === stages.length - 1;
      return [
        label(x, top + 19, names[line], { size: 15, role: "muted" }),
        ...tokens(x + wide, top, learned.new[k], () => ({ lit: last, cell })),
      ];
    }),
  ]);
}

/**
 * Where the tokens of the vocabulary stand, in lines that are as wide as the picture.
 * @param {string[]} vocabulary
 * @param {number} width
 */
function laid(vocabulary, width) {
  let [x, line] = [0, 0];
  return vocabulary.map((text) => {
    const wide = 9 * [...text].length + 16;
    if (x + wide > width) [x, line] = [0, line + 1];
    const place = { text, x, line, cell: wide / [...text].length };
    x += wide + 3;
    return place;
  });
}

/**
 * @param {At} at
 * @param {Learned} learned
 * @returns {import("../parts/stepper/types.js").Picture}
 */
export function mergePicture(at, learned) {
  const { width, phone, step } = at;
  const { words, merges } = learned;
  const done = Math.min(step, merges.length);
  const longest = Math.max(...words.map(([word]) => [...word].length));
  const below = HEAD + PITCH * words.length;
  const beside = LEFT + CELL * Math.max(longest, 6) + 44;
  const stacked = phone || width - beside < LEAST;
  const place = stacked
    ? { x: 0, y: below + 8, width }
    : { x: beside, y: 0, width: width - beside };
  const room = HEAD + Math.max(PAIRS * ROW, changes(learned).length * (ROW + 4));
  const under = (stacked ? place.y + room : Math.max(below, room)) + 8;
  const all = laid(vocabularyOf(learned, merges.length), width);
  const known = all.slice(0, vocabularyOf(learned, done).length);
  const used = step > done ? learned.new[done] : step ? [merges[done - 1].join("")] : [];
  return {
    height: under + HEAD + (all[all.length - 1].line + 1) * (HIGH + 6),
    nodes: [
      ...textOf(at, learned),
      ...(step > done ? [newWord(at, learned, place)] : pairsOf(at, learned, place)),
      name(0, under, `the vocabulary, ${known.length} tokens`),
      ...known.map(({ text, x, line, cell }) =>
        token(x, under + HEAD + line * (HIGH + 6), text, {
          lit: used.includes(text),
          cell,
          close: true,
        }),
      ),
    ],
  };
}
