// Chapter 11: one attention map a head for the reader's sentence; the weights are drawn at random.

import { entropy } from "../../web/engine/arithmetic.js";
import { announcer } from "../parts/announcer.js";
import { eachFrame, element, prepare, whenResized } from "../parts/elements.js";
import { counted, sum } from "../parts/numbers.js";
import { whenThemeChanges } from "../parts/pixels.js";
import { stateOf } from "../parts/state.js";
import { textField } from "../parts/text_field.js";
import { board } from "./heads_board.js";
import { controls, HEADS } from "./heads_controls.js";
import { costs } from "./heads_cost.js";
import { attentionMaps, fill, LONGEST, PAD, split } from "./heads_maths.js";

/** @typedef {import("./heads_maths.js").Settings} Settings */

const UNTRAINED =
  "These weights are as drawn at random, not trained. A word's 64 numbers come from a hash of its " +
  "letters: the same word has the same numbers. The matrices of each head are drawn once in the " +
  "same way. So the maps say nothing about language. They show what the controls do.";
const EMPTY = "Type at least one word, for example the cat sleeps.";

/** @type {(keyof Settings)[]} */
const NAMES = ["length", "heads", "d_k", "mask", "padded", "scaled", "temperature", "positions"];

/**
 * The state as it may be drawn: there are never more padded places than places.
 * @param {import("../parts/state.js").State} state
 */
function settingsOf(state) {
  const now = /** @type {Settings} */ (
    Object.fromEntries(NAMES.map((name) => [name, state.get(name)]))
  );
  now.padded = Math.min(now.padded, now.length);
  return now;
}

/**
 * The settings and how spread the weights are, in words. Rows of padding do not count.
 * @param {Settings} now
 * @param {string[]} tokens
 * @param {import("./heads_words.js").Maps} maps
 */
function summary({ length, heads, mask, positions }, tokens, maps) {
  const rows = maps.flatMap((one) => one.filter((_, t) => tokens[t] !== PAD));
  const mean = sum(rows.map((row) => entropy(row))) / Math.max(rows.length, 1);
  const sizes = `${counted(length, "token")}, ${counted(heads, "head")}`;
  return (
    `${sizes}, mask ${mask}, positions ${positions}. ` + `Mean entropy ${mean.toFixed(2)} bits.`
  );
}

/**
 * The field for the sentence.
 * @param {string} id
 * @param {import("../parts/state.js").State} state
 * @param {() => void} soon
 */
const sentenceField = (id, state, soon) =>
  textField(id, {
    name: "sentence",
    label: "Type a sentence",
    hint: `Its first N words count, ${LONGEST} at most. A shorter sentence begins again.`,
    examples: state.get("examples"),
    text: state.get("sentence"),
    describedBy: `${id}-untrained`,
    attributes: { class: "bw-sentence" },
    onInput: soon,
    onDone: soon,
  });

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const id = prepare(el, "heads-dial");
  const state = stateOf(model);
  const soon = eachFrame(draw);
  const { nodes, input: field, warn } = sentenceField(id, state, soon);
  const dials = controls(id, state.keep);
  const maps = board(el);
  const cost = costs(LONGEST, HEADS[HEADS.length - 1]);
  const result = element("div", { class: "bw-result" }, ...maps.nodes, cost.node);
  const voice = announcer();
  const untrained = { id: `${id}-untrained`, class: "bw-untrained", text: UNTRAINED };
  el.append(element("p", untrained), ...nodes, dials.node, result, voice.node);

  function draw() {
    const now = settingsOf(state);
    const typed = split(field.value);
    result.classList.toggle("is-stale", !typed.length);
    warn(typed.length ? null : EMPTY);
    dials.show(now);
    cost.draw(now);
    if (!typed.length) return;
    if (state.get("sentence") !== field.value) state.keep({ sentence: field.value });
    const tokens = fill(typed, now.length, now.mask === "padding" ? now.padded : 0);
    const weights = attentionMaps(tokens, now);
    maps.draw(tokens, weights);
    el.dataset.state = JSON.stringify(now);
    voice.say(() => `${summary(now, tokens, weights)} ${maps.reading()}`);
  }

  state.follow(["sentence"], () => {
    if (field.value !== state.get("sentence")) field.value = state.get("sentence");
    soon();
  });
  state.follow(NAMES, soon);
  draw();
  const fit = () => {
    maps.fit();
    cost.fit();
  };
  state.atEnd(whenThemeChanges(soon), whenResized([el], fit), soon.cancel, voice.stop);
  return state.stop;
}

export default { render };
