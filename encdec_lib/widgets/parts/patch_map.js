// Shares of the patches of a picture: as green squares over it, and in words.

import { element } from "./elements.js";
import { percent } from "./weight_cells.js";

const FAINT = "0 0 0 0.5px rgb(0 114 178 / 45%)";
const DARKEST = 0.85; // how dense the green of the largest share is

/**
 * Squares over a picture that fills the same element; the ink stays visible through them. The map
 * sets its own layout.
 * @param {string} [line] the shadow that draws the line between two squares
 */
export function patchMap(line = FAINT) {
  const node = element("div", { class: "bw-patches", "aria-hidden": "true" });
  node.style.cssText =
    "position:absolute;inset:0;display:grid;pointer-events:none;" +
    "mix-blend-mode:multiply;forced-color-adjust:none";
  /** @type {HTMLElement[]} */
  let cells = [];
  return {
    node,
    /** @param {boolean} on */
    show(on) {
      node.style.display = on ? "grid" : "none";
    },
    /**
     * Shows `columns` × `columns` squares, that of the largest share darkest; without shares there
     * are only their lines.
     * @param {ArrayLike<number> | null} shares row by row
     * @param {number} columns
     */
    draw(shares, columns) {
      if (cells.length !== columns * columns) {
        cells = Array.from({ length: columns * columns }, () => element("i"));
        for (const cell of cells) cell.style.boxShadow = line;
        node.style.gridTemplate = `repeat(${columns}, 1fr) / repeat(${columns}, 1fr)`;
        node.replaceChildren(...cells);
      }
      const most = shares ? Math.max(...Array.from(shares)) : 1;
      for (const [k, cell] of cells.entries()) {
        const share = shares ? shares[k] : 0;
        cell.dataset.share = String(share);
        cell.style.background = `rgb(0 158 115 / ${(DARKEST * share) / (most || 1)})`;
      }
    },
    /**
     * Frames a square, or none.
     * @param {number | null} k
     */
    mark(k) {
      for (const [n, cell] of cells.entries()) {
        cell.style.outline = n === k ? "2px solid #0072b2" : "";
        cell.style.outlineOffset = "-2px";
      }
    },
  };
}

/**
 * "row 2, column 3" of patch k, counted from 1.
 * @param {number} k
 * @param {number} columns
 */
export function whereIs(k, columns) {
  return `row ${Math.floor(k / columns) + 1}, column ${(k % columns) + 1}`;
}

/**
 * "row 2, column 3 (34%) and row 1, column 3 (20%)": the patches with the largest shares.
 * @param {ArrayLike<number>} shares
 * @param {number} columns
 */
export function largest(shares, columns, count = 2) {
  return Array.from(shares, (share, k) => ({ share, k }))
    .sort((a, b) => b.share - a.share)
    .slice(0, count)
    .map(({ share, k }) => `${whereIs(k, columns)} (${percent(share)})`)
    .join(" and ");
}

/**
 * How much of the shares lies on each of the rectangles in a picture of `side` pixels: of a patch
 * that lies there in part, that part. As weight_on of encdec_lib/analysis/word_maps.py.
 * @param {ArrayLike<number>} shares
 * @param {{top: number, left: number, bottom: number, right: number}[]} boxes
 * @param {number} side
 */
export function sharesOn(shares, boxes, side) {
  const columns = Math.sqrt(shares.length);
  const cell = side / columns;
  /**
   * The part of the cell that begins at `start` and lies between `from` and `to`.
   * @type {(from: number, to: number, start: number) => number}
   */
  const common = (from, to, start) =>
    Math.max(0, Math.min(to, start + cell) - Math.max(from, start)) / cell;
  return boxes.map(({ top, left, bottom, right }) =>
    Array.from(shares).reduce((sum, share, k) => {
      const y = Math.floor(k / columns) * cell;
      const x = (k % columns) * cell;
      return sum + share * common(top, bottom, y) * common(left, right, x);
    }, 0),
  );
}
