// Patches, scores and multiplications of one patch size, as a list and as bars.

import { element } from "../parts/elements.js";
import { PARTS, short, whole } from "./cost.js";

/**
 * A line with a number: what it counts, and its formula.
 * @param {string} words
 * @param {string} formula
 */
function line(words, formula) {
  const number = element("dd");
  const name = element("dt", { text: words }, element("i", { text: ` ${formula}` }));
  return { number, nodes: [name, number] };
}

/** The list of numbers and the bars. Returns {node, show(sizes, patch, found)}. */
export function costTable() {
  const lines = {
    patches: line("patches,", "HW / P²"),
    numbers: line("numbers in one,", "P²C"),
    scores: line("scores a head,", "(HW / P² + 1)²"),
    products: line("multiplications", ""),
  };
  const bars = PARTS.map(([key, words]) => {
    const level = element("span", { class: `bw-level is-${key}` });
    const share = element("span", { class: "bw-share" });
    const name = element("span", { class: "bw-name", text: words });
    const track = element("span", { class: "bw-track", "aria-hidden": "true" }, level);
    return { key, level, share, node: element("li", {}, name, share, track) };
  });
  return {
    node: element(
      "div",
      {},
      element("dl", {}, ...Object.values(lines).flatMap(({ nodes }) => nodes)),
      element(
        "ul",
        { class: "bw-costs", "aria-label": "Where the multiplications go" },
        ...bars.map(({ node }) => node),
      ),
    ),
    /**
     * @param {number} side of the image
     * @param {number} patch
     * @param {ReturnType<typeof import("./cost.js").cost>} found
     */
    show(side, patch, found) {
      const total = found.embedding + found.attending + found.others;
      lines.patches.number.textContent = `${side}·${side} / ${patch}² = ${whole(found.patches)}`;
      lines.numbers.number.textContent = whole(found.numbers);
      lines.scores.number.textContent = whole(found.scores);
      lines.products.number.textContent = short(total);
      for (const { key, level, share } of bars) {
        const percent = (100 * found[key]) / total;
        level.style.width = `${percent}%`;
        share.textContent = `${short(found[key])}, ${Math.round(percent)}%`;
      }
      return total;
    },
  };
}
