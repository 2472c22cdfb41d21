// "Your runs": a row a run, and the best setting in bold once each has been tried three times.

import { element } from "../elements.js";

/** @typedef {import("./types.js").RunRecord} RunRecord */
/** @typedef {import("./types.js").Column} Column */

const SEEDS = 3; // fewer of a setting say nothing
const SHOWN = 12;
const NONE = "A row for every run that you finish, so that you can compare them.";
const FEW =
  "One run proves little: the seed decides much. With three seeds of each setting the best is bold.";
const BOLD = "In bold: the setting whose median of its seeds is the best.";

/** @param {RunRecord} record */
const settingOf = ({ settings }) => JSON.stringify(settings);

/** @param {(number | null)[]} values null counts as more than any */
function median(values) {
  const sorted = values.map((value) => value ?? Infinity).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/**
 * The setting whose runs are the best by their median, or null as long as it is too early to say:
 * two settings at least, three seeds of each.
 * @param {RunRecord[]} runs
 * @param {(record: RunRecord) => number | null} measure
 */
export function bestSetting(runs, measure) {
  /** @type {Map<string, Map<number, number | null>>} */
  const groups = new Map();
  for (const record of runs) {
    const seeds = groups.get(settingOf(record)) ?? new Map();
    groups.set(settingOf(record), seeds.set(record.seed, measure(record)));
  }
  if (groups.size < 2 || [...groups.values()].some((seeds) => seeds.size < SEEDS)) return null;
  const medians = [...groups].map(([setting, seeds]) => [setting, median([...seeds.values()])]);
  medians.sort((a, b) => Number(a[1]) - Number(b[1]));
  return medians[0][1] === medians[1][1] ? null : String(medians[0][0]);
}

/** @param {Column} column @param {"th" | "td"} tag @param {string} text */
const cell = ({ words }, tag, text) =>
  element(tag, { scope: tag === "th" ? "col" : null, class: words ? "is-words" : null, text });

/**
 * @param {RunRecord} record
 * @param {Column[]} columns
 * @param {boolean} best
 */
const rowOf = (record, columns, best) =>
  element(
    "tr",
    { class: best ? "is-best" : null },
    element("th", { scope: "row", text: record.number }),
    ...columns.map((column) => cell(column, "td", column.text(record))),
    element("td", { text: record.seed }),
  );

/**
 * The table. Returns {node, draw(runs)}.
 * @param {Column[]} columns
 * @param {false | ((record: RunRecord) => number | null)} measure
 */
export function runTable(columns, measure) {
  // What came out stands first: a phone has no room for all of a row.
  const ordered = [
    ...columns.filter(({ result }) => result),
    ...columns.filter((one) => !one.result),
  ];
  const table = element("table", { class: "bw-numbers" });
  const hint = element("p", { class: "bw-hint", text: NONE });
  const scroll = element("div", { class: "bw-scroll" }, table);
  scroll.hidden = true;
  return {
    node: element(
      "div",
      { class: "bw-runs" },
      element("p", { class: "bw-runs-title", text: "Your runs" }),
      scroll,
      hint,
    ),
    /** @param {RunRecord[]} runs */
    draw(runs) {
      scroll.hidden = !runs.length;
      const best = measure && bestSetting(runs, measure);
      const heads = element(
        "tr",
        {},
        element("th", { scope: "col", text: "run" }),
        ...ordered.map((column) => cell(column, "th", column.head)),
        element("th", { scope: "col", text: "seed" }),
      );
      const rows = runs
        .slice(-SHOWN)
        .map((record) => rowOf(record, ordered, settingOf(record) === best));
      table.replaceChildren(element("thead", {}, heads), element("tbody", {}, ...rows));
      table.setAttribute("aria-label", "Your runs");
      hint.textContent = !runs.length ? NONE : !measure ? "" : best === null ? FEW : BOLD;
    },
  };
}
