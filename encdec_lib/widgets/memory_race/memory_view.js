// The reader's letter, what the three say of it, and how much of the signal reaches each letter.

import { element, spoken } from "../parts/elements.js";
import { lettersOf, ownString } from "../parts/trainer/own_string.js";
import { tape, UNTRAINED } from "../parts/trainer/tapes.js";
import { percent } from "../parts/trainer/words.js";
import { LETTERS, RACERS } from "./plan.js";
import { SignalChart } from "./signal_chart.js";

/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("../parts/trainer/types.js").Track} Track */

const FIRST = 4; // id of the first letter; pad, bos, eos and unk come before
const OTHERS = "fbgdahcebdgfaechgbf"; // what is read after the first letter

/** One letter for each of the three, and how often it is right. Returns {node, clear(), say(track,
 * letter, right), score(track)}. */
function sayings() {
  const made = RACERS.map(({ name, label, line }) => {
    const cells = element("span", { class: "bw-cells", "aria-hidden": "true" });
    const words = spoken("");
    const who = element("b", { text: `${label} says` });
    const note = element("small");
    const node = element("span", { class: `bw-saying is-${line}` }, who, cells, words, note);
    return { name, node, cells, words, note };
  });
  /** @param {(typeof made)[0]} one @param {string} kind @param {string} text @param {string} said */
  const fill = ({ cells, words }, kind, text, said) => {
    cells.replaceChildren(element("i", { class: `is-${kind}`, text }));
    words.textContent = ` ${said} `;
  };
  const clear = () => {
    for (const one of made) {
      fill(one, "nothing", "·", "");
      one.note.textContent = UNTRAINED;
    }
  };
  const rowOf = (/** @type {Track} */ track) => made.find(({ name }) => name === track.name);
  clear();
  return {
    node: element("p", { class: "bw-sayings" }, ...made.map(({ node }) => node)),
    clear,
    /** @param {Track} track @param {string | undefined} letter @param {string} right */
    say(track, letter, right) {
      const one = rowOf(track);
      if (!one) return;
      const kind = letter === right ? "right" : "wrong";
      const shown = track.lookedAt && letter ? kind : "nothing"; // no letter cannot be struck
      const words = track.lookedAt ? `${letter ?? "no letter"}, ${kind},` : "";
      fill(one, shown, (track.lookedAt && letter) || "–", words);
    },
    /** @param {Track} track */
    score(track) {
      const one = rowOf(track);
      if (!one || !track.steps || track.score === null) return;
      one.note.textContent = `${percent(track.score)} right on new strings`;
    },
  };
}

/**
 * The view, and what it asks the models.
 * @param {import("../parts/state.js").Model} model
 * @param {() => void} onLetter
 */
export function memoryView(model, onLetter) {
  const own = ownString("memory-race", {
    text: model.get("first"),
    label: "First letter",
    rule: () => ({ ...lettersOf(LETTERS, 1, 1, "c"), hint: "From a to h." }),
    onChange: (first) => {
      model.set("first", first);
      model.save_changes();
      onLetter();
    },
  });
  model.on("change:first", () => own.set(model.get("first")));
  const source = tape("they read", "encoder", 10);
  const said = sayings();
  const bar = element("div");
  const chart = new SignalChart(RACERS);
  /** @param {number} length */
  const read = (length) => [...own.letters(), ...OTHERS].slice(0, length);
  const ids = (/** @type {string[]} */ letters) =>
    letters.map((letter) => FIRST + LETTERS.indexOf(letter));
  return {
    node: element(
      "div",
      { class: "bw-race" },
      element("div", { class: "bw-own-row" }, ...own.nodes),
      source.node,
      said.node,
      bar,
      chart.node,
    ),
    bar,
    sources: (/** @type {Settings} */ { length }) => [ids(read(Number(length)))],
    /** @param {Settings} settings @param {boolean} fresh */
    settings({ length }, fresh) {
      const letters = read(Number(length));
      source.places(letters.length);
      source.source(letters);
      chart.begin(letters, fresh);
      if (fresh) said.clear();
    },
    /** @param {Track} track */
    scored(track) {
      said.score(track);
      chart.set(track.name, track.scored?.reach ?? []);
    },
    /** @type {NonNullable<import("../parts/trainer/types.js").View["looked"]>} */
    looked: (track, [{ tokens }], [asked]) =>
      said.say(track, LETTERS[tokens[0] - FIRST], LETTERS[asked[0] - FIRST]),
    fit: () => chart.fit(),
  };
}
