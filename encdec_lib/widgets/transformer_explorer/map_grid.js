// One attention map with its numbers: who looks down the side, who is looked at along the top.

import { element, spoken } from "../parts/elements.js";
import { gridFocus } from "../parts/grid_focus.js";
import { counted } from "../parts/numbers.js";
import { percent, tint } from "../parts/weight_cells.js";

/** @typedef {import("../parts/grid_focus.js").Position} Position */

/**
 * The tokens along one edge; places count from `first`.
 * @typedef {{side: "source" | "target", names: string[], first?: number}} Tokens
 */

/**
 * What the grid shows.
 * @typedef {object} TokenMap
 * @property {Tokens & {glosses: Record<string, string>}} rows
 * @property {Tokens} columns
 * @property {Float32Array[]} shares a row's weights
 * @property {boolean} masked whether a row sees no column after its own
 */

/**
 * The name of one of several tokens, with its place where there are others like it.
 * @param {Tokens} tokens
 * @param {number} k
 */
export function placed({ names, first = 1 }, k) {
  const alone = names.indexOf(names[k]) === names.lastIndexOf(names[k]);
  return alone ? names[k] : `${names[k]} (place ${first + k})`;
}

/**
 * @param {number} share
 * @param {boolean} hidden by the mask
 * @param {string} label
 */
function square(share, hidden, label) {
  const cell = element("div", {
    role: "gridcell",
    tabindex: -1,
    class: hidden ? "bw-cell is-hidden" : "bw-cell",
    "aria-label": hidden ? `${label}: hidden, it comes later` : `${label}: ${percent(share)}`,
  });
  tint(cell, share);
  if (share >= 0.05) cell.append(element("span", { text: Math.round(100 * share) }));
  return cell;
}

/**
 * A token along the top.
 * @param {Tokens} columns
 * @param {number} j
 */
const columnHeader = (columns, j) =>
  element(
    "div",
    {
      role: "columnheader",
      class: `bw-letter is-${columns.side}`,
      tabindex: -1,
      "aria-label": `${placed(columns, j)}, looked at`,
    },
    element("span", { text: columns.names[j] }),
  );

/**
 * A token down the side.
 * @param {TokenMap["rows"]} rows
 * @param {number} i
 */
function rowHeader(rows, i) {
  const name = rows.names[i];
  const where = placed(rows, i).slice(name.length); // what is seen comes first in what is said
  const gloss = rows.glosses[name];
  return element(
    "div",
    {
      role: "rowheader",
      class: `bw-phoneme is-${rows.side}`,
      tabindex: -1,
      "aria-label": `${name}${gloss ? ` (${gloss})` : ""}${where}, looks`,
    },
    element("b", { text: name }),
    gloss ? element("small", { text: gloss }) : null,
  );
}

/**
 * cells[i + 1][j + 1] of the grid; the first row and column are the tokens, the corner is null.
 * @param {TokenMap} map
 */
function cellsOf({ rows, columns, shares, masked }) {
  const top = columns.names.map((_, j) => columnHeader(columns, j));
  const lines = rows.names.map((_, i) => [
    rowHeader(rows, i),
    ...columns.names.map((_, j) => {
      const label = `${placed(rows, i)} looks at ${placed(columns, j)}`;
      return square(shares[i][j], masked && j > i, label);
    }),
  ]);
  return { top, lines, cells: [[null, ...top], ...lines] };
}

/**
 * Lights a row, or a column where i is −1; tokens that are looked at by their share.
 * @param {(HTMLElement | null)[][]} cells
 * @param {Float32Array[]} shares
 * @param {Position | null} position
 */
function light(cells, shares, position) {
  const [i, j] = position ?? [-2, -2];
  for (const [r, line] of cells.entries()) {
    for (const [c, cell] of line.entries()) {
      if (!cell) continue;
      cell.classList.toggle("is-here", r - 1 === i && c - 1 === j);
      cell.classList.toggle("is-chosen", i >= 0 ? r - 1 === i : c - 1 === j);
      if (r === 0) tint(cell, i >= 0 ? shares[i][c - 1] : 0, 0.69);
      else if (c === 0) tint(cell, i === -1 ? shares[r - 1][j] : 0, 0.69);
    }
  }
}

/**
 * The grid; arrow keys move through it. Returns {node, light(position)}.
 * @param {TokenMap} map
 * @param {object} options
 * @param {string} options.label
 * @param {Position | null} options.kept the cell that stays lit: the last one focused
 * @param {(position: Position) => void} options.onKeep
 * @param {(position: Position | null) => void} options.read hears what is pointed at or focused
 */
export function mapGrid(map, { label, kept, onKeep, read }) {
  const { rows, columns, shares } = map;
  const { top, lines, cells } = cellsOf(map);
  /** @param {HTMLElement[]} line */
  const row = (line) => element("div", { role: "row", class: "bw-row" }, ...line);
  const corner = element("div", { role: "columnheader", class: "bw-corner" }, spoken("looks"));
  const vertical = columns.names.some((name) => [...name].length > 2);
  const size = `${counted(rows.names.length, "row")} by ${counted(columns.names.length, "column")}`;
  const node = element(
    "div",
    {
      role: "grid",
      class: vertical ? "bw-heat is-vertical" : "bw-heat",
      "aria-label": `${label}: ${size}. Arrow keys move.`,
    },
    row([corner, ...top]),
    ...lines.map(row),
  );
  node.style.setProperty("--letters", String(columns.names.length));

  /** @param {Position | null} position */
  function show(position) {
    node.classList.toggle("is-lit", position !== null);
    light(cells, shares, position);
    read(position);
  }
  gridFocus(node, cells, { show, kept, onKeep });
  return { node, light: show };
}
