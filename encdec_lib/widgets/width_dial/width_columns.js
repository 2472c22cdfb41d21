// Every width side by side: its copy, its error as a bar, and a button that chooses it.

import { element } from "../parts/elements.js";
import { ink, paintPixels } from "../parts/pixels.js";
import { percent } from "./copies.js";
import { picture } from "./flow.js";

const TALLEST = 0.3; // the error of a full bar

/**
 * The height of a bar, in percent.
 * @param {number} error from 0 to 1
 */
const height = (error) => 100 * Math.min(1, error / TALLEST);

/**
 * One column of widthColumns().
 * @param {number} width
 * @param {number} typical the mean error over the test digits
 * @param {number} side
 * @param {() => void} onChoose
 */
function columnOf(width, typical, side, onChoose) {
  const small = picture(side, "is-small", { "aria-hidden": "true" });
  const bar = element("span", { class: "bw-level" });
  const tick = element("span", { class: "bw-tick" });
  tick.style.bottom = `${height(typical)}%`;
  const number = element("span", { class: "bw-number" });
  const node = element(
    "button",
    { type: "button", class: "bw-column", on: { click: onChoose } },
    element("span", { class: "bw-levels", "aria-hidden": "true" }, bar, tick),
    small,
    element("span", { class: "bw-name", text: width }),
    " ",
    number,
  );
  return { node, small, bar, number };
}

/**
 * The columns. Returns {node, draw(copies, chosen, without)}.
 * @param {number[]} widths
 * @param {number[]} typical errors
 * @param {number} side
 * @param {(width: number) => void} onChoose
 */
export function widthColumns(widths, typical, side, onChoose) {
  const columns = widths.map((width, k) =>
    columnOf(width, typical[k], side, () => onChoose(width)),
  );
  return {
    node: element("div", { class: "bw-columns" }, ...columns.map(({ node }) => node)),
    /**
     * @param {import("./copies.js").Copy[]} copies
     * @param {number} chosen which width
     * @param {(k: number) => boolean} without which copies have no error, being of no digit
     */
    draw(copies, chosen, without) {
      columns.forEach(({ node, small, bar, number }, k) => {
        const none = without(k);
        paintPixels(small, copies[k].pixels, ink);
        bar.style.height = `${none ? 0 : height(copies[k].error)}%`;
        number.textContent = none ? "–" : percent(copies[k].error);
        node.setAttribute("aria-pressed", String(k === chosen));
        node.setAttribute("aria-label", `width ${widths[k]}, ${number.textContent} error`);
      });
    },
  };
}
