// What the maps cost beside everything else, now and for longer strings.

import { element } from "../parts/elements.js";
import { percent, thousands } from "../parts/trainer/words.js";
import { multiplications } from "./multiplications.js";

const LONGER = [100, 1000, 10000];

/** @type {[number, string][]} */
const UNITS = [
  [1e12, "T"],
  [1e9, "B"],
  [1e6, "M"],
];

/** @param {number} value */
function short(value) {
  const unit = UNITS.find(([size]) => value >= size);
  if (!unit) return thousands(value);
  return `${Number((value / unit[0]).toPrecision(3))}${unit[1]}`;
}

/** @param {import("./multiplications.js").Sizes} sizes */
function shareOf(sizes) {
  const { attention, rest } = multiplications(sizes);
  return attention / (attention + rest);
}

/** The table, folded away below what it says. Returns {node, draw(length, sizesOf)}. */
export function costTable() {
  const body = element("tbody");
  const summary = element("summary");
  const heads = ["symbols", "maps", "all else", "share"];
  const table = element(
    "table",
    { class: "bw-numbers", "aria-label": "Multiplications of one pass" },
    element(
      "thead",
      {},
      element("tr", {}, ...heads.map((text) => element("th", { scope: "col", text }))),
    ),
    body,
  );
  /** @param {number} length @param {import("./multiplications.js").Sizes} sizes */
  function row(length, sizes) {
    const { attention, rest } = multiplications(sizes);
    const share = shareOf(sizes);
    const bar = element("span", { class: "bw-share", "aria-hidden": "true" });
    bar.style.setProperty("--share", `${100 * share}%`);
    return element(
      "tr",
      {},
      element("th", { scope: "row", text: thousands(length) }),
      element("td", { text: short(attention) }),
      element("td", { text: short(rest) }),
      element("td", {}, bar, element("span", { class: "bw-percent", text: percent(share) })),
    );
  }
  return {
    node: element(
      "details",
      { class: "bw-more" },
      summary,
      element(
        "div",
        { class: "bw-runs bw-costs" },
        element("p", {
          class: "bw-runs-title",
          text: "Multiplications to read and write one string",
        }),
        element("div", { class: "bw-scroll" }, table),
        element("p", {
          class: "bw-hint",
          text:
            "The maps grow with the square of the length, all else with the length. " +
            "M: million, B: billion.",
        }),
      ),
    ),
    /**
     * @param {number} length
     * @param {(length: number) => import("./multiplications.js").Sizes} sizesOf
     */
    draw(length, sizesOf) {
      const [now, far] = [length, LONGER[LONGER.length - 1]].map((one) => shareOf(sizesOf(one)));
      summary.textContent =
        `What it costs: the maps take ${percent(now)} of all multiplications now, and ` +
        `${percent(far)} for strings of ${thousands(LONGER[LONGER.length - 1])} symbols`;
      body.replaceChildren(...[length, ...LONGER].map((one) => row(one, sizesOf(one))));
    },
  };
}
