// The picture: a column a letter, a row a gate, and the state that the gates leave.

import { element } from "../parts/elements.js";
import { label, vector } from "../parts/stepper/marks.js";

/** @typedef {import("../parts/stepper/types.js").At} At */
/** @typedef {import("./story.js").Word} Word */

const [CELL, TALLEST, GAP] = [8, 14, 2]; // px of a number
const BETWEEN = 16; // rows

/** The rows of either layer: its name, what it does, and whether it is a gate. */
const ROWS = {
  input: ["input gate", "writes", true],
  forget: ["forget gate", "keeps", true],
  memory: ["memory", "c", false],
  output: ["output gate", "shows", true],
  reset: ["reset gate", "looks back", true],
  update: ["update gate", "keeps", true],
  state: ["state", "h", false],
};
const ORDER = /** @type {(keyof typeof ROWS)[]} */ (Object.keys(ROWS));

/**
 * One column of one row.
 * @param {number} x left edge
 * @param {number} y
 * @param {number[]} values
 * @param {boolean} gate
 * @param {{wide: number, cell: number}} size
 */
function column(x, y, values, gate, { wide: width, cell }) {
  if (!gate) return [vector(x, y, values, { role: "encoder", width, cell })];
  return values.flatMap((share, k) => {
    const at = { x, y: y + k * (cell + GAP), width, height: cell, rx: 1.5 };
    return [
      element("rect", { class: "bw-fill is-ink", ...at, "fill-opacity": share.toFixed(2) }),
      element("rect", { class: "bw-frame", ...at }),
    ];
  });
}

/**
 * @param {At} at
 * @param {Word} word
 * @returns {import("../parts/stepper/types.js").Picture}
 */
export function sheet(at, { letters, right, runs }) {
  const { width, phone, chosen } = at;
  const { rows, answer } = runs[chosen];
  const first = phone ? 0 : 124;
  const columns = letters.length + 1;
  const apart = Math.min((width - first - (phone ? 0 : 8)) / columns, 64);
  const wide = Math.min(30, apart - 8);
  const x = (/** @type {number} */ k) => first + k * apart + (apart - wide) / 2;
  /** Pixels of all rows. @param {Record<string, number[][]>} some @param {number} each */
  const tall = (some, each) =>
    Object.values(some).reduce(
      (sum, [one]) => sum + one.length * (each + GAP) + BETWEEN + (phone ? 18 : 0),
      0,
    );
  const height = Math.max(...runs.map((run) => tall(run.rows, CELL)));
  let cell = CELL; // as tall as the room allows
  while (cell < TALLEST && tall(rows, cell + 1) <= height) cell += 1;
  /** @type {(Node | null)[]} */
  const nodes = [...letters, "end"].map((letter, k) =>
    label(x(k) + wide / 2, 18, letter, {
      ...{ role: k < letters.length ? "encoder" : "muted", anchor: "middle" },
      ...{ size: k < letters.length ? 17 : 14, bold: k < letters.length },
    }),
  );
  let y = 32;
  for (const name of ORDER.filter((one) => one in rows)) {
    const [called, does, gate] = ROWS[name];
    const high = rows[name][0].length * (cell + GAP);
    const role = gate ? "ink" : "encoder";
    if (phone) {
      nodes.push(label(0, y + 13, `${called}: ${does}`, { role, bold: true }));
      y += 18;
    } else {
      nodes.push(label(0, y + high / 2 - 2, called, { role, bold: true }));
      nodes.push(label(0, y + high / 2 + 16, does, { role: "muted" }));
    }
    const top = y;
    nodes.push(
      ...rows[name].map((values, k) =>
        at.row(k, column(x(k), top, values, Boolean(gate), { wide, cell })),
      ),
    );
    y += high + BETWEEN;
  }
  const said = label(x(letters.length) + wide / 2, y + 6, answer, {
    ...{ role: "decoder", anchor: "middle", size: 17, bold: true },
  });
  if (answer !== right) said.classList.add("is-wrong");
  nodes.push(label(0, y + 6, "answer", { role: "decoder", bold: true }));
  nodes.push(at.row(letters.length, [said]));
  return { height: 32 + height + 16, nodes };
}
