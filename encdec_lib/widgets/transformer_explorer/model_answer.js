// What the model writes for one source, and how it is shown beside the accepted answers.

import { greedy } from "../../web/engine/engine.js";
import { compareNearest } from "../parts/compare.js";
import { element } from "../parts/elements.js";
import { alternatives, answerRow, GAP, markedTokens, unmarked, verdict } from "../parts/tokens.js";

/** @typedef {import("../parts/head_pictures.js").HeadMap} HeadMap */
/** @typedef {import("../parts/tokens.js").Vocabulary} Vocabulary */

/**
 * @typedef {object} ModelAnswer
 * @property {string} text of the source
 * @property {string[]} tokens of the source
 * @property {string[]} written by the model
 * @property {string} said the same as one text
 * @property {string[]} names of its steps: what it wrote, and the end
 * @property {number[]} sure the probability of each step
 * @property {string} note what is right and wrong with it
 * @property {Record<import("./map_view.js").Attention, HeadMap[]>} maps one a layer
 * @property {HTMLElement[]} rows to show
 */

/**
 * @param {ReturnType<typeof import("../../web/engine/engine.js").loadModel>} model
 * @param {{text: string, tokens: string[]}} source
 * @param {object} options
 * @param {Vocabulary} options.source
 * @param {Vocabulary} options.target
 * @param {number} options.maxTarget
 * @param {string[][] | null} options.accepted answers, where they are known
 * @param {string} options.referenceName
 * @param {Record<string, string>} options.gloss of the tokens that are written
 * @param {import("../parts/reading.js").Reading | null} options.writing of a reader's own data
 * @returns {ModelAnswer}
 */
export function answerOf(
  model,
  { text, tokens },
  { source, target, maxTarget, accepted, referenceName, gloss, writing },
) {
  const said = greedy(model, source.encode(tokens), maxTarget);
  const written = target.decode(said.tokens);
  const pairs = accepted ? compareNearest(written, accepted) : unmarked(written);
  const cut = said.finished ? "" : `stopped after ${maxTarget} tokens`;
  const note = [accepted ? verdict(pairs) : "", cut].filter(Boolean).join("; ");
  const plain = writing && !accepted ? writing.join(written) : "";
  const marked =
    pairs.length && !plain
      ? markedTokens(pairs, { separator: GAP, gloss })
      : element("span", { class: "bw-tokens", text: plain || "nothing" });
  const rows = [answerRow("attention", "The model writes", note, marked)];
  if (accepted) {
    const right = element("span", { class: "bw-tokens", text: alternatives(accepted) });
    rows.unshift(answerRow("reference", referenceName, "", right));
  }
  return {
    text,
    tokens,
    written,
    said: writing?.join(written) ?? written.join(" "),
    names: said.finished ? [...written, "end"] : written,
    sure: said.logProbs.map(Math.exp),
    note,
    maps: { encoder: said.maps.encoder, decoder: said.maps.own, cross: said.maps.cross },
    rows,
  };
}
