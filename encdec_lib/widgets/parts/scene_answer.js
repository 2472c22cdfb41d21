// What a captioner wrote of a scene, beside the caption that is true by the rule.

import { compare } from "./compare.js";
import { element } from "./elements.js";
import { answerRow, markedTokens, unmarked } from "./tokens.js";

export const EMPTY = "The canvas is empty: choose a digit from the row above to place it here.";
const UNCLEAR =
  "No caption: seen from one digit, the subject is about as far across as it is up or down.";

/**
 * Tokens as a sentence: no space before a comma.
 * @param {string[]} tokens
 */
const sentence = (tokens) => tokens.join(" ").replaceAll(" ,", ",");

/**
 * The tokens compared with the true caption, where there is one.
 * @param {string[]} tokens
 * @param {string[] | null} truth
 */
export const pairsOf = (tokens, truth) => (truth ? compare(tokens, truth) : unmarked(tokens));

/**
 * The tokens of a caption, marked; no space before a comma.
 * @param {import("./compare.js").Pair[]} pairs
 */
export function markedCaption(pairs) {
  const list = markedTokens(pairs);
  for (const token of list.querySelectorAll(".bw-token")) {
    if (token.textContent === ",") token.previousSibling?.remove();
  }
  return list;
}

/**
 * The row with the true caption, or that there is none.
 * @param {string[] | null} truth
 */
export function truthRow(truth) {
  const said = truth
    ? element("span", { class: "bw-tokens", text: sentence(truth) })
    : element("span", { class: "bw-hint", text: UNCLEAR });
  return answerRow("reference", "By the rule", "", said);
}

/**
 * "probability 12%" of a whole answer.
 * @param {ArrayLike<number>} logProbs of its tokens
 */
export function probability(logProbs) {
  const sure = Math.exp(Array.from(logProbs).reduce((sum, p) => sum + p, 0));
  return `probability ${Math.round(100 * sure)}%`;
}

/**
 * Both captions for a screen reader.
 * @param {string[]} tokens
 * @param {string[] | null} truth
 */
export const spokenAnswer = (tokens, truth) =>
  `The model says: ${sentence(tokens)}. ${truth ? `By the rule: ${sentence(truth)}.` : UNCLEAR}`;
