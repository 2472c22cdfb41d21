// Chapters 7 and 9: one word, one model of several, and a temperature for its scores.

import { greedy, loadModel } from "../../web/engine/engine.js";
import { compare, compareNearest } from "../parts/compare.js";
import { eachFrame, element, prepare, spoken, verdict, vocabulary } from "../parts/page.js";
import { fitCells, percent, sentence, weightGrid } from "../parts/weight_grid.js";
import { legend, wordField } from "../parts/word_field.js";

const GAP = "\u2002"; // between tokens

/** Why a temperature cannot change what a reader without scores does. */
const WITHOUT_SCORES = {
  last: "it reads the two ends of the word at every step",
  mean: "it gives every letter the same weight at every step",
  max: "it takes the largest number at each place of the vectors, at every step the same",
  position: "it reads the letter with the number of the step",
  content:
    "it reads the one letter with the highest score, and dividing all scores by one number " +
    "leaves the highest the highest",
};

const bits = (value) => value.toFixed(2);
const degrees = (value) => String(Number(value.toPrecision(2)));
const sum = (values) => values.reduce((a, b) => a + b, 0);

/** The slider: logarithmic, 0.1 to 10 with 1 in the middle. */
function thermometer(id, { onInput, onDone, reset }) {
  const slider = element("input", {
    id: `${id}-temperature`,
    type: "range",
    class: "bw-slider",
    min: -1,
    max: 1,
    step: 0.05,
    "aria-describedby": `${id}-why`,
    on: { input: onInput, change: onDone, dblclick: reset },
  });
  const shown = element("output", { for: slider.id, class: "bw-degrees" });
  const back = element("button", {
    type: "button",
    class: "bw-example",
    text: "Back to 1",
    on: { click: reset },
  });
  const why = element("p", { id: `${id}-why`, class: "bw-hint bw-why" });
  const node = element(
    "div",
    { class: "bw-thermometer" },
    element(
      "div",
      { class: "bw-bar" },
      element("label", { for: slider.id, text: "Temperature" }),
      shown,
      back,
    ),
    slider,
    element(
      "div",
      { class: "bw-scale", "aria-hidden": "true" },
      ...["0.1", "1", "10"].map((text) => element("span", { text })),
    ),
    why,
  );
  return {
    node,
    get value() {
      return 10 ** Number(slider.value);
    },
    show(temperature, name, reason) {
      if (Math.abs(10 ** Number(slider.value) - temperature) > 1e-9) {
        slider.value = Math.log10(temperature);
      }
      slider.disabled = back.disabled = Boolean(reason);
      node.classList.toggle("is-off", Boolean(reason));
      shown.textContent = degrees(temperature);
      slider.setAttribute("aria-valuetext", `temperature ${degrees(temperature)}`);
      why.textContent = reason
        ? `A temperature changes nothing in “${name}”: ${reason}.`
        : "Every score is divided by the temperature before the softmax. Low: one letter gets it " +
          "all. High: all letters in sight get the same.";
    },
  };
}

/** The tokens of an answer, those that temperature 1 would not have given marked; and the pairs. */
function marked(tokens, usual) {
  const pairs = compare(tokens, usual);
  const list = element("span", { class: "bw-tokens" });
  pairs.forEach(({ kind, answer, reference }, k) => {
    if (k) list.append(GAP);
    const note = {
      wrong: `changed, ${reference} at temperature 1`,
      extra: "new, not there at temperature 1",
      missing: "gone, there at temperature 1",
    }[kind];
    const token = element("span", {
      class: note ? `bw-token bw-${kind}` : "bw-token",
      title: note,
    });
    if (note) token.append(spoken(`[${note}: `));
    token.append(element("span", { class: "bw-said", text: answer ?? reference }));
    if (note) token.append(spoken("]"));
    list.append(token);
  });
  return { list, pairs };
}

