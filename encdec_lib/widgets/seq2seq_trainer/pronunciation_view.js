// The reader's word, what the model says of it as it learns, and its errors on words it never saw.

import { button, element } from "../parts/elements.js";
import { lettersOf, ownString } from "../parts/trainer/own_string.js";
import { SeriesChart } from "../parts/trainer/series_chart.js";
import { tape } from "../parts/trainer/tapes.js";
import { dictionaryOf } from "./dictionary.js";
import { spokenLog } from "./spoken_log.js";

/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("../parts/trainer/types.js").Track} Track */

const ALPHABET = "abcdefghijklmnopqrstuvwxyz";
const FIRST = 4; // id of the first letter, and of the first sound
const [SHORTEST, LONGEST] = [3, 8]; // letters of the words in the data
const FEW_STEPS = 500; // that the chart has room for at first

/** @param {string} word */
const idsOf = (word) => [...word].map((letter) => FIRST + ALPHABET.indexOf(letter));

/** The share of wrong sounds, step by step. Returns {node, clear(), add(track), fit()}. */
function errors() {
  const chart = new SeriesChart({
    what: "sounds wrong, of words it never saw",
    against: "steps",
    series: [{ name: "words", label: "this run", line: "you" }],
    empty: "Press Train, and its errors fall here",
    height: 190,
  });
  /** @type {[number, number][]} */
  let points = [];
  return {
    node: chart.node,
    fit: () => chart.fit(),
    clear() {
      points = [];
      chart.clear();
      chart.range(0, FEW_STEPS);
    },
    /** @param {Track} track */
    add({ steps, scored }) {
      points = [...points, [steps, scored?.error_rate ?? 1]];
      chart.range(0, Math.max(FEW_STEPS, steps));
      chart.add("words", points);
    },
  };
}

/**
 * The view, and what it asks the model.
 * @param {import("../parts/state.js").Model} model
 * @param {() => void} onWord
 */
export function pronunciationView(model, onWord) {
  const dictionary = dictionaryOf(model.get("words"));
  const own = ownString("seq2seq-trainer", {
    text: model.get("word"),
    label: "Your word",
    rule: () => ({
      ...lettersOf(ALPHABET, SHORTEST, LONGEST, "charged"),
      hint: `${SHORTEST} to ${LONGEST} letters.`,
    }),
    onChange: (word) => {
      model.set("word", word);
      model.save_changes();
      onWord();
    },
  });
  model.on("change:word", () => own.set(model.get("word")));
  let turn = 0; // of the words that it never saw
  const other = button(
    "Another",
    async () => {
      await dictionary.load();
      const some = dictionary.unseen().filter((word) => word.length > 4);
      own.set(some[turn++ % some.length]);
    },
    { class: "bw-button", "aria-label": "Another word that it never saw" },
  );
  const source = tape("reads", "encoder", LONGEST);
  const listed = element("p", { class: "bw-listed" });
  const log = spokenLog();
  const chart = errors();
  const word = () => own.letters().join("");
  let asked = ""; // the word that the lines are of

  function showListed() {
    const found = dictionary.listed(word());
    const sounds = found?.references.map((one) => one.join(" ")).join(" or ");
    listed.textContent = found
      ? `The dictionary says ${sounds}. ` +
        (found.learned ? "It trains on this word." : "It never trains on this word.")
      : "Your word is not in its dictionary, so nothing is marked.";
  }
  /** @param {number} steps @param {number[]} tokens @param {number[]} ids of the word */
  function heard(steps, tokens, ids) {
    if (idsOf(word()).join() !== ids.join()) return; // another word stands there now
    const sounds = tokens.map((id) => model.get("phonemes")[id - FIRST] ?? "?");
    log.hear(steps, sounds, dictionary.listed(word())?.references ?? []);
    showListed();
  }
  return {
    node: element(
      "div",
      { class: "bw-race" },
      element("div", { class: "bw-own-row" }, ...own.nodes, other),
      source.node,
      log.node,
      listed,
      chart.node,
    ),
    sources: () => [idsOf(word())],
    /** @param {Settings} settings @param {boolean} fresh */
    settings({ reverse }, fresh) {
      const letters = own.letters();
      source.source(reverse ? letters.reverse() : letters);
      if (fresh) chart.clear();
      if (fresh || word() !== asked) log.clear();
      asked = word();
    },
    scored: chart.add,
    /** @type {NonNullable<import("../parts/trainer/types.js").View["looked"]>} */
    looked: ({ steps }, [{ tokens }], [ids]) => {
      // The engine has been given the data, so this does not wait for any.
      dictionary.load().then(() => heard(steps, tokens, ids));
    },
    fit: chart.fit,
  };
}
