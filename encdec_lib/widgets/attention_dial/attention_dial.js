// Chapters 7 and 9: one word, one model of several, and a temperature for its scores.

import { announcer } from "../parts/announcer.js";
import { choice } from "../parts/choices.js";
import { compare } from "../parts/compare.js";
import { eachFrame, element, prepare } from "../parts/elements.js";
import { stateOf } from "../parts/state.js";
import { acceptedFor, vocabulary } from "../parts/tokens.js";
import { orOwn } from "../parts/trainer/lent.js";
import { fitCells } from "../parts/weight_cells.js";
import { legend, wordField } from "../parts/word_field.js";
import { answerRows, gridView, judged } from "./answer_view.js";
import { ownScores } from "./own_scores.js";
import { readersOf } from "./readers.js";
import { degrees, thermometer } from "./thermometer.js";

/** @typedef {import("../parts/state.js").State} State */

/** @param {string} text */
const capitalised = (text) => text[0].toUpperCase() + text.slice(1);

/**
 * What is shown of an answer. Returns {node, picture, draw(…)}; draw() gives it in words.
 * @param {State} state
 */
function resultView(state) {
  const phonemes = vocabulary(state.get("target_symbols"));
  const ruled = Boolean(state.get("right"));
  const isListed = ruled || Object.keys(state.get("references")).length > 0;
  const answers = element("div", { class: "bw-answers" });
  const nouns = ruled ? { column: "letter", row: "letter" } : undefined;
  const grid = gridView(state.get("sounds"), nouns);
  return {
    node: element("div", { class: "bw-result" }, answers, ...grid.nodes),
    picture: grid.picture,
    /** @type {(word: string, reader: import("./readers.js").Reader, temperature: number) => string} */
    draw(word, reader, temperature) {
      const { name } = reader;
      const answer = reader.say(word, temperature);
      const tokens = phonemes.decode(answer.tokens);
      const before = phonemes.decode(reader.say(word, 1).tokens);
      const known = acceptedFor(state, word);
      const pairs = compare(tokens, before);
      const count = pairs.filter(({ kind }) => kind !== "right").length;
      const changes = count ? `${count} changed` : "the same";
      const changed = temperature === 1 ? "as above" : changes;
      const cut = answer.finished ? "" : `cut off at ${state.get("max_phonemes")}`;
      const note = judged(tokens, known, { cut, ruled });
      const listed = isListed ? { name: state.get("reference_name"), known } : null;
      answers.replaceChildren(...answerRows({ name, note, changed, pairs, before }, listed));
      const mean = grid.draw(word, answer, tokens, pairs);
      const at = temperature === 1 ? "" : `, temperature ${degrees(temperature)}`;
      const said = `${tokens.join(" ") || "nothing"}${note ? `, ${note}` : ""}`;
      const against = temperature === 1 ? "" : `Against temperature 1: ${changes}. `;
      return `${word}, ${name}${at}: ${said}. ${against}Mean entropy ${mean}.`;
    },
  };
}

/**
 * The word, the model and the temperature.
 * @param {string} id
 * @param {State} state
 * @param {import("../parts/tokens.js").Vocabulary} letters
 * @param {{soon: () => void, done: () => void}} draw while something moves, and once it stands
 */
function controlsOf(id, state, letters, { soon, done }) {
  const maxLetters = state.get("max_letters");
  /** @type {string[]} */
  const names = state.get("models").map((/** @type {{name: string}} */ { name }) => name);
  const field = wordField(id, {
    letters,
    maxLetters,
    examples: state.get("examples"),
    word: state.get("word"),
    noun: state.get("noun"),
    hint: `Up to ${maxLetters} letters. The models answer here, in the page.`,
    onInput: soon,
    onDone: done,
  });
  const dial = thermometer(id, {
    onInput: (temperature) => state.keep({ temperature }),
    onDone: done,
  });
  const choices = choice(
    `${id}-model`,
    capitalised(state.get("choose")),
    names.map((name) => [name, name]),
    (chosen) => {
      state.keep({ chosen });
      done();
    },
  );
  return { field, dial, choices };
}

/** @param {import("../parts/state.js").Host} host */
function mount({ model, el }) {
  const id = prepare(el, "attention-dial");
  el.classList.add("bw-words");
  const state = stateOf(model);
  const letters = vocabulary(state.get("source_symbols"));
  const readers = readersOf(state.get("models"), letters, state.get("max_phonemes"));
  const sounds = state.get("sounds");

  const soon = eachFrame(draw);
  const { field, dial, choices } = controlsOf(id, state, letters, { soon, done });
  const result = resultView(state);
  const voice = announcer();
  el.append(...field.nodes, choices.node, dial.node, result.node, voice.node);
  if (Object.keys(sounds).length) el.append(legend(sounds));

  let words = "";
  let shown = "";
  function draw() {
    const reader = readers.find(({ name }) => name === state.get("chosen")) ?? readers[0];
    const { unmoved } = reader;
    dial.show(state.get("temperature"), reader.name, unmoved);
    choices.show(reader.name);
    const word = field.check();
    result.node.classList.toggle("is-stale", word === null);
    if (word === null) return;
    if (state.get("word") !== word) state.keep({ word });
    const temperature = unmoved ? 1 : state.get("temperature");
    const key = JSON.stringify([word, reader.name, temperature]);
    if (key === shown) return;
    shown = key;
    words = result.draw(word, reader, temperature);
    Object.assign(el.dataset, { word, chosen: reader.name, temperature: degrees(temperature) });
  }

  /** Draws at once, and says it: once a word stands, a button is pressed or the slider is let go. */
  function done() {
    draw();
    voice.sayNow(words);
  }

  state.follow(["word"], () => {
    if (state.get("word") !== field.word) field.word = state.get("word");
    soon();
  });
  state.follow(["chosen", "temperature"], soon);
  draw();
  const fit = fitCells(el, result.picture);
  state.atEnd(() => fit.disconnect(), soon.cancel, voice.stop);
  return state.stop;
}

/** @param {import("../parts/state.js").Host} host */
const render = (host) => orOwn(host, ownScores(host.model), mount);

export default { render };
