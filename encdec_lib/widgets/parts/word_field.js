// A field for one word, for the widgets that pronounce, or for a text of a reader's own data; and how
// to say the phonemes.

import { element } from "./elements.js";
import { complaintAbout, unknownIn } from "./reading.js";
import { textField } from "./text_field.js";

/** @typedef {import("./tokens.js").Vocabulary} Vocabulary */

/**
 * What a sentence of help says about a word that cannot be read, or null.
 * @param {string} word
 * @param {Vocabulary} letters
 * @param {number} maxLetters
 * @param {string} example
 * @param {string} noun "word"
 */
function complaint(word, letters, maxLetters, example, noun) {
  const characters = [...word];
  if (!characters.length) return `Type a ${noun} to begin, for example ${example}.`;
  if (/\s/.test(word)) return `Type one ${noun} at a time, without spaces.`;
  if (characters.length > maxLetters) {
    const here = `This ${noun} has ${characters.length} letters`;
    return `${here}; the models read ${noun}s of up to ${maxLetters}.`;
  }
  const unknown = characters.find((letter) => !letters.has(letter));
  if (unknown === undefined) return null;
  const known = letters.symbols.filter((symbol) => /[a-z]/.test(symbol));
  const also = letters.has("'") ? " and the apostrophe" : "";
  const all = `the letters ${known[0]} to ${known[known.length - 1]}${also}`;
  return `The models only know ${all}, so they cannot read “${unknown}”.`;
}

/**
 * The field. Returns {nodes, word, tokens, check()}: the elements to append, the word or text as it
 * stands, its tokens, and check(), which shows what is wrong with it and returns null, or returns
 * the word.
 * @param {string} id
 * @param {object} options
 * @param {Vocabulary} options.letters
 * @param {number} options.maxLetters or tokens of a text
 * @param {import("./reading.js").Reading | null} [options.reading] of texts; a word has none
 * @param {string[]} options.examples
 * @param {string} options.word
 * @param {string} [options.noun] of letters that are no English word
 * @param {string} options.hint
 * @param {() => void} options.onInput hears of typing
 * @param {() => void} options.onDone hears of a word that stands
 */
export function wordField(
  id,
  { letters, maxLetters, reading = null, examples, word, noun, hint, onInput, onDone },
) {
  const { nodes, input, warn } = textField(id, {
    name: "word",
    label: `Type ${reading ? "a text" : noun ? `a ${noun}` : "an English word"}`,
    hint,
    examples,
    text: word,
    attributes: { class: reading ? "bw-word bw-wide" : "bw-word", autocapitalize: "none" },
    onInput,
    onDone,
  });
  return {
    nodes,
    get word() {
      if (reading) return reading.clean(input.value);
      return input.value.normalize("NFC").trim().toLowerCase().normalize("NFC");
    },
    get tokens() {
      return reading ? reading.tokens(input.value) : [...this.word];
    },
    set word(value) {
      input.value = value;
    },
    check() {
      const example = examples[0] ?? word;
      const wrong = reading
        ? complaintAbout(this.tokens, { reading, most: maxLetters, example })
        : complaint(this.word, letters, maxLetters, example, noun ?? "word");
      warn(wrong, reading && unknownIn(this.tokens, letters));
      return wrong ? null : this.word;
    },
  };
}

/**
 * The phonemes and a word for each, folded away.
 * @param {Record<string, string>} sounds
 */
export function legend(sounds) {
  return element(
    "details",
    { class: "bw-legend" },
    element("summary", { text: "How to say the phonemes" }),
    element(
      "ul",
      {},
      ...Object.entries(sounds).map(([phoneme, word]) =>
        element("li", {}, element("b", { text: phoneme }), ` as in ${word}`),
      ),
    ),
  );
}
