// An answer at a temperature: its tokens against those of temperature 1, its weights as a grid.

import { compareNearest } from "../parts/compare.js";
import { element } from "../parts/elements.js";
import { sum } from "../parts/numbers.js";
import {
  alternatives,
  answerRow,
  GAP,
  markedTokens,
  plainTokens,
  verdict,
} from "../parts/tokens.js";
import { percent } from "../parts/weight_cells.js";
import { sentence, weightGrid } from "../parts/weight_grid.js";

/** @typedef {import("./readers.js").Answer} Answer */
/** @typedef {import("../parts/compare.js").Pair} Pair */
/** @typedef {import("../parts/weight_grid.js").Row} Row */

/** @type {import("../parts/tokens.js").Notes} */
const AGAINST_ONE = {
  wrong: (reference) => `changed, ${reference} at temperature 1`,
  extra: "new, not there at temperature 1",
  missing: "gone, there at temperature 1",
};

/** @param {number} value */
const bits = (value) => value.toFixed(2);

/**
 * Whether the dictionary has it, in words; or by a rule, whether it is right.
 * @param {string[]} tokens
 * @param {string[][] | null} known
 * @param {{cut: string, ruled: boolean}} how `cut` is said if the model was stopped
 */
export function judged(tokens, known, { cut, ruled }) {
  if (!known) return cut;
  const pairs = compareNearest(tokens, known);
  const faults = pairs.every(({ kind }) => kind === "right") ? "" : verdict(pairs);
  const listed = faults ? `not as listed: ${faults}` : "as listed";
  return [ruled ? faults || "all right" : listed, cut].filter(Boolean).join("; ");
}

/**
 * The rows of the answer, of temperature 1 and of the dictionary. `pairs` compares the first two;
 * `listed` is the dictionary's name and what it has, null without a dictionary.
 * @param {{name: string, note: string, changed: string, pairs: Pair[], before: string[]}} answer
 * @param {{name: string, known: string[][] | null} | null} listed
 */
export function answerRows({ name, note, changed, pairs, before }, listed) {
  const marked = markedTokens(pairs, { separator: GAP, notes: AGAINST_ONE });
  const rows = [
    answerRow("attention", name, note, pairs.length ? marked : plainTokens([])),
    answerRow("fixed", "At temperature 1", changed, plainTokens(before)),
  ];
  if (listed) {
    const said = listed.known ? alternatives(listed.known) : "not among the words of this page";
    rows.push(answerRow("reference", listed.name, "", plainTokens([said])));
  }
  return rows;
}

/**
 * One row of the heat map a step; the step that ends the word is the last one.
 * @param {Answer} answer
 * @param {string[]} names of its tokens
 * @param {Pair[]} pairs
 * @param {Record<string, string>} sounds
 * @returns {Row[]}
 */
function rowsOf({ weights, windows, logProbs, entropies }, names, pairs, sounds) {
  const here = pairs.filter(({ kind }) => kind !== "missing");
  return weights.map((row, i) => {
    const { kind, reference } = here[i] ?? { kind: "right", reference: null };
    const was = kind === "wrong" ? `${reference} at temperature 1` : "not there at temperature 1";
    return {
      name: names[i] ?? "end",
      gloss: sounds[names[i]],
      weights: row,
      window: windows[i],
      sure: Math.exp(logProbs[i]),
      mark: kind === "right" ? null : "≠",
      markSpoken: kind === "right" ? null : was,
      end: bits(entropies[i]),
      endSpoken: `${bits(entropies[i])} bits`,
    };
  });
}

/**
 * What the weights of a row add up to.
 * @param {Answer} answer
 */
function sumsOf({ weights, windows }) {
  const totals = weights.map(sum);
  const least = Math.min(...totals);
  const windowed = windows[0]
    ? "Thick lines are the borders of the window, the notch is its centre. "
    : "";
  if (least > 0.9995) return `${windowed}The weights of a row add up to 100%.`;
  const range = `${percent(least)} to ${percent(Math.max(...totals))}`;
  return (
    `${windowed}A bell lowers the weights at the rim after the softmax, whatever the ` +
    `temperature, so a row adds up to less than 100%: here ${range}.`
  );
}

/**
 * The grid with what stands round it. Returns {nodes, picture, draw(…)}; draw() gives the mean
 * entropy in words.
 * @param {Record<string, string>} sounds
 * @param {import("../parts/weight_grid.js").Nouns} [nouns]
 */
export function gridView(sounds, nouns) {
  const spread = element("p", { class: "bw-spread" });
  const reading = element("p", { class: "bw-reading" });
  const picture = element("div", { class: "bw-picture" });
  const sums = element("p", { class: "bw-hint bw-sums" });
  let room = { word: "", rows: 0 };
  return {
    nodes: [spread, reading, picture, sums],
    picture,
    /** @type {(word: string, answer: Answer, names: string[], pairs: Pair[]) => string} */
    draw(word, answer, names, pairs) {
      const letters = [...word];
      const rows = rowsOf(answer, names, pairs, sounds);
      const mean = `${bits(sum(answer.entropies) / answer.entropies.length)} bits`;
      const most = bits(Math.log2(letters.length));
      spread.replaceChildren(
        "Mean entropy ",
        element("b", { text: mean }),
        letters.length === 1
          ? "; there is one letter to look at."
          : `; the same weight for all ${letters.length} letters would be ${most}.`,
      );
      /** @param {import("../parts/grid_focus.js").Position | null} position */
      const read = (position) => {
        reading.textContent = sentence(position, letters, rows, nouns);
      };
      picture.replaceChildren(weightGrid({ letters, rows, endTitle: "bits", nouns, read }));
      read(null);
      sums.textContent = sumsOf(answer);
      // Room for the longest answer so far: what stands below does not move while the dial turns.
      if (room.word !== word) room = { word, rows: letters.length + 1 };
      room.rows = Math.max(room.rows, rows.length);
      picture.style.setProperty("--rows", String(room.rows));
      return mean;
    },
  };
}
