// The cache as a list of rows: a name, the first numbers of key and value, and how much is read.

import { box, label, vector } from "../parts/stepper/marks.js";
import { percent, total } from "./story.js";

/** @typedef {import("./writing.js").Writing} Writing */
/** @typedef {import("../parts/stepper/types.js").At} At */

export const LINE = 24;
const LATE = 4; // rows behind the caption's that are shown
const READ = 100; // px for what is read now: a bar and a number

/**
 * A row of the list; `place` is its place in the cache, or null for several that are not shown.
 * @typedef {{name: string, place: number | null, share: number | null, now: boolean,
 *   role: "encoder" | "decoder"}} Line
 */

/** How high the list is with S tokens in the caption. @param {number} S */
export const heightOf = (S) => (S + LATE + 1) * LINE + 8;

/**
 * @param {Writing} writing
 * @param {number | null} t the square, counted from 0; null before the first
 * @returns {Line[]}
 */
export function linesOf(writing, t) {
  const { S, names } = writing;
  const square = t === null ? null : writing.square(t);
  /** @type {Line[]} */
  const lines = names.map((name, place) => ({
    ...{ name, place, role: "encoder", now: false },
    share: square ? square.words[place] : null,
  }));
  if (!square || t === null) return lines;
  /** @type {(n: number) => Line} */
  const own = (n) => ({
    ...{ name: n ? `square ${n}` : "start", place: S + n, role: "decoder" },
    ...{ share: square.own[n], now: n === t },
  });
  if (t < LATE) return [...lines, ...Array.from({ length: t + 1 }, (_, n) => own(n))];
  /** @type {Line} */
  const between = {
    ...{ name: `squares 1–${t - 2}`, place: null, role: "decoder", now: false },
    share: total(square.own.subarray(1, t - 1)),
  };
  return [...lines, own(0), between, own(t - 1), own(t)];
}

/** The largest number of some rows, which is drawn at full strength. @param {number[][]} rows */
const largest = (rows) => Math.max(...rows.flat().map(Math.abs), 1e-9);

/**
 * The columns of the list, from x on.
 * @param {number} x
 * @param {number} width
 * @param {boolean} phone
 */
function columnsOf(x, width, phone) {
  const [most, cell] = phone ? [6, 10] : [12, 11];
  const name = phone ? 96 : 140; // as wide as "square 255 · new"
  const room = (width - name - 32 - READ) / 2; // of a key, and of a value
  const cells = Math.max(4, Math.min(most, Math.floor(room / (cell + 2))));
  const vectors = cells * (cell + 2);
  const value = x + name + vectors + 16;
  const share = value + vectors + 16;
  return {
    x,
    width,
    cells,
    cell,
    key: x + name,
    value,
    share,
    bar: Math.min(x + width - share - 44, 150),
  };
}

/**
 * @param {Writing} writing
 * @param {number | null} t
 * @param {{x: number, y: number, width: number, phone: boolean}} where
 */
export function ledger(writing, t, { x, y, width, phone }) {
  const at = columnsOf(x, width, phone);
  const lines = linesOf(writing, t);
  const kept = lines.map(({ place }) => (place === null ? null : writing.kept(place)));
  const scale = {
    key: largest(kept.flatMap((row) => (row ? [row.key] : []))),
    value: largest(kept.flatMap((row) => (row ? [row.value] : []))),
  };
  /** @type {{role: "muted", size: number}} */
  const muted = { role: "muted", size: 13 };
  const heads = [
    label(x, y + 13, "row of", muted),
    label(at.key, y + 13, "key", muted),
    label(at.value, y + 13, "value", muted),
    t === null ? null : label(at.share, y + 13, "read now", muted),
  ];
  const fresh = (/** @type {string} */ name) => (phone ? `+ ${name}` : `${name} · new`);
  return [
    ...heads,
    ...lines.flatMap(({ name, share, now, role }, k) => {
      const top = y + LINE * (k + 1);
      const row = kept[k];
      const how = { role, width: at.cell, cell: 14, across: true };
      /** @type {(part: "key" | "value") => Node} */
      const cells = (part) =>
        row
          ? vector(at[part], top, row[part].slice(0, at.cells), { ...how, scale: scale[part] })
          : label(at[part], top + 12, "⋯", muted);
      return [
        now
          ? box(x - 4, top - 4, at.share - x - 4, LINE - 2, "decoder", { "fill-opacity": 0.14 })
          : null,
        label(x, top + 12, now ? fresh(name) : name, {
          role,
          bold: now,
          size: phone ? 13 : 14,
        }),
        cells("key"),
        cells("value"),
        ...(share === null
          ? []
          : [
              box(at.share, top + 1, Math.max(1.5, at.bar * share), 12, "attention"),
              label(at.share + at.bar * share + 6, top + 12, percent(share), {
                role: "attention",
                size: 13,
              }),
            ]),
      ];
    }),
  ];
}
