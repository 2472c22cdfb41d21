// A field for a string of the reader's own, of the symbols that the models know.

import { textField } from "../text_field.js";

/**
 * What may be typed now.
 * @typedef {object} Rule
 * @property {string} hint
 * @property {(letters: string[]) => string | null} fault what is wrong with it, in a sentence
 * @property {string} otherwise a string that is good
 */

/**
 * A rule for plain strings: so many letters out of these.
 * @param {string} symbols such as "abcdefghijklmnop"
 * @param {number} shortest
 * @param {number} longest
 * @param {string} otherwise
 * @returns {Rule}
 */
export function lettersOf(symbols, shortest, longest, otherwise) {
  const range = `${symbols[0]} to ${symbols[symbols.length - 1]}`;
  return {
    hint: `${shortest} to ${longest} letters from ${range}.`,
    fault(letters) {
      const odd = letters.find((letter) => !symbols.includes(letter));
      if (odd) return `It knows the letters ${range} alone, so it cannot read “${odd}”.`;
      if (letters.length < shortest) return `Type at least ${shortest} letters from ${range}.`;
      if (letters.length > longest) return `Type at most ${longest} letters: it learns no more.`;
      return null;
    },
    otherwise: otherwise.slice(0, longest),
  };
}

let fields = 0;

/**
 * The field. Returns {nodes, letters(), refit()}: letters() are those that stand, the last good ones
 * where what is typed cannot be read.
 * @param {string} figure the name of the widget
 * @param {object} options
 * @param {string} options.text where it begins
 * @param {() => Rule} options.rule
 * @param {string} [options.label]
 * @param {string[]} [options.examples] strings to try
 * @param {(text: string) => void} options.onChange hears of a good one
 */
export function ownString(figure, { text, rule, label = "Your string", examples = [], onChange }) {
  fields += 1;
  const field = textField(`bw-${figure}-own-${fields}`, {
    name: "string",
    label,
    hint: rule().hint,
    examples,
    text,
    attributes: { class: "bw-own", autocapitalize: "none", maxlength: 40, size: 18 },
    onInput: read,
    onDone: read,
  });
  const hint = field.nodes[1].querySelector(".bw-hint");
  let good = text;
  const typed = () => field.input.value.trim().toLowerCase();

  function read() {
    const wrong = rule().fault([...typed()]);
    field.warn(wrong);
    if (wrong || typed() === good) return;
    good = typed();
    onChange(good);
  }
  return {
    nodes: field.nodes,
    letters: () => [...good],
    /** Another string, from Python. @param {string} value */
    set(value) {
      if (value === good) return;
      field.input.value = value;
      read();
    },
    /** The rule is another one: what does not fit it makes room for one that does. */
    refit() {
      const now = rule();
      if (hint) hint.textContent = now.hint;
      field.warn(null);
      if (now.fault([...typed()]) === null) good = typed();
      else if (now.fault([...good]) !== null) good = now.otherwise;
      field.input.value = good;
    },
  };
}