function render({ model: shared, el }) {
  const id = prepare(el, "attention-dial");
  el.classList.add("bw-words");
  const letters = vocabulary(shared.get("source_symbols"));
  const phonemes = vocabulary(shared.get("target_symbols"));
  const exported = shared.get("models"),
    sounds = shared.get("sounds");
  const references = shared.get("references"),
    dictionary = shared.get("reference_name");
  const maxLetters = shared.get("max_letters"),
    maxPhonemes = shared.get("max_phonemes");
  const choose = shared.get("choose");

  const soon = eachFrame(draw);
  const field = wordField(id, {
    letters,
    maxLetters,
    examples: shared.get("examples"),
    word: shared.get("word"),
    hint: `Up to ${maxLetters} letters. The models answer here, in the page.`,
    onInput: soon,
    onDone: done,
  });
  const dial = thermometer(id, {
    onInput: () => keep({ temperature: dial.value }),
    onDone: done,
    reset: () => {
      keep({ temperature: 1 });
      done();
    },
  });
  const choices = exported.map(({ name }, k) =>
    element(
      "label",
      { class: "bw-choice" },
      element("input", {
        type: "radio",
        name: `${id}-model`,
        value: k,
        on: {
          change: () => {
            keep({ chosen: name });
            done();
          },
        },
      }),
      element("span", { text: name }),
    ),
  );
  const answers = element("div", { class: "bw-answers" });
  const spread = element("p", { class: "bw-spread" });
  const picture = element("div", { class: "bw-picture" });
  const reading = element("p", { class: "bw-reading" });
  const sums = element("p", { class: "bw-hint bw-sums" });
  const result = element("div", { class: "bw-result" }, answers, spread, reading, picture, sums);
  const announce = element("p", { class: "bw-spoken", "aria-live": "polite" });
  el.append(
    ...field.nodes,
    element(
      "fieldset",
      { class: "bw-choices" },
      element("legend", { text: choose[0].toUpperCase() + choose.slice(1) }),
      ...choices,
    ),
    dial.node,
    result,
    announce,
  );
  if (Object.keys(sounds).length) el.append(legend(sounds));

  function keep(changes) {
    for (const [name, now] of Object.entries(changes)) shared.set(name, now);
    shared.save_changes();
  }

  // A model's weights are read when it is first chosen, its answer at temperature 1 once a word.
  const models = exported.map(({ name, model }) => {
    const loaded = {
      name,
      read: model.settings.decoder.read,
      get model() {
        Object.defineProperty(loaded, "model", { value: loadModel(model) });
        return loaded.model;
      },
    };
    return loaded;
  });
  const usual = { word: null, answers: new Map() };

  function answerOf({ name, model }, word, temperature) {
    const run = () => greedy(model, letters.encode([...word]), maxPhonemes, { temperature });
    if (temperature !== 1) return run();
    if (usual.word !== word) Object.assign(usual, { word, answers: new Map() });
    if (!usual.answers.has(name)) usual.answers.set(name, run());
    return usual.answers.get(name);
  }

  function answerRow(kind, who, note, tokens) {
    return element(
      "div",
      { class: `bw-answer is-${kind}` },
      element(
        "span",
        { class: "bw-who" },
        who,
        element("span", { class: "bw-verdict", text: note }),
      ),
      tokens,
    );
  }

  const plain = (tokens) => element("span", { class: "bw-tokens", text: tokens.join(GAP) || "–" });

  /** Whether the dictionary has it, in words. */
  function judged(tokens, known, finished) {
    const cut = finished ? "" : `cut off at ${maxPhonemes}`;
    if (!known) return cut;
    const pairs = compareNearest(tokens, known);
    const right = pairs.every(({ kind }) => kind === "right")
      ? "as listed"
      : `not as listed: ${verdict(pairs)}`;
    return [right, cut].filter(Boolean).join("; ");
  }

  /** One row of the heat map a step; the step that ends the word is the last one. */
  function rowsOf(answer, pairs) {
    const here = pairs.filter(({ kind }) => kind !== "missing");
    const names = phonemes.decode(answer.tokens);
    return answer.weights.map((weights, i) => {
      const { kind, reference } = here[i] ?? { kind: "right" };
      const was = kind === "wrong" ? `${reference} at temperature 1` : "not there at temperature 1";
      return {
        name: names[i] ?? "end",
        gloss: sounds[names[i]],
        weights,
        window: answer.windows[i],
        sure: Math.exp(answer.logProbs[i]),
        mark: kind === "right" ? null : "≠",
        markSpoken: kind === "right" ? null : was,
        end: bits(answer.entropies[i]),
        endSpoken: `${bits(answer.entropies[i])} bits`,
      };
    });
  }

  /** What the weights of a row add up to. */
  function sumsOf({ weights, windows }) {
    const totals = weights.map(sum),
      least = Math.min(...totals);
    const windowed = windows[0]
      ? "Thick lines are the borders of the window, the notch is its centre. "
      : "";
    if (least > 0.9995) return `${windowed}The weights of a row add up to 100%.`;
    return (
      `${windowed}A bell lowers the weights at the rim after the softmax, whatever the ` +
      `temperature, so a row adds up to less than 100%: here ${percent(least)} to ` +
      `${percent(Math.max(...totals))}.`
    );
  }

  let words = "",
    shown = null,
    lines = { word: null, most: 0 };
  function draw() {
    const chosen = models.find(({ name }) => name === shared.get("chosen")) ?? models[0];
    const { scores } = chosen.model,
      temperature = shared.get("temperature");
    dial.show(temperature, chosen.name, scores ? null : WITHOUT_SCORES[chosen.read]);
    choices.forEach((label, k) => {
      label.querySelector("input").checked = models[k] === chosen;
    });
    const word = field.check();
    result.classList.toggle("is-stale", word === null);
    if (word === null) return;
    if (shared.get("word") !== word) keep({ word });
    const key = JSON.stringify([word, chosen.name, scores ? temperature : 1]);
    if (key !== shown) show(word, chosen, scores ? temperature : 1);
    shown = key;
  }

  function show(word, chosen, temperature) {
    const { name } = chosen,
      answer = answerOf(chosen, word, temperature);
    const atOne = answerOf(chosen, word, 1);
    const tokens = phonemes.decode(answer.tokens),
      before = phonemes.decode(atOne.tokens);
    const known = Object.hasOwn(references, word) ? references[word] : null;
    const { list, pairs } = marked(tokens, before);
    const rows = rowsOf(answer, pairs),
      split = [...word];
    const changes = pairs.filter(({ kind }) => kind !== "right").length;
    const changed = changes ? `${changes} changed` : "the same";
    const note = judged(tokens, known, answer.finished);
    answers.replaceChildren(
      answerRow("attention", name, note, pairs.length ? list : plain([])),
      answerRow(
        "fixed",
        "At temperature 1",
        temperature === 1 ? "as above" : changed,
        plain(before),
      ),
    );
    if (Object.keys(references).length) {
      const said = known
        ? [...new Set(known.map((one) => one.join(GAP)))].join("  or  ")
        : "not among the words of this page";
      answers.append(answerRow("reference", dictionary, "", plain([said])));
    }
    const mean = bits(sum(answer.entropies) / answer.entropies.length);
    const most = bits(Math.log2(split.length));
    spread.replaceChildren(
      "Mean entropy ",
      element("b", { text: `${mean} bits` }),
      `; the same weight for all ${split.length} letters would be ${most}.`,
    );
    const read = (position) => {
      reading.textContent = sentence(position, split, rows);
    };
    picture.replaceChildren(weightGrid({ letters: split, rows, endTitle: "bits", read }));
    read(null);
    sums.textContent = sumsOf(answer);
    // Room for the longest answer so far: what stands below does not move while the dial turns.
    if (lines.word !== word) lines = { word, most: split.length + 1 };
    lines.most = Math.max(lines.most, rows.length);
    picture.style.setProperty("--rows", lines.most);
    const at = temperature === 1 ? "" : `, temperature ${degrees(temperature)}`;
    words =
      `${word}, ${name}${at}: ${tokens.join(" ") || "nothing"}` +
      `${note ? `, ${note}` : ""}. ${temperature === 1 ? "" : `Against temperature 1: ${changed}. `}` +
      `Mean entropy ${mean} bits.`;
    Object.assign(el.dataset, { word, chosen: name, temperature: degrees(temperature) });
  }

  /** Draws at once, and says it: once a word stands, a button is pressed or the slider is let go. */
  function done() {
    draw();
    announce.textContent = words;
  }

  const follow = () => {
    if (shared.get("word") !== field.word) field.word = shared.get("word");
    soon();
  };
  shared.on("change:word", follow);
  shared.on("change:chosen change:temperature", soon);
  draw();

  const fit = fitCells(el, picture);
  return () => {
    fit.disconnect();
    soon.cancel();
    shared.off("change:word", follow);
    shared.off("change:chosen change:temperature", soon);
  };
}

export default { render };
