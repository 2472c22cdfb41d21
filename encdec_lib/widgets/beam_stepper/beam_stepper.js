// Chapter 4: beam search as a tree that grows.

import { decoder } from "../parts/stepper/marks.js";
import { stepper } from "../parts/stepper/stepper.js";
import { beginning, percent, winner } from "./searches.js";
import { tree } from "./tree_picture.js";

/** @typedef {import("./searches.js").Search} Search */
/** @typedef {import("../parts/stepper/types.js").Sentence} Sentence */

/** @param {Search} search @param {number} t @param {number} place */
const named = (search, t, place) => [
  decoder(beginning(search, t, place).join(" ") || "the end"),
  ` (${percent(search[t][place].share)})`,
];

/**
 * Parts of a list, with commas and an "and".
 * @param {Sentence[]} parts
 */
const joined = (parts) =>
  parts.flatMap((part, k) => [...(k ? [k === parts.length - 1 ? " and " : ", "] : []), ...part]);

/**
 * @param {Search[]} searches
 * @param {number[]} widths
 * @param {number} chosen
 * @returns {Sentence}
 */
function ends(searches, widths, chosen) {
  const [search, greedy] = [searches[chosen], searches[widths.indexOf(1)]];
  const best = winner(search);
  const last = search.length - 1;
  const said = ["The best beginning that has ended is ", ...named(search, last, best)];
  if (widths[chosen] === 1) {
    return ["Greedy search ends with ", ...named(search, last, best), "."];
  }
  if (!greedy) return [...said, "."];
  const own = greedy[greedy.length - 1][0].share;
  const better = search[last][best].share > own * 1.0001;
  return [
    ...said,
    better ? ", and greedy search ended with only " : ", the same that greedy search found, ",
    `${percent(own)}.`,
  ];
}

/**
 * @param {Search[]} searches
 * @param {number[]} widths
 * @param {number} step
 * @param {number} chosen
 * @returns {Sentence}
 */
function says(searches, widths, step, chosen) {
  const [search, width] = [searches[chosen], widths[chosen]];
  if (step === 0) {
    return width === 1
      ? ["Nothing is written yet. Greedy search keeps a single beginning all the time."]
      : ["Nothing is written yet. The beam has room for ", decoder(width), " beginnings."];
  }
  if (step > search.length) return ends(searches, widths, chosen);
  const t = step - 1;
  const places = search[t].map((_, k) => k);
  const kept = places.filter((k) => search[t][k].kept);
  const left = places.find((k) => !search[t][k].kept);
  const all = kept.map((k) => named(search, t, k));
  const out =
    left === undefined ? [] : [" The best that is left out is ", ...named(search, t, left)];
  return [`Step ${step} keeps `, ...joined(all), ".", ...out, ...(out.length ? ["."] : [])];
}

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  /** @type {Search[]} */
  const searches = model.get("searches");
  /** @type {number[]} */
  const widths = model.get("widths");
  const figure = {
    title: `A beam goes through the word ${model.get("word")}`,
    caption:
      "Under each sound: the probability of everything written up to there, the product of all " +
      "bets. Dashed: the best beginning that found no place. At the end the winner stays orange.",
    cases: {
      legend: "Width of the beam",
      names: widths.map((width) => (width === 1 ? "1, greedy" : String(width))),
      next: "A wider beam",
    },
    steps: (/** @type {number} */ chosen) => searches[chosen].length + 2,
    says: (/** @type {number} */ step, /** @type {number} */ chosen) =>
      says(searches, widths, step, chosen),
    label(/** @type {number} */ step, /** @type {number} */ chosen) {
      const search = searches[chosen];
      if (step === 0) return "Nothing is written yet.";
      const t = Math.min(step, search.length) - 1;
      const kept = search[t].filter((one) => one.kept).length;
      return `After ${t + 1} steps the beam holds ${kept} beginnings, the first of them ${
        beginning(search, t, 0).join(" ") || "empty"
      }.`;
    },
    draw: (/** @type {import("../parts/stepper/types.js").At} */ at) =>
      tree(at, searches[at.chosen], Math.max(...widths)),
  };
  return stepper({ model, el, name: "beam-stepper" }, figure).stop;
}

export default { render };
