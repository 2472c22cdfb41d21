// The reader's word: what both networks say of it, where attention looks, and how many sounds of
// other words are wrong.

import { edits } from "../../web/engine/training/scoring.js";
import { element } from "../parts/elements.js";
import { bigNumbers } from "../parts/trainer/layout.js";
import { lettersOf, ownString } from "../parts/trainer/own_string.js";
import { SeriesChart } from "../parts/trainer/series_chart.js";
import { tape } from "../parts/trainer/tapes.js";
import { percent } from "../parts/trainer/words.js";
import { AlignmentMap } from "./alignment_map.js";
import { film } from "./film.js";
import { lexicon } from "./lexicon.js";

/** @typedef {import("../parts/trainer/types.js").Track} Track */
/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("./lexicon.js").Entry} Entry */

const ALPHABET = "abcdefghijklmnopqrstuvwxyz";
const FIRST = 4; // id of the first letter and of the first sound
const [SHORTEST, LONGEST] = [3, 8];
const PLACES = 9; // sounds that there is room for
const EXAMPLES = ["shuttle", "knits", "phone", "night"];

export const RACERS = [
  { name: "attention", label: "attention", line: "attention" },
  { name: "fixed", label: "one vector", line: "fixed" },
];

/** @param {Entry | null} entry */
const known = (entry) =>
  !entry ? "" : entry.learned ? "one of the words they learn" : "they never learn this word";

/** @param {Entry | null} entry */
const spoken = (entry) =>
  entry ? `The dictionary says ${entry.sounds.map((one) => one.join(" ")).join(" or ")}.` : "";

/**
 * Of several pronunciations, the nearest to what was said.
 * @param {string[]} said
 * @param {string[][]} sounds
 */
function nearest(said, sounds) {
  const ids = new Map([...said, ...sounds.flat()].map((sound, k) => [sound, k]));
  const idsOf = (/** @type {string[]} */ list) => list.map((sound) => ids.get(sound) ?? -1);
  const far = sounds.map((one) => edits(idsOf(said), idsOf(one)));
  return sounds[far.indexOf(Math.min(...far))];
}

/** What is seen of both networks: a View of the frame, and what they are asked. */
export class AlignmentView {
  /** @param {import("../parts/state.js").Model} model @param {() => void} onWord */
  constructor(model, onWord) {
    this.model = model;
    this.onWord = onWord;
    /** @type {string[]} */
    this.phonemes = model.get("phonemes");
    this.own = ownString("alignment-trainer", {
      text: model.get("word"),
      label: "Your word",
      examples: EXAMPLES,
      rule: () => lettersOf(ALPHABET, SHORTEST, LONGEST, "dolphins"),
      onChange(word) {
        model.set("word", word);
        model.save_changes();
        onWord();
      },
    });
    model.on("change:word", () => this.own.set(model.get("word")));
    this.source = tape("reads", "encoder", PLACES);
    this.answers = {
      attention: tape("attention", "attention", PLACES),
      fixed: tape("one vector", "fixed", PLACES),
    };
    this.right = element("p", { class: "bw-hint bw-dictionary" });
    this.bar = element("div");
    this.numbers = bigNumbers();
    this.map = new AlignmentMap();
    this.film = film();
    this.chart = new SeriesChart({
      ...{ what: "sounds wrong", against: "seconds of training, each", height: 260 },
      series: RACERS,
      empty: "Press Train to see two curves",
    });
    /** @type {Map<string, [number, number][]>} */
    this.curves = new Map();
    /** @type {((word: string) => Entry | null) | null} */
    this.entryOf = null;
    this.word = "";
    this.node = this.arranged();
  }

  arranged() {
    const { own, source, answers, right, bar, map, film, numbers, chart } = this;
    return element(
      "div",
      { class: "bw-race" },
      element("div", { class: "bw-own-row" }, ...own.nodes),
      source.node,
      answers.fixed.node,
      answers.attention.node,
      right,
      bar,
      element(
        "div",
        { class: "bw-two" },
        element("div", {}, map.node, film.node),
        element("div", {}, numbers.node, chart.node),
      ),
    );
  }

  get entry() {
    return this.entryOf?.(this.word) ?? null;
  }

  /** Loads what the dictionary says, once. */
  learnWords() {
    if (this.entryOf) return;
    this.entryOf = () => null;
    lexicon(this.model.get("words"), this.phonemes)
      .then((found) => {
        this.entryOf = found;
        this.onWord();
      })
      .catch(() => {}); // the frame says that the data cannot be loaded
  }

  sources() {
    return [this.own.letters().map((letter) => FIRST + ALPHABET.indexOf(letter))];
  }

  /** @param {Settings} _ @param {boolean} fresh */
  settings(_, fresh) {
    const letters = this.own.letters();
    const other = letters.join("") !== this.word;
    this.word = letters.join("");
    this.source.source(letters, known(this.entry));
    this.right.textContent = spoken(this.entry);
    if (fresh) {
      this.curves.clear();
      this.chart.clear();
      this.chart.range(0, 6);
      for (const one of Object.values(this.answers)) one.clear();
      this.showNumbers();
    }
    if (!fresh && !other) return;
    this.film.clear();
    this.map.draw({ letters, sounds: [], weights: [] });
  }

  /** @param {Track} track */
  scored({ name, seconds, scored }) {
    const points = [...(this.curves.get(name) ?? [])];
    points.push([seconds, Math.min(scored?.error_rate ?? 1, 1)]);
    this.curves.set(name, points);
    this.chart.range(0, Math.max(this.chart.to, Math.ceil(seconds)));
    this.chart.set(name, points);
    this.showNumbers();
  }

  /** The share of wrong sounds in words that are not learned: the PER of both. */
  showNumbers() {
    const numbers = RACERS.map(({ name, label }) => {
      const [, error] = this.curves.get(name)?.slice(-1)[0] ?? [0, null];
      return { value: error === null ? "–" : percent(error), label: `wrong, ${label}` };
    });
    this.numbers.draw(numbers);
  }

  /** @type {NonNullable<import("../parts/trainer/types.js").View["looked"]>} */
  looked({ name, lookedAt }, [{ tokens, weights }], [asked]) {
    this.learnWords();
    const letters = asked.map((id) => ALPHABET[id - FIRST]);
    if (letters.join("") !== this.word) return; // of another word
    const sounds = tokens.map((id) => this.phonemes[id - FIRST] ?? "?");
    const row = this.answers[/** @type {"attention" | "fixed"} */ (name)];
    if (this.entry) row.answer(sounds, nearest(sounds, this.entry.sounds), lookedAt > 0);
    else row.said(sounds.slice(0, PLACES), lookedAt > 0);
    if (name !== "attention") return;
    const alignment = { letters, sounds: this.rowsOf(sounds, lookedAt > 0), weights };
    this.map.draw(alignment);
    this.film.look(alignment, lookedAt);
  }

  /**
   * The sounds that have a row. An untrained network says them on and on: as many are shown as the
   * word has, or letters where nobody knows.
   * @param {string[]} sounds
   * @param {boolean} trained
   */
  rowsOf(sounds, trained) {
    const right = this.entry && nearest(sounds, this.entry.sounds);
    return sounds.slice(0, trained ? PLACES : (right?.length ?? this.word.length));
  }

  fit() {
    for (const part of [this.chart, this.map, this.film]) part.fit();
  }
}
