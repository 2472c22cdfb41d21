// What a model said of a word at first, after 100, 300, … steps, one below the other.

import { compareNearest, faultsIn } from "../parts/compare.js";
import { element, spoken } from "../parts/elements.js";
import { cellOf, UNTRAINED, untrainedCells } from "../parts/trainer/tapes.js";
import { thousands } from "../parts/trainer/words.js";

const MARKS = [0, 1, 100, 300, 700]; // steps from which another line stands
const ROWS = 5;
const SHOWN = 5; // sounds of a network that has not been trained
const PLACES = 8; // sounds that a line has room for

/** @typedef {import("../parts/compare.js").Pair} Pair */

/** @param {string[]} sounds @param {string[][]} references @returns {Pair[]} */
const pairsOf = (sounds, references) =>
  references.length
    ? compareNearest(sounds, references)
    : sounds.map((sound) => ({ kind: "right", answer: sound, reference: sound }));

/** On one line: what there is no room for is an ellipsis. @param {Pair[]} pairs @param {number} most */
function inLine(pairs, most) {
  if (pairs.length <= most) return pairs.map(cellOf);
  const rest = element("i", { class: "is-cut", text: "…" });
  return [...pairs.slice(0, most - 1).map(cellOf), rest];
}

/**
 * The cells of what was said after some steps, and what is the matter with it.
 * @param {number} steps @param {string[]} sounds @param {string[][]} references
 * @returns {[cells: HTMLElement[], note: string]}
 */
function judged(steps, sounds, references) {
  if (!steps) return [untrainedCells(sounds, references[0]?.length ?? SHOWN), UNTRAINED];
  const pairs = pairsOf(sounds, references);
  const most = Math.max(PLACES, ...references.map(({ length }) => length));
  return [inLine(pairs, most), references.length ? faultsIn(pairs) : ""];
}

/** The lines. Returns {node, clear(), hear(steps, sounds, references)}. */
export function spokenLog() {
  const node = element("ol", { class: "bw-log", "aria-label": "What it says of your word" });
  /** @type {{steps: number, mark: number, sounds: string[]}[]} the last is what it says now */
  let lines = [];
  /** @param {(typeof lines)[0]} line @param {number} k @param {string[][]} references */
  function row({ steps, sounds }, k, references) {
    const [cells, note] = judged(steps, sounds, references);
    const style = `--places: ${Math.max(PLACES, cells.length)}`;
    const when = `${k === lines.length - 1 ? "now, " : ""}step ${thousands(steps)}`;
    return element(
      "li",
      { class: k === lines.length - 1 ? "is-now" : null },
      element("b", { text: when }),
      element("span", { class: "bw-cells", "aria-hidden": "true", style }, ...cells),
      spoken(`: ${sounds.join(" ") || "nothing"}, `),
      element("small", { text: note }),
    );
  }
  return {
    node,
    clear() {
      lines = [];
      node.replaceChildren();
    },
    /** @param {number} steps @param {string[]} sounds @param {string[][]} references */
    hear(steps, sounds, references) {
      const mark = MARKS.filter((one) => one <= steps).length;
      const before = lines[lines.length - 1];
      // The newest line follows the model until a mark goes by; then it stays.
      if (before && before.mark === mark) lines.pop();
      lines.push({ steps, mark, sounds });
      lines = lines.slice(-ROWS);
      node.replaceChildren(...lines.map((line, k) => row(line, k, references)));
    },
  };
}
