// A field for one source of a model: the letters of a word, words with spaces between them, or a text
// that is cut into tokens as a reader's own data were.

import { element } from "../parts/elements.js";
import { complaintAbout, unknownIn } from "../parts/reading.js";
import { textField } from "../parts/text_field.js";

/** @typedef {import("../parts/tokens.js").Vocabulary} Vocabulary */
/** @typedef {import("../parts/reading.js").Reading} Reading */
/** @typedef {"letters" | "words" | Reading["unit"]} Unit */

/**
 * That of the reading; without one "letters" where every symbol is one character, else "words".
 * @param {Vocabulary} vocabulary
 * @param {Reading | null} reading
 * @returns {Unit}
 */
export const unitOf = ({ symbols }, reading) =>
  reading?.unit ?? (symbols.every((symbol) => [...symbol].length === 1) ? "letters" : "words");

/**
 * @param {string} text
 * @param {Unit} unit
 */
function tokensOf(text, unit) {
  const composed = text.normalize("NFC").toLowerCase().normalize("NFC");
  return unit === "letters" ? [...composed.trim()] : composed.split(/\s+/).filter(Boolean);
}

/**
 * One sentence about what cannot be read, or null.
 * @param {string[]} tokens
 * @param {{known: Vocabulary, unit: Unit, most: number, example: string, noun: string}} limits
 */
function complaint(tokens, { known, unit, most, example, noun }) {
  const one = unit === "letters" ? `a ${noun}` : "a sentence";
  if (!tokens.length) return `Type ${one} to begin, for example ${example}.`;
  if (unit === "letters" && tokens.some((token) => /\s/.test(token))) {
    return `Type one ${noun} at a time, without spaces.`;
  }
  if (tokens.length > most) {
    return `This is ${tokens.length} ${unit} long; the model reads up to ${most} ${unit}.`;
  }
  const unknown = tokens.find((token) => !known.has(token));
  if (unknown === undefined) return null;
  if (unit === "words") {
    return `The model does not know the word “${unknown}”; the words it knows are listed below.`;
  }
  const letters = `${known.symbols[0]} to ${known.symbols[known.symbols.length - 1]}`;
  return `The model knows the letters ${letters}, so it cannot read “${unknown}”.`;
}

/**
 * The words that a model knows, folded away.
 * @param {Vocabulary} known
 */
const knownWords = (known) =>
  element(
    "details",
    { class: "bw-legend" },
    element("summary", { text: "The words the model knows" }),
    element("p", { text: known.symbols.join(", ") }),
  );

/**
 * The field. Returns {nodes, after, unit, tokens, text, check()}: `after` stands below the figure,
 * check() shows what is wrong and returns null, or returns the text as it is read.
 * @param {string} id
 * @param {object} options
 * @param {Vocabulary} options.known
 * @param {Reading | null} options.reading of texts of a reader's own data
 * @param {number} options.most tokens that the model reads
 * @param {string[]} options.examples
 * @param {string} options.text
 * @param {string} [options.noun] of letters that are no English word
 * @param {string} options.hint
 * @param {() => void} options.onInput hears of typing
 * @param {() => void} options.onDone hears of a source that stands
 */
export function sourceField(
  id,
  { known, reading, most, examples, text, noun, hint, onInput, onDone },
) {
  const unit = unitOf(known, reading);
  const letters = unit === "letters";
  const kind = noun ? `a ${noun}` : `an English ${letters ? "word" : "sentence"}`;
  const { nodes, input, warn } = textField(id, {
    name: "source",
    label: `Type ${reading ? "a text" : kind}`,
    hint,
    examples,
    text,
    attributes: { class: letters ? "bw-word" : "bw-word bw-wide", autocapitalize: "none" },
    onInput,
    onDone,
  });
  return {
    nodes,
    after: letters || reading ? [] : [knownWords(known)],
    unit,
    get tokens() {
      return reading ? reading.tokens(input.value) : tokensOf(input.value, unit);
    },
    get text() {
      if (reading) return reading.clean(input.value);
      return this.tokens.join(letters ? "" : " ");
    },
    set text(value) {
      input.value = value;
    },
    check() {
      const [tokens, example] = [this.tokens, examples[0] ?? text];
      const wrong = reading
        ? complaintAbout(tokens, { reading, most, example })
        : complaint(tokens, { known, unit, most, example, noun: noun ?? "word" });
      warn(wrong, reading && unknownIn(tokens, known));
      return wrong ? null : this.text;
    },
  };
}
