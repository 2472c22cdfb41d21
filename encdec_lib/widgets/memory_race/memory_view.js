// The reader's letter, what the three say of it, and how far back their gradients reach.

import { element, spoken } from "../parts/elements.js";
import { lettersOf, ownString } from "../parts/trainer/own_string.js";
import { SeriesChart } from "../parts/trainer/series_chart.js";
import { tape } from "../parts/trainer/tapes.js";
import { LETTERS, RACERS } from "./plan.js";
import { REACH } from "./reach_scale.js";

/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("../parts/trainer/types.js").Track} Track */

const FIRST = 4; // id of the first letter; pad, bos, eos and unk come before
const OTHERS = "fbgdahcebdgfaechgbf"; // what is read after the first letter

/** One letter for each of the three. Returns {node, clear(), say(name, letter, right)}. */
function sayings() {
  const made = RACERS.map(({ name, label, line }) => {
    const cells = element("span", { class: "bw-cells", "aria-hidden": "true" });
    const words = spoken(" nothing yet");
    const who = element("b", { text: `${label} says` });
    const node = element("span", { class: `bw-saying is-${line}` }, who, cells, words);
    return { name, node, cells, words };
  });
  /** @param {(typeof made)[0]} one @param {string} kind @param {string} text @param {string} said */
  const fill = ({ cells, words }, kind, text, said) => {
    cells.replaceChildren(element("i", { class: `is-${kind}`, text }));
    words.textContent = ` ${said}`;
  };
  const clear = () => {
    for (const one of made) fill(one, "missing", "·", "nothing yet");
  };
  clear();
  return {
    node: element("p", { class: "bw-sayings" }, ...made.map(({ node }) => node)),
    clear,
    /** @param {string} name @param {string} letter @param {string} right */
    say(name, letter, right) {
      const one = made.find((other) => other.name === name);
      const kind = letter === right ? "right" : "wrong";
      if (one) fill(one, kind, letter, `${letter}, ${kind}`);
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
  const chart = new SeriesChart({
    what: "gradient left (log scale)",
    against: "letters back from the last",
    series: RACERS,
    empty: "",
    scale: REACH,
    height: 264,
  });
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
      chart.node,
    ),
    sources: (/** @type {Settings} */ { length }) => [ids(read(Number(length)))],
    /** @param {Settings} settings @param {boolean} fresh */
    settings({ length }, fresh) {
      source.places(Number(length));
      source.source(read(Number(length)));
      if (!fresh) return;
      said.clear();
      chart.clear();
      chart.range(0, Number(length) - 1);
    },
    /** @param {Track} track */
    scored: ({ name, scored }) =>
      chart.add(
        name,
        (scored?.reach ?? []).map((share, n) => [n, share]),
      ),
    /** @type {NonNullable<import("../parts/trainer/types.js").View["looked"]>} */
    looked: ({ name }, [{ tokens }], [asked]) =>
      said.say(name, LETTERS[tokens[0] - FIRST] ?? "–", LETTERS[asked[0] - FIRST]),
    fit: () => chart.fit(),
  };
}
