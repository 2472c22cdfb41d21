// The picture: a column a device; its examples, weights, gradient, the sum of all, its next weights.

import { arrow, box, label, line, vector } from "../parts/stepper/marks.js";

/** @typedef {import("../parts/stepper/types.js").At} At */
/** @typedef {ReturnType<typeof import("./step.js").trainStep>} Done */

const LINE = 18; // height of a number

/** @param {number} value */
export function number(value) {
  const text = Math.abs(value).toFixed(Math.abs(value) < 9.95 ? 2 : 1);
  return `${value < 0 && Number(text) ? "−" : ""}${text}`;
}

/**
 * Numbers of a device: cells where there is room, and the numbers beside them.
 * @param {number} x middle of the column
 * @param {number} y
 * @param {number[]} values
 * @param {{scale: number, column: number, bold?: boolean}} how
 */
function numbers(x, y, values, { scale, column, bold }) {
  const cells = column >= 84;
  const right = x + (cells ? 38 : 20);
  return [
    cells ? vector(x - 40, y + 2, values, { role: "ink", width: 26, cell: LINE - 2, scale }) : null,
    ...values.map((value, k) =>
      label(right, y + LINE * k + 14, number(value), { anchor: "end", bold, size: 14 }),
    ),
  ];
}

/**
 * The examples, first in one row, then with their devices.
 * @param {At} at
 * @param {number} left
 * @param {Done} done
 * @param {number} y
 */
function examples(at, left, { rows }, y) {
  const dealt = at.step > 0;
  const room = at.width - left;
  const [column, N] = [room / rows.length, rows.flat().length];
  const gap = dealt ? Math.min(8, column * 0.1) : 0;
  const wide = dealt ? (column - 2 * gap) / rows[0].length : room / N;
  return rows.flatMap((some, k) =>
    some.flatMap((i, j) => {
      const x = left + (dealt ? column * k + gap + wide * j : wide * i);
      const text = wide >= 16 || i % 2 === 0;
      return [
        box(x + 1, y, wide - 2, 24, "muted", { "fill-opacity": 0.3 }),
        text ? label(x + wide / 2, y + 17, i + 1, { anchor: "middle", size: 13 }) : null,
      ];
    }),
  );
}

/**
 * All gradients come together, and the sum goes to all.
 * @param {(k: number) => number} x
 * @param {number} D
 * @param {number} y
 * @param {number} column
 */
function allReduce(x, D, y, column) {
  const [first, last] = [x(0) - column * 0.4, x(D - 1) + column * 0.4];
  const [from, to] = [y + 4, y + 56];
  return [
    ...Array.from({ length: D }, (_, k) =>
      arrow(
        [
          [x(k), from],
          [x(k), y + 18],
        ],
        "ink",
      ),
    ),
    box(first, y + 19, last - first, 22, "ink", { "fill-opacity": 0.12 }),
    label((first + last) / 2, y + 35, "all-reduce: add up", { anchor: "middle", bold: true }),
    ...Array.from({ length: D }, (_, k) =>
      arrow(
        [
          [x(k), y + 41],
          [x(k), to],
        ],
        "ink",
      ),
    ),
  ];
}

/**
 * @param {At} at
 * @param {Done} done
 * @param {number[]} w
 * @returns {import("../parts/stepper/types.js").Picture}
 */
export function columns(at, done, w) {
  const { width, phone, row } = at;
  const D = done.rows.length;
  const left = phone ? 0 : 128;
  const column = (width - left) / D;
  const [high, over] = [LINE * w.length + 10, phone ? 20 : 0];
  /** @type {(k: number) => number} */
  const x = (k) => left + column * (k + 0.5);
  const size = (/** @type {number[][]} */ many) => Math.max(...many.flat().map(Math.abs), 1e-9);
  const head = row(
    1,
    done.rows.map((_, k) =>
      label(x(k), 14, phone && D > 4 ? k : `device ${k}`, { anchor: "middle", bold: true }),
    ),
  );
  /** @type {(Node | null)[]} */
  const nodes = [head];
  let y = 24;
  /** @type {(text: string, more: string) => void} */
  const name = (text, more) => {
    if (phone) nodes.push(label(0, y + 14, `${text}, ${more}`, { role: "muted" }));
    else {
      nodes.push(label(0, y + 15, text, { bold: true }));
      nodes.push(label(0, y + 32, more, { role: "muted" }));
    }
    y += over;
  };
  /** @type {(k: number, text: string, more: string, values: number[][], bold?: boolean) => void} */
  const part = (k, text, more, values, bold) => {
    name(text, more);
    const how = { scale: size(values), column, bold };
    nodes.push(
      row(
        k,
        values.flatMap((some, d) => numbers(x(d), y, some, how)),
      ),
    );
    y += high;
  };
  /** @type {(values: number[]) => number[][]} */
  const everywhere = (values) => done.rows.map(() => values);
  name("batch", `${done.rows.flat().length} examples`);
  nodes.push(row(0, examples(at, left, done, y)));
  y += phone ? 36 : 48;
  part(1, "weights", "the same everywhere", everywhere(w));
  part(2, "gradient", "of its own examples", done.own);
  nodes.push(row(3, allReduce(x, D, y - 6, column)));
  y += 54;
  part(3, "sum", "of all gradients", everywhere(done.sum), true);
  part(4, "mean", "over the batch", everywhere(done.mean));
  part(5, "next weights", "the same everywhere", everywhere(done.after), true);
  if (!phone) nodes.unshift(dividers(at, left, column, y));
  return { height: y, nodes };
}

/**
 * Hairlines between the devices, once there are some.
 * @param {At} at
 * @param {number} left
 * @param {number} column
 * @param {number} below
 */
function dividers({ width, row }, left, column, below) {
  const count = Math.round((width - left) / column) - 1;
  const path = Array.from({ length: count }, (_, k) => `M${left + column * (k + 1)} 4V${below}`);
  return row(1, [line(path.join(""), "muted", { "stroke-opacity": 0.3, "stroke-width": 1 })]);
}
