// The probability of each digit, as a bar and in percent.

import { element } from "./elements.js";
import { percent } from "./weight_cells.js";

/**
 * @param {number} classes
 */
export function classBars(classes) {
  const bars = Array.from({ length: classes }, (_, label) => {
    const level = element("span", { class: "bw-level" });
    const share = element("span", { class: "bw-share" });
    const track = element("span", { class: "bw-track", "aria-hidden": "true" }, level);
    return {
      level,
      share,
      node: element("li", {}, element("b", { text: label }), track, share),
    };
  });
  return {
    node: element(
      "ul",
      { class: "bw-bars", "aria-label": "Probability of each digit" },
      ...bars.map(({ node }) => node),
    ),
    /**
     * @param {{shares: Float32Array, top: number} | null} answer null of an empty sheet
     */
    show(answer) {
      for (const [label, { node, level, share }] of bars.entries()) {
        const here = answer ? answer.shares[label] : 0;
        level.style.width = `${100 * here}%`;
        share.textContent = answer ? percent(here) : "–";
        node.classList.toggle("is-top", label === answer?.top);
      }
    },
  };
}
