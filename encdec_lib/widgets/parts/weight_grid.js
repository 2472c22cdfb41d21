// Letters across, phonemes down, one square a weight: the heat map of the widgets that pronounce.
// With a reader's own data they are words, characters or subwords.

import { element, spoken } from "./elements.js";
import { gridFocus } from "./grid_focus.js";
import { percent, tint } from "./weight_cells.js";

/** @typedef {import("./grid_focus.js").Position} Position */

/**
 * One phoneme and what it reads. `mark` stands in front of the name, `end` at the right of the row.
 * @typedef {object} Row
 * @property {string} name
 * @property {string} [gloss]
 * @property {number} sure
 * @property {ArrayLike<number>} weights
 * @property {string | null} [mark]
 * @property {string | null} [markSpoken]
 * @property {{first: number, last: number, centre: number} | null} [window]
 * @property {string} [end]
 * @property {string} [endSpoken]
 */

/** What the columns and the rows are called. @typedef {{column: string, row: string}} Nouns */

/** @type {Nouns} */
const SPELLED = { column: "letter", row: "phoneme" };

/** @param {ArrayLike<number>} values */
const largest = (values) =>
  Array.from(values).reduce((best, value, k, all) => (value > all[best] ? k : best), 0);

/**
 * One square: the weight of a row at the letter's place k.
 * @param {Row} row
 * @param {number} k
 * @param {string} letter
 */
function square({ name, weights, window }, k, letter) {
  const share = weights[k];
  const outside = window ? k < window.first || k > window.last : false;
  const cell = element("div", {
    role: "gridcell",
    class: "bw-cell",
    tabindex: -1,
    "aria-label": `${name} reads ${letter}: ${percent(share)}${outside ? ", outside the window" : ""}`,
  });
  tint(cell, share);
  if (share >= 0.05) cell.append(element("span", { text: Math.round(100 * share) }));
  if (!window) return cell;
  cell.classList.toggle("is-outside", outside);
  cell.classList.toggle("is-first", k === window.first);
  cell.classList.toggle("is-last", k === window.last);
  if (k === Math.round(window.centre)) {
    // a notch where the centre is
    cell.classList.add("is-centre");
    cell.style.setProperty("--centre", percent(window.centre - k + 0.5));
  }
  return cell;
}

/**
 * The letters along the top; words stand upright, in an element of their own.
 * @param {string[]} letters
 * @param {Row[]} rows
 * @param {(j: number) => string} place
 * @param {{nouns: Nouns, upright: boolean}} look
 */
function letterCells(letters, rows, place, { nouns, upright }) {
  return letters.map((letter, j) => {
    const row = rows[largest(rows.map(({ weights }) => weights[j]))];
    const most = `read most by ${row.name}, ${percent(row.weights[j])}`;
    const attributes = {
      role: "columnheader",
      class: "bw-letter",
      tabindex: -1,
      "aria-label": `${nouns.column} ${place(j)}, ${most}`,
    };
    if (upright) return element("div", attributes, element("span", { text: letter }));
    return element("div", { ...attributes, text: letter });
  });
}

/**
 * The phoneme at the left of a row.
 * @param {Row} row
 * @param {(j: number) => string} place
 * @param {Nouns} nouns
 */
function phonemeCell({ name, gloss, sure, weights, mark, markSpoken, endSpoken }, place, nouns) {
  const j = largest(weights);
  const said = [
    `${nouns.row} ${name}${gloss ? ` (${gloss})` : ""}`,
    markSpoken,
    `${percent(sure)} sure`,
    `reads ${place(j)} most, ${percent(weights[j])}`,
    endSpoken,
  ];
  return element(
    "div",
    {
      role: "rowheader",
      class: "bw-phoneme",
      tabindex: -1,
      "aria-label": said.filter(Boolean).join(", "),
    },
    mark ? element("i", { class: "bw-mark", text: mark }) : null,
    element("b", { text: name }),
    gloss ? element("small", { text: gloss }) : null,
  );
}

/**
 * Lights row i and column j (null: nothing): letters by their share of i, phonemes by that of j.
 * @param {(HTMLElement | null)[][]} cells
 * @param {Row[]} rows
 * @param {Position | null} position
 */
