// Chapter 6: a sentence grows with a slider; both models translate it in the page, and a point
// moves along the measured curve of quality against length.

import { greedy, loadModel } from "../../web/engine/engine.js";
import { announcer } from "../parts/announcer.js";
import { compare, compareNearest } from "../parts/compare.js";
import { eachFrame, element, prepare, whenResized } from "../parts/elements.js";
import { slider } from "../parts/slider.js";
import { stateOf } from "../parts/state.js";
import { answerRow, markedTokens, unmarked, verdict, vocabulary } from "../parts/tokens.js";
import { MODELS, qualityChart } from "./quality_chart.js";

/** @typedef {import("../parts/state.js").State} State */
/** @typedef {import("../parts/compare.js").Pair} Pair */
/** @typedef {{source: string[], references: string[][]}} Sentence */
/** @typedef {{key: string, name: string, finished: boolean, pairs: Pair[]}} Answer */

/**
 * A function that has sentence k translated by both models, once.
 * @param {State} state
 * @param {Sentence[]} sentences
 * @returns {(k: number) => Answer[]}
 */
function translator(state, sentences) {
  const english = vocabulary(state.get("source_symbols"));
  const korean = vocabulary(state.get("target_symbols"));
  const models = MODELS.map(({ key, name }) => ({ key, name, model: loadModel(state.get(key)) }));
  /** @type {Map<number, Answer[]>} */
  const done = new Map();
  return (k) => {
    const { source, references } = sentences[k];
    const ids = english.encode(source);
    const answers =
      done.get(k) ??
      models.map(({ key, name, model }) => {
        const { tokens, finished } = greedy(model, ids, state.get("max_tokens"));
        return { key, name, finished, pairs: compareNearest(korean.decode(tokens), references) };
      });
    done.set(k, answers);
    return answers;
  };
}

/**
 * A sentence whose words that were not in the one before it are marked.
 * @param {string[]} source
 * @param {string[]} before
 */
function grown(source, before) {
  const words = element("span", { class: "bw-tokens" });
  for (const { kind, answer } of compare(source, before)) {
    const fresh = kind === "right" ? null : "bw-new";
    if (answer !== null) words.append(element("span", { class: fresh, text: answer }), " ");
  }
  return words;
}

/**
 * The rows under the slider: the sentence, the right answer, those of both models.
 * @param {string[]} source
 * @param {string[]} before the sentence that was shown before
 * @param {string[]} reference
 * @param {Answer[]} answers
 * @param {{gloss: Record<string, string>, most: number}} options
 */
function rowsOf(source, before, reference, answers, { gloss, most }) {
  const korean = `Korean, ${reference.length} tokens`;
  return [
    answerRow("source", "English", `${source.length} tokens`, grown(source, before)),
    answerRow("reference", "Right answer", korean, markedTokens(unmarked(reference), { gloss })),
    ...answers.map(({ key, name, pairs, finished }) => {
      const note = `${verdict(pairs)}${finished ? "" : `; stopped after ${most}`}`;
      return answerRow(key, name, note, markedTokens(pairs, { gloss }));
    }),
  ];
}

/**
 * A box that shows and hides the meanings, where there are any.
 * @param {HTMLElement} el
 * @param {Record<string, string>} gloss
 */
function glossBox(el, gloss) {
  if (!Object.keys(gloss).length) return null;
  const box = element("input", {
    type: "checkbox",
    on: { change: () => el.classList.toggle("is-plain", !box.checked) },
  });
  box.checked = true;
  return element("label", { class: "bw-gloss-switch" }, box, " meaning under each word");
}

/**
 * A slider that stops only at lengths of which there is a sentence. A key goes to the next one.
 * @param {string} id
 * @param {[number, number]} range
 * @param {number[]} lengths in order
 * @param {(length: number) => void} onChoose
 */
function lengthSlider(id, [min, max], lengths, onChoose) {
  /** @param {number} length */
  const nearest = (length) =>
    lengths.reduce(
      (best, one, k) => (Math.abs(one - length) < Math.abs(lengths[best] - length) ? k : best),
      0,
    );
  /** @param {number} k */
  const choose = (k) => {
    const length = lengths[Math.min(Math.max(k, 0), lengths.length - 1)];
    dial.input.value = String(length);
    onChoose(length);
  };
  const dial = slider(`${id}-length`, {
    label: "Source length",
    min,
    max,
    valueClass: "bw-length",
    onInput: (value) => choose(nearest(value)),
  });
  dial.input.addEventListener("keydown", (event) => {
    const k = nearest(Number(dial.input.value));
    const target = {
      ArrowRight: k + 1,
      ArrowUp: k + 1,
      ArrowLeft: k - 1,
      ArrowDown: k - 1,
      PageUp: k + 3,
      PageDown: k - 3,
      Home: 0,
      End: lengths.length - 1,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    choose(target);
  });
  return { ...dial, nearest };
}

/**
 * Chart, slider and rows, one under the other.
 * @param {HTMLElement} el
 * @param {Record<"frame" | "rows" | "voice" | "bar" | "input", Node>} nodes
 */
function arrange(el, { frame, rows, voice, bar, input }) {
  const names = MODELS.map(({ key, name }) =>
    element("span", { class: `is-${key}`, text: name.toLowerCase() }),
  );
  el.append(
    element("div", { class: "bw-key" }, ...names),
    frame,
    element("div", { class: "bw-track" }, input),
    bar,
    rows,
    voice,
  );
}

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const id = prepare(el, "dial");
  const state = stateOf(model);
  /** @type {Sentence[]} */
  const sentences = state.get("sentences");
  const [gloss, curve] = [state.get("gloss"), state.get("curve")];
  const known = sentences.map(({ source }) => source.length);
  const from = Math.min(...known, ...curve.lengths);
  const to = Math.max(...known, ...curve.lengths);

  const quality = state.get("quality");
  const chart = qualityChart({ lengths: curve.lengths, curves: curve, quality, from, to });
  const frame = element("div", { class: "bw-plot" }, chart.node);
  const dial = lengthSlider(id, [from, to], known, (length) => state.keep({ length }));
  const rows = element("div", { class: "bw-answers" });
  const voice = announcer();
  const bar = dial.bar(glossBox(el, gloss));
  arrange(el, { frame, rows, voice: voice.node, bar, input: dial.input });

  const translated = translator(state, sentences);
  let shown = -1;
  function draw() {
    const k = dial.nearest(state.get("length"));
    const length = known[k];
    dial.show(length, `${length} tokens`); // always at a sentence
    chart.moveTo(length);
    if (k === shown) return;
    const { source, references } = sentences[k];
    const before = shown < 0 || known[shown] > length ? source : sentences[shown].source;
    const answers = translated(k);
    const options = { gloss, most: state.get("max_tokens") };
    rows.replaceChildren(...rowsOf(source, before, references[0], answers, options));
    shown = k;
    el.dataset.length = String(length);
    const said = answers.map(({ name, pairs }) => `${name}: ${verdict(pairs)}.`);
    voice.say(`${length} tokens. ${said.join(" ")}`);
  }

  const soon = eachFrame(draw);
  state.follow(["length"], soon);
  state.atEnd(soon.cancel, voice.stop);
  draw();
  state.atEnd(whenResized([frame], () => chart.fit(frame.clientWidth)));
  return state.stop;
}

export default { render };
