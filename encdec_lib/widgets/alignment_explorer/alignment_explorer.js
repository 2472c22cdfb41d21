// Chapter 8: type a word, see which letters the attention model reads for each phoneme.
// The same word goes through the fixed-vector model below, where there is one. With a reader's own
// data a text is typed, and cut into tokens as the data were. Models that the reader has trained in
// another figure of the page may take the place of both.

import { announcer } from "../parts/announcer.js";
import { compareNearest } from "../parts/compare.js";
import { eachFrame, element, prepare } from "../parts/elements.js";
import { ruleOf } from "../parts/reading.js";
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
import { fitCells } from "../parts/weight_cells.js";
import { sentence, weightGrid } from "../parts/weight_grid.js";
import { whenAsked } from "../parts/when_asked.js";
import { legend, wordField } from "../parts/word_field.js";
import { speaker } from "./speaker.js";

/** @typedef {import("../parts/state.js").State} State */
/** @typedef {import("../parts/reading.js").Reading} Reading */
/** @typedef {import("./speaker.js").Said} Said */
/** @typedef {import("./speaker.js").BothSaid} BothSaid */

/**
 * One model's answer, marked against the dictionary if it has the word.
 * @param {"attention" | "fixed"} kind
 * @param {string} who
 * @param {Said} said
 * @param {string[][] | null} known
 * @param {{most: number, writing: Reading | null}} limits phonemes before a model is stopped
 */
function answerOf(kind, who, { tokens, finished }, known, { most, writing }) {
  const pairs = known ? compareNearest(tokens, known) : unmarked(tokens);
  const cut = finished ? "" : `stopped after ${most} ${writing?.unit ?? "phonemes"}`;
  const note = [known ? verdict(pairs) : "", cut].filter(Boolean).join("; ");
  const text = writing && !known ? writing.join(tokens) || "nothing" : null;
  const answer = text
    ? element("span", { class: "bw-tokens", text })
    : markedTokens(pairs, { separator: GAP });
  return answerRow(kind, who, note, answer);
}

/**
 * The answers of both models under that of the dictionary.
 * @param {State} state
 * @param {string} word
 * @param {BothSaid} said
 * @param {Reading | null} writing
 */
function answersTo(state, word, { attention, fixed }, writing) {
  const references = state.get("references");
  const limits = { most: state.get("max_phonemes"), writing };
  const known = Object.hasOwn(references, word) ? references[word] : null;
  const rows = [answerOf("attention", "With attention", attention, known, limits)];
  if (fixed) rows.push(answerOf("fixed", "One fixed vector", fixed, known, limits));
  if (!known) return rows;
  const listed = element("span", { class: "bw-tokens", text: alternatives(known) });
  return [answerRow("reference", state.get("reference_name"), "", listed), ...rows];
}

/**
 * The weights as a grid, with a line of text under it. Returns {picture, reading, draw(letters, said)}.
 * @param {Record<string, string>} sounds
 * @param {import("../parts/weight_grid.js").Nouns | undefined} nouns
 */
function gridAndReading(sounds, nouns) {
  const picture = element("div", { class: "bw-picture" });
  const reading = element("p", { class: "bw-reading" });
  return {
    picture,
    reading,
    /** @type {(letters: string[], said: Said) => void} */
    draw(letters, { tokens, logProbs, weights }) {
      const rows = tokens.map((name, i) => ({
        name,
        gloss: sounds[name],
        sure: Math.exp(logProbs[i]),
        weights: weights[i] ?? [],
      }));
      /** @param {import("../parts/grid_focus.js").Position | null} position */
      const read = (position) => {
        reading.textContent = sentence(position, letters, rows, nouns);
      };
      const nothing = `The attention model says nothing at all for this ${nouns ? "text" : "word"}.`;
      picture.replaceChildren(
        rows.length ? weightGrid({ letters, rows, nouns, read }) : element("p", { text: nothing }),
      );
      read(null);
    },
  };
}

/**
 * @param {State} state
 * @param {Reading | null} reading
 */
function hintOf(state, reading) {
  const who = state.get("fixed").encoder ? "Both models answer" : "The model answers";
  return `Up to ${state.get("max_letters")} ${reading?.unit ?? "letters"}. ${who} here, in the page.`;
}

/** @type {(word: string, said: BothSaid, writing: Reading | null) => string} */
function spokenAnswer(word, { attention, fixed }, writing) {
  const inWords = (/** @type {Said} */ { tokens }) =>
    writing ? writing.join(tokens) : tokens.join(" ");
  const other = fixed ? ` One fixed vector: ${inWords(fixed)}.` : "";
  return `${word}. With attention: ${inWords(attention)}.${other}`.replace(/([.!?])\./g, "$1");
}

/** What a column and a row are called. @type {(reading: Reading | null, writing: Reading | null) => any} */
const nounsOf = (reading, writing) =>
  reading || writing
    ? { column: reading?.noun ?? "letter", row: writing?.noun ?? "phoneme" }
    : undefined;

/**
 * The figure itself, once its models are there.
 * @param {HTMLElement} el
 * @param {string} id
 * @param {State} state
 * @param {import("./speaker.js").Both} models
 */
function explorer(el, id, state, models) {
  const letters = vocabulary(state.get("source_symbols"));
  const [sounds, maxLetters] = [state.get("sounds"), state.get("max_letters")];
  const [reading, writing] = [ruleOf(state, "reading"), ruleOf(state, "writing")];
  let shown = "";
  const soon = eachFrame(draw);
  const field = wordField(id, {
    letters,
    maxLetters,
    reading,
    examples: state.get("examples"),
    word: state.get("word"),
    hint: hintOf(state, reading),
    onInput: soon,
    onDone: draw,
  });
  const nouns = nounsOf(reading, writing);
  const { picture, reading: line, draw: drawGrid } = gridAndReading(sounds, nouns);
  const answers = element("div", { class: "bw-answers" });
  const result = element("div", { class: "bw-result" }, picture, line, answers);
  const voice = announcer();
  const { say, own } = speaker(state, models, letters, () => {
    shown = "";
    soon();
  });
  el.append(...field.nodes, own.node, result, voice.node);
  if (Object.keys(sounds).length) el.append(legend(sounds));

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
    const said = say(field.tokens);
    drawGrid(field.tokens, said.attention);
    answers.replaceChildren(...answersTo(state, word, said, writing));
    shown = word;
    el.dataset.word = word;
    voice.say(spokenAnswer(word, said, writing));
  }

  state.follow(["word"], () => {
    if (state.get("word") === field.word) return;
    field.word = state.get("word");
    draw();
  });
  draw();
  const fit = fitCells(el, picture);
  state.atEnd(() => fit.disconnect(), soon.cancel, voice.stop, own.stop);
}

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const id = prepare(el, "explorer");
  el.classList.add("bw-words");
  const state = stateOf(model);
  const [attention, fixed] = [state.get("attention"), state.get("fixed")];
  const both = { attention, fixed: fixed.encoder ? fixed : null };
  whenAsked(el, state, {
    bytes: attention.data,
    label: state.get("ask"),
    show: (data) => explorer(el, id, state, { ...both, attention: { ...attention, data } }),
  });
  return state.stop;
}

export default { render };
