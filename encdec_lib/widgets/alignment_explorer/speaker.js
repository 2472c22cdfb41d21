// What has a word's tokens pronounced: the book's models, or those that the reader has trained in
// another figure of the page.

import { greedy, loadModel } from "../../web/engine/engine.js";
import { vocabulary } from "../parts/tokens.js";
import { ownModel, readsAndWrites } from "../parts/trainer/handover.js";

/** @typedef {import("../parts/state.js").State} State */
/** @typedef {import("../../web/engine/types.js").Model} Model */
/** @typedef {import("../../web/engine/types.js").Answer} Answer */
/** @typedef {import("../../web/engine/types.js").Exported} Exported */
/** @typedef {Omit<Answer, "tokens"> & {tokens: string[]}} Said */
/** @typedef {{attention: Said, fixed: Said | null}} BothSaid */
/** @typedef {{attention: Exported, fixed: Exported | null}} Both */

/**
 * Returns {say, own}: what has tokens pronounced, and the reader's choice of models.
 * @param {State} state
 * @param {Both} ours
 * @param {import("../parts/tokens.js").Vocabulary} letters
 * @param {() => void} onOther hears that the models are others
 */
export function speaker(state, ours, letters, onOther) {
  const [source, target] = [state.get("source_symbols"), state.get("target_symbols")];
  const phonemes = vocabulary(target);
  const loaded = (/** @type {Both} */ both) => ({
    attention: loadModel(both.attention),
    fixed: both.fixed && loadModel(both.fixed),
  });
  let models = loaded(ours);
  const needs = ours.fixed ? ["attention", "fixed"] : ["attention"];
  /** @param {import("../parts/trainer/handover.js").Trained | null} trained */
  const use = (trained) => {
    const theirs = trained?.models;
    models = theirs
      ? loaded({ attention: theirs.attention, fixed: ours.fixed && theirs.fixed })
      : loaded(ours);
    onOther();
  };
  const own = ownModel("letters to sounds", needs, use, {
    fits: ({ models: theirs }) =>
      needs.every((name) => readsAndWrites(theirs[name], source.length, target.length)),
  });
  /** @param {string[]} tokens @returns {BothSaid} */
  const say = (tokens) => {
    const ids = letters.encode(tokens);
    const answer = (/** @type {Model} */ model) => {
      const said = greedy(model, ids, state.get("max_phonemes"));
      return { ...said, tokens: phonemes.decode(said.tokens) };
    };
    return { attention: answer(models.attention), fixed: models.fixed && answer(models.fixed) };
  };
  return { say, own };
}
