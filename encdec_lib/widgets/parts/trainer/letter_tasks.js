// What models of letters learn in chapters 10 to 12, and how a reader's string becomes a source.

import { lettersOf } from "./own_string.js";

const LETTERS = "abcdefghijklmnop";
const ALPHABET = "abcdefghijklmnopqrstuvwxyz";
const FIRST = 4; // id of the first symbol
const SOUNDS = 39; // phonemes
const TO_TRY = ["pineapple", "feedback", "camel", "mango"];
const WORDS = { shortest: 3, longest: 8 }; // letters of the words in the data

export const SYMBOLS = LETTERS.length;

/** @typedef {import("./own_string.js").Rule} Rule */

/**
 * A string as the model reads it, and what it should write.
 * @typedef {object} Asked
 * @property {number[]} ids
 * @property {string[]} names of what is read
 * @property {string[] | null} answer in names; null where nobody knows
 * @property {number[][] | null} places for each symbol of the answer, the columns that it comes from
 */

/**
 * @typedef {object} HeadsTask
 * @property {string} name of the engine's task
 * @property {string} text on the dial
 * @property {string} aim "write a string backwards"
 * @property {number} shortest
 * @property {(longest: number) => Rule} rule
 * @property {(letters: string[], longest: number) => Asked} ask
 * @property {(length: number) => {S: number, T: number, V: number}} sizes of a string of so many
 *   letters: symbols read, symbols written with the end, and how many different ones there are
 */

/** @param {string} letter */
const idOf = (letter) => FIRST + LETTERS.indexOf(letter);

/** @type {(shortest: number) => (longest: number) => Rule} */
const plain = (shortest) => (longest) => lettersOf(LETTERS, shortest, longest, "codelikeapoem");

/**
 * A task that moves letters about: the answer is letters[order[0]], letters[order[1]], …
 * @param {string} name
 * @param {string} aim
 * @param {(letters: string[]) => number[]} order
 * @returns {HeadsTask}
 */
const moved = (name, aim, order) => ({
  ...{ name, text: name, aim, shortest: 2, rule: plain(2) },
  sizes: (length) => ({ S: length, T: length + 1, V: FIRST + SYMBOLS }),
  ask(letters) {
    const places = order(letters);
    const ids = letters.map(idOf);
    return {
      ids,
      names: letters,
      answer: places.map((s) => letters[s]),
      places: places.map((s) => letters.flatMap((one, k) => (one === letters[s] ? [k] : []))),
    };
  },
});

/** Letters at their places alone, though others may be the same. @type {(task: HeadsTask) => HeadsTask} */
const exactly = (task) => ({
  ...task,
  ask(letters, longest) {
    const asked = task.ask(letters, longest);
    const backwards = task.name === "reverse";
    const places = letters.map((_, t) => [backwards ? letters.length - 1 - t : t]);
    return { ...asked, places };
  },
});

/** @type {HeadsTask} */
const lookUp = {
  ...{ name: "look up", text: "look up", aim: "find what stands at a place", shortest: 2 },
  sizes: (length) => ({ S: length + 1, T: 2, V: FIRST + SYMBOLS + length }),
  rule: (longest) => ({
    hint: `A number, then 2 to ${longest} letters from a to p; it is to write the letter at that place.`,
    otherwise: "3 codelikeapoem".slice(0, 2 + longest),
    fault(letters) {
      const found = /^(\d+) *([a-p]+)$/.exec(letters.join(""));
      if (!found) return "Type a place and then letters from a to p, such as 3 code.";
      const [place, count] = [Number(found[1]), found[2].length];
      if (count < 2 || count > longest) return `Type 2 to ${longest} letters after the place.`;
      return place >= 1 && place <= count ? null : `The place must be from 1 to ${count}.`;
    },
  }),
  ask(typed) {
    const place = Number.parseInt(typed.join(""), 10);
    const letters = typed.filter((letter) => LETTERS.includes(letter));
    return {
      ids: [FIRST + SYMBOLS + place - 1, ...letters.map(idOf)],
      names: [String(place), ...letters],
      answer: [letters[place - 1]],
      places: [[place]],
    };
  },
};

/** @type {HeadsTask} */
const twoLooks = {
  ...{ name: "two looks", text: "two looks", aim: "write what stands around the star" },
  shortest: 3,
  sizes: (length) => ({ S: length, T: 3, V: FIRST + SYMBOLS + 1 }),
  rule: (longest) => ({
    hint: `3 to ${longest} signs, a star among letters from a to p; it is to write what stands beside the star.`,
    otherwise: "code*likeapoem".slice(0, Math.max(longest, 6)),
    fault(letters) {
      const text = letters.join("");
      if (!/^[a-p]+\*[a-p]+$/.test(text)) return "Type letters from a to p around one star: co*de.";
      return text.length <= longest ? null : `Type at most ${longest} signs, the star among them.`;
    },
  }),
  ask(letters) {
    const star = letters.indexOf("*");
    return {
      ids: letters.map((letter) => (letter === "*" ? FIRST + SYMBOLS : idOf(letter))),
      names: letters,
      answer: [letters[star - 1], letters[star + 1]],
      places: [[star - 1], [star + 1]],
    };
  },
};

/** @type {HeadsTask} */
const words = {
  ...{ name: "words", text: "say a word", aim: "say a word", shortest: WORDS.shortest },
  sizes: (length) => ({ S: length, T: length + 1, V: FIRST + SOUNDS }),
  rule: () => lettersOf(ALPHABET, WORDS.shortest, WORDS.longest, "letter"),
  ask: (letters) => ({
    ids: letters.map((letter) => FIRST + ALPHABET.indexOf(letter)),
    names: letters,
    answer: null,
    places: null,
  }),
};

/** @type {Record<string, HeadsTask>} */
export const TASKS = Object.fromEntries(
  [
    exactly(
      moved("reverse", "write a string backwards", (letters) =>
        letters.map((_, t) => letters.length - 1 - t),
      ),
    ),
    exactly(moved("copy", "copy a string", (letters) => letters.map((_, t) => t))),
    moved("sort", "sort letters", (letters) =>
      letters.map((_, t) => t).sort((a, b) => letters[a].localeCompare(letters[b]) || a - b),
    ),
    lookUp,
    twoLooks,
    words,
  ].map((task) => [task.name, task]),
);

/**
 * What an explorer needs so that a model of such a task answers in it, as traits: what it reads and
 * writes, words to try, and the rule that gives the right answer.
 * @param {string} name of a task that moves letters about
 * @param {number} longest
 */
export function traitsOf(name, longest) {
  const symbols = ["<pad>", "<bos>", "<eos>", "<unk>", ...LETTERS];
  const examples = TO_TRY.filter(({ length }) => length <= longest);
  return {
    ...{ source_symbols: symbols, target_symbols: symbols, noun: "string" },
    ...{ examples, references: {}, reference_name: "Right is" },
    right: (/** @type {string} */ text) => TASKS[name].ask([...text], longest).answer,
  };
}

/**
 * Names of what a model has written.
 * @param {HeadsTask} task
 * @param {number[]} tokens
 * @param {string[]} phonemes
 */
export const written = (task, tokens, phonemes) =>
  tokens.map((id) => (task === words ? phonemes[id - FIRST] : LETTERS[id - FIRST]) ?? "?");
