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

/** @param {string} word */
const idsOf = (word) => [...word].map((letter) => FIRST + ALPHABET.indexOf(letter));

/**
 * The share of wrong sounds, step by step. Returns {node, begin(name), add(track), fit()}.
 * @param {number} steps that a run has
 */
function errors(steps) {
  const chart = new SeriesChart({
    what: "sounds wrong, in words it never saw",
    ...{ against: "steps", height: 200, margin: 150 },
    series: [],
    empty: "Press Train, and its errors fall",
  });
  chart.range(0, steps);
  let name = "";
  /** @type {[number, number][]} */
  let points = [];
  return {
    node: chart.node,
    fit: () => chart.fit(),
    /** Another run begins; the curve of the last one stays in grey. @param {string} next */
    begin(next) {
      if (points.length > 1) chart.keep(name, points);
      name = next;
      points = [];
      chart.series = [{ name: "words", label: name, line: "you" }];
      chart.clear();
    },
    /** @param {Track} track */
    add(track) {
      points = [...points, [track.steps, track.scored?.error_rate ?? 1]];
      chart.set("words", points);
    },
  };
}

/**
 * The reader's word, and a button for words that the model never saw.
 * @param {import("../parts/state.js").Model} model
 * @param {ReturnType<typeof dictionaryOf>} dictionary
 * @param {() => void} onWord
 */
function wordRow(model, dictionary, onWord) {
  const own = ownString("seq2seq-trainer", {
    text: model.get("word"),
    label: "Your word",
    rule: () => ({
      ...lettersOf(ALPHABET, SHORTEST, LONGEST, "knits"),
      hint: `${SHORTEST} to ${LONGEST} letters.`,
    }),
    onChange: (word) => {
      model.set("word", word);
      model.save_changes();
      onWord();
    },
  });
  model.on("change:word", () => own.set(model.get("word")));
  let turn = 0;
  const next = async () => {
    await dictionary.load();
    const some = dictionary.unseen().filter((word) => word.length > 4);
    own.set(some[turn++ % some.length]);
  };
  const more = { class: "bw-button", "aria-label": "Another word that it never saw" };
  const [field, ...notes] = own.nodes;
  return {
    node: element("div", { class: "bw-own-row" }, field, button("Another", next, more), ...notes),
    letters: own.letters,
    word: () => own.letters().join(""),
  };
}

/** What the dictionary says. @param {import("./dictionary.js").Listed | null} found */
function listedWords(found) {
  if (!found) return "Your word is not in its dictionary, so nothing is marked.";
  const sounds = found.references.map((one) => one.join(" ")).join(" or ");
  const seen = found.learned ? "It trains on this word." : "It never trains on this word.";
  return `The dictionary says ${sounds}. ${seen}`;
}

/**
 * The view, and what it asks the model.
 * @param {import("../parts/state.js").Model} model
 * @param {() => void} onWord
 * @param {{steps: number, named: (settings: Settings) => string}} run how long a run is, and how
 *   its curve is called
 */
export function pronunciationView(model, onWord, { steps: most, named }) {
  const dictionary = dictionaryOf(model.get("words"));
  const own = wordRow(model, dictionary, onWord);
  const source = tape("reads", "encoder", LONGEST);
  const listed = element("p", { class: "bw-listed" });
  const log = spokenLog();
  const chart = errors(most);
  let asked = ""; // the word that the lines are of
  /** @param {number} steps @param {number[]} tokens @param {number[]} ids of the word */
  function heard(steps, tokens, ids) {
    const word = own.word();
    if (idsOf(word).join() !== ids.join()) return; // another word stands there now
    const sounds = tokens.map((id) => model.get("phonemes")[id - FIRST] ?? "?");
    const found = dictionary.listed(word);
    log.hear(steps, sounds, found?.references ?? []);
    listed.textContent = listedWords(found);
  }
  return {
    node: element(
      "div",
      { class: "bw-race" },
      ...[own.node, source.node, log.node, listed, chart.node],
    ),
    sources: () => [idsOf(own.word())],
    /** @param {Settings} settings @param {boolean} fresh */
    settings(settings, fresh) {
      const letters = own.letters();
      source.source(settings.reverse ? letters.reverse() : letters);
      if (fresh) chart.begin(named(settings));
      if (fresh || own.word() !== asked) log.clear();
      asked = own.word();
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
