// Chapter 8: type a word, see which letters the attention model reads for each phoneme.
// The same word goes through the fixed-vector model below.

import { greedy, loadModel } from "../../web/engine/engine.js";
import { announcer } from "../parts/announcer.js";
import { compareNearest } from "../parts/compare.js";
import { eachFrame, element, prepare } from "../parts/elements.js";
import { stateOf } from "../parts/state.js";
import {
  alternatives,
  answerRow,
  GAP,
  markedTokens,
  unmarked,
  verdict,
  vocabulary,
} from "../parts/tokens.js";
import { fitCells, sentence, weightGrid } from "../parts/weight_grid.js";
import { legend, wordField } from "../parts/word_field.js";

/** @typedef {import("../parts/state.js").State} State */
/** @typedef {import("../../web/engine/types.js").Model} Model */
/** @typedef {import("../../web/engine/types.js").Answer} Answer */
/** @typedef {Omit<Answer, "tokens"> & {tokens: string[]}} Said */

/**
 * A function that has a word pronounced by both models.
 * @param {State} state
 * @param {import("../parts/tokens.js").Vocabulary} letters
 * @returns {(word: string) => {attention: Said, fixed: Said}}
 */
function speaker(state, letters) {
  const phonemes = vocabulary(state.get("target_symbols"));
  const attention = loadModel(state.get("attention"));
  const fixed = loadModel(state.get("fixed"));
  return (word) => {
    const source = letters.encode([...word]);
    const say = (/** @type {Model} */ model) => {
      const said = greedy(model, source, state.get("max_phonemes"));
      return { ...said, tokens: phonemes.decode(said.tokens) };
    };
    return { attention: say(attention), fixed: say(fixed) };
  };
}

/**
 * One model's answer, marked against the dictionary if it has the word.
 * @param {"attention" | "fixed"} kind
 * @param {string} who
 * @param {Said} said
 * @param {string[][] | null} known
 * @param {number} most phonemes before a model is stopped
 */
function answerOf(kind, who, { tokens, finished }, known, most) {
  const pairs = known ? compareNearest(tokens, known) : unmarked(tokens);
  const cut = finished ? "" : `stopped after ${most} phonemes`;
  const note = [known ? verdict(pairs) : "", cut].filter(Boolean).join("; ");
  return answerRow(kind, who, note, markedTokens(pairs, { separator: GAP }));
}

/**
 * The answers of both models under that of the dictionary.
 * @param {State} state
 * @param {string} word
 * @param {{attention: Said, fixed: Said}} said
 */
function answersTo(state, word, { attention, fixed }) {
  const [references, most] = [state.get("references"), state.get("max_phonemes")];
  const known = Object.hasOwn(references, word) ? references[word] : null;
  const rows = [
    answerOf("attention", "With attention", attention, known, most),
    answerOf("fixed", "One fixed vector", fixed, known, most),
  ];
  if (!known) return rows;
  const listed = element("span", { class: "bw-tokens", text: alternatives(known) });
  return [answerRow("reference", state.get("reference_name"), "", listed), ...rows];
}

/**
 * The weights as a grid, with a line of text under it. Returns {picture, reading, draw(word, said)}.
 * @param {Record<string, string>} sounds
 */
function gridAndReading(sounds) {
  const picture = element("div", { class: "bw-picture" });
  const reading = element("p", { class: "bw-reading" });
  return {
    picture,
    reading,
    /** @type {(word: string, said: Said) => void} */
    draw(word, { tokens, logProbs, weights }) {
      const letters = [...word];
      const rows = tokens.map((name, i) => ({
        name,
        gloss: sounds[name],
        sure: Math.exp(logProbs[i]),
        weights: weights[i] ?? [],
      }));
      /** @param {import("../parts/grid_focus.js").Position | null} position */
      const read = (position) => {
        reading.textContent = sentence(position, letters, rows);
      };
      const nothing = "The attention model says nothing at all for this word.";
      picture.replaceChildren(
        rows.length ? weightGrid({ letters, rows, read }) : element("p", { text: nothing }),
      );
      read(null);
    },
  };
}

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const id = prepare(el, "explorer");
  el.classList.add("bw-words");
  const state = stateOf(model);
  const letters = vocabulary(state.get("source_symbols"));
  const [sounds, maxLetters] = [state.get("sounds"), state.get("max_letters")];
  const saidOf = speaker(state, letters);

  const soon = eachFrame(draw);
  const field = wordField(id, {
    letters,
    maxLetters,
    examples: state.get("examples"),
    word: state.get("word"),
    hint: `Up to ${maxLetters} letters. Both models answer here, in the page.`,
    onInput: soon,
    onDone: draw,
  });
  const { picture, reading, draw: drawGrid } = gridAndReading(sounds);
  const answers = element("div", { class: "bw-answers" });
  const result = element("div", { class: "bw-result" }, picture, reading, answers);
  const voice = announcer();
  el.append(...field.nodes, result, voice.node);
  if (Object.keys(sounds).length) el.append(legend(sounds));

  let shown = "";
  function draw() {
    const word = field.check();
    result.classList.toggle("is-stale", word === null);
    if (word === null) {
      voice.stop();
      return;
    }
    if (word !== shown) show(word);
    if (state.get("word") !== word) state.keep({ word });
  }

  /** @param {string} word */
  function show(word) {
    const said = saidOf(word);
    drawGrid(word, said.attention);
    answers.replaceChildren(...answersTo(state, word, said));
    shown = word;
    el.dataset.word = word;
    const [one, other] = [said.attention, said.fixed].map(({ tokens }) => tokens.join(" "));
    voice.say(`${word}. With attention: ${one}. One fixed vector: ${other}.`);
  }

  state.follow(["word"], () => {
    if (state.get("word") === field.word) return;
    field.word = state.get("word");
    draw();
  });
  draw();
  const fit = fitCells(el, picture);
  state.atEnd(() => fit.disconnect(), soon.cancel, voice.stop);
  return state.stop;
}

export default { render };
