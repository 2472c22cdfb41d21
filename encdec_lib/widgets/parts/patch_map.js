// Shares of the patches of a picture: as green squares over it, and in words.

import { element } from "./page.js";
import { percent } from "./weight_grid.js";

const LINE = "0 0 0 0.5px rgb(0 114 178 / 45%)";
const DARKEST = 0.85; // how dense the green of the largest share is

/** Squares over a picture that fills the same element; the ink stays visible through them. The
 *  map sets its own layout. draw(shares) shows √M × √M squares, the largest share darkest, or
 *  `most` if that is given; without shares there are only the lines of `columns` × `columns`
 *  squares. mark(k) frames a square, mark(null) none; show(false) takes all of it away. */
export function patchMap() {
  const node = element("div", { class: "bw-patches", "aria-hidden": "true" });
  node.style.cssText =
    "position:absolute;inset:0;display:grid;pointer-events:none;" +
    "mix-blend-mode:multiply;forced-color-adjust:none";
  return {
    node,
    show(on) {
      node.style.display = on ? "grid" : "none";
    },
    draw(shares, columns = Math.sqrt(shares.length), most = Math.max(...(shares ?? [1]))) {
      if (node.children.length !== columns * columns) {
        node.style.gridTemplate = `repeat(${columns}, 1fr) / repeat(${columns}, 1fr)`;
        node.replaceChildren(
          ...Array.from({ length: columns * columns }, () => {
            const cell = element("i");
            cell.style.boxShadow = LINE;
            return cell;
          }),
        );
      }
      [...node.children].forEach((cell, k) => {
        const share = shares ? shares[k] : 0;
        cell.dataset.share = share;
        cell.style.background = `rgb(0 158 115 / ${(DARKEST * share) / (most || 1)})`;
      });
    },
    mark(k) {
      [...node.children].forEach((cell, n) => {
        cell.style.outline = n === k ? "2px solid #0072b2" : "";
        cell.style.outlineOffset = "-2px";
      });
    },
  };
}

/** "row 2, column 3" of patch k, counted from 1. */
export function whereIs(k, columns) {
  return `row ${Math.floor(k / columns) + 1}, column ${(k % columns) + 1}`;
}

/** "row 2, column 3 (34%), row 1, column 3 (20%)": the patches with the largest shares. */
export function largest(shares, columns, count = 2) {
  return [...shares]
    .map((share, k) => [share, k])
    .sort((a, b) => b[0] - a[0])
    .slice(0, count)
    .map(([share, k]) => `${whereIs(k, columns)} (${percent(share)})`)
    .join(" and ");
}

/** How much of the shares lies on rectangles {top, left, bottom, right} of a picture of `side`
 *  pixels: of a patch that lies there in part, that part. As weight_on of
 *  encdec_lib/plots/captions.py. */
export function sharesOn(shares, boxes, side) {
  const columns = Math.sqrt(shares.length),
    cell = side / columns;
  const common = (a, b, from, to) => Math.max(0, Math.min(b, to) - Math.max(a, from)) / cell;
  return boxes.map(({ top, left, bottom, right }) =>
    shares.reduce((sum, share, k) => {
      const y = Math.floor(k / columns) * cell,
        x = (k % columns) * cell;
      return sum + share * common(top, bottom, y, y + cell) * common(left, right, x, x + cell);
    }, 0),
  );
}
