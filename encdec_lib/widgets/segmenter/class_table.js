// The distribution over the classes of one pixel, a row a class, a column a network.

import { argmax } from "../../web/engine/arithmetic.js";
import { element } from "../parts/elements.js";

/** @param {number} label */
const nameOf = (label) => (label ? String(label - 1) : "background");

/** @param {number} share */
const percent = (share) => `${(100 * share).toFixed(share > 0.995 || share < 0.005 ? 1 : 0)}%`;

/**
 * One share, as a bar and in words.
 * @param {string} color
 */
function shareCell(color) {
  const bar = element("span", { class: "bw-share" });
  bar.style.background = color;
  const words = element("span");
  const room = element("span", { class: "bw-bar-room", "aria-hidden": "true" }, bar);
  return { bar, words, node: element("td", {}, room, words) };
}

/**
 * The table. Returns {node, show(pixel, shares), inWords()}.
 * @param {string[]} names of the networks
 * @param {string[]} colors of the classes
 */
export function classTable(names, colors) {
  const rows = colors.map((color) => names.map(() => shareCell(color)));
  const caption = element("caption");
  /** @type {number[]} the likeliest class of each network; empty before there is one */
  let best = [];
  const node = element(
    "table",
    { class: "bw-classes" },
    caption,
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        element("th", { scope: "col", text: "class" }),
        ...names.map((name) => element("th", { scope: "col", text: name.toLowerCase() })),
      ),
    ),
    element(
      "tbody",
      {},
      ...rows.map((cells, label) =>
        element(
          "tr",
          {},
          element("th", { scope: "row", text: nameOf(label) }),
          ...cells.map((cell) => cell.node),
        ),
      ),
    ),
  );
  return {
    node,
    /**
     * Shows a pixel's distributions.
     * @param {{row: number, column: number}} pixel
     * @param {Float32Array[]} shares of each network
     */
    show({ row, column }, shares) {
      caption.textContent = `The pixel in row ${row + 1}, column ${column + 1}`;
      best = shares.map((own) => argmax(own));
      for (const [label, cells] of rows.entries()) {
        for (const [m, { bar, words, node: cell }] of cells.entries()) {
          bar.style.setProperty("--share", shares[m][label].toFixed(6));
          words.textContent = percent(shares[m][label]);
          cell.classList.toggle("is-best", label === best[m]);
        }
      }
    },
    /** What it shows: the likeliest class of each network and its share. */
    inWords() {
      const said = best.map((label, m) => {
        const share = rows[label][m].words.textContent;
        return `${names[m].toLowerCase()} ${nameOf(label)}, ${share}`;
      });
      return `${caption.textContent}: ${said.join("; ")}.`;
    },
  };
}