function light(cells, rows, position) {
  const [i, j] = position ?? [-1, -1];
  /** @type {(r: number, c: number) => number} */
  const shareOf = (r, c) => {
    if (r < 0 && i >= 0) return rows[i].weights[c]; // a letter, by the chosen phoneme
    if (c < 0 && i < 0 && j >= 0) return rows[r].weights[j]; // a phoneme, by the chosen letter
    return 0;
  };
  for (const [line, row] of cells.entries()) {
    for (const [place, cell] of row.entries()) {
      if (!cell) continue;
      const [r, c] = [line - 1, place - 1];
      const chosen = i >= 0 ? r === i : c === j;
      cell.classList.toggle("is-here", r === i && c === j);
      cell.classList.toggle("is-chosen", position !== null && chosen);
      if (r >= 0 && c >= 0) continue;
      tint(cell, shareOf(r, c), 0.69);
    }
  }
}

/**
 * The grid. Arrow keys move through it, and `read` hears what is pointed at or focused.
 * @param {object} options
 * @param {string[]} options.letters
 * @param {Row[]} options.rows
 * @param {string} [options.endTitle] of what stands at the right of the rows
 * @param {Nouns} [options.nouns]
 * @param {(position: Position | null) => void} options.read
 */
export function weightGrid({ letters, rows, endTitle, nouns = SPELLED, read }) {
  /** @param {number} j */
  const place = (j) =>
    letters.indexOf(letters[j]) === letters.lastIndexOf(letters[j])
      ? letters[j]
      : `${letters[j]} (${nouns.column} ${j + 1})`;
  /** @type {(role: string, text?: string) => Node | null} */
  const last = (role, text) => (endTitle ? element("div", { role, class: "bw-end", text }) : null);
  /** @type {(cells: HTMLElement[], end: Node | null) => HTMLElement} */
  const line = (cells, end) => element("div", { role: "row", class: "bw-row" }, ...cells, end);

  const corner = element("div", { role: "columnheader", class: "bw-corner" }, spoken(nouns.row));
  const upright = letters.some((letter) => letter.length > 2);
  const top = letterCells(letters, rows, place, { nouns, upright });
  const below = rows.map((row) => [
    phonemeCell(row, place, nouns),
    ...letters.map((_, k) => square(row, k, place(k))),
  ]);
  const size = `${rows.length} ${nouns.row}s by ${letters.length} ${nouns.column}s`;
  const grid = element(
    "div",
    {
      role: "grid",
      class: endTitle ? "bw-heat has-end" : "bw-heat",
      "aria-label": `Attention weights, ${size}. Arrow keys move.`,
    },
    line([corner, ...top], last("columnheader", endTitle)),
    ...below.map((cells, i) => line(cells, last("gridcell", rows[i].end))),
  );
  grid.classList.toggle("is-upright", upright);
  grid.style.setProperty("--letters", String(letters.length));

  const cells = [[null, ...top], ...below];
  gridFocus(grid, cells, {
    show(position) {
      grid.classList.toggle("is-lit", position !== null);
      light(cells, rows, position);
      read(position);
    },
  });
  return grid;
}

/**
 * "o 62%, u 20%": the three largest shares.
 * @param {ArrayLike<number>} shares
 * @param {string[]} names
 */
function listing(shares, names) {
  return Array.from(shares, (share, k) => /** @type {const} */ ([share, names[k]]))
    .sort((a, b) => b[0] - a[0])
    .slice(0, 3)
    .filter(([share]) => share >= 0.05)
    .map(([share, name]) => `${name} ${percent(share)}`)
    .join(", ");
}

/**
 * One sentence about what is pointed at, for the line under the grid.
 * @param {Position | null} position
 * @param {string[]} letters
 * @param {Row[]} rows
 * @param {Nouns} [nouns]
 */
export function sentence(position, letters, rows, { column, row } = SPELLED) {
  if (!position) {
    const lit = column === row ? `what it reads lights up` : `its ${column}s light up`;
    return `Point at a ${row}, or reach it by Tab and arrow keys: ${lit}.`;
  }
  const [i, j] = position;
  if (i < 0) {
    const said = listing(
      rows.map(({ weights }) => weights[j]),
      rows.map(({ name }) => name),
    );
    return `The ${column} ${letters[j]} is read by ${said || `no ${row} much`}.`;
  }
  const { name, gloss, weights, sure } = rows[i];
  const said = listing(weights, letters) || `no ${column} much`;
  const who = gloss ? `${name} (as in ${gloss})` : name;
  return `${who} reads ${said}. The model is ${percent(sure)} sure of it.`;
}
