// A field for a string of the reader's own, of a few known symbols.

import { textField } from "../text_field.js";

let fields = 0;

/**
 * The field. Returns {nodes, symbols(), refit()}: symbols() are those that stand, the last good
 * ones where what is typed cannot be read.
 * @param {string} figure the name of the widget
 * @param {object} options
 * @param {string} options.symbols that the models know, such as "abcdefghijklmnop"
 * @param {string} options.text where it begins
 * @param {number} options.shortest
 * @param {() => number} options.longest
 * @param {string} [options.label]
 * @param {string[]} [options.examples]
 * @param {() => void} options.onChange
 */
export function ownString(
  figure,
  { symbols, text, shortest, longest, label = "Your string", examples = [], onChange },
) {
  let good = [...text];
  const range = `${symbols[0]} to ${symbols[symbols.length - 1]}`;
  fields += 1;
  const field = textField(`bw-${figure}-own-${fields}`, {
    name: "string",
    label,
    hint: `${shortest} to ${longest()} letters from ${range}.`,
    examples,
    text,
    attributes: { class: "bw-own", autocapitalize: "none", maxlength: 24, size: 18 },
    onInput: read,
    onDone: read,
  });

  /** @param {string[]} typed */
  function fault(typed) {
    const odd = typed.find((letter) => !symbols.includes(letter));
    if (odd) return `These models know the letters ${range} alone, so they cannot read “${odd}”.`;
    if (typed.length < shortest) return `Type at least ${shortest} letters from ${range}.`;
    if (typed.length > longest()) {
      return `Type at most ${longest()} letters: the longest string of these dials.`;
    }
    return null;
  }

  function read() {
    const typed = [...field.input.value.trim().toLowerCase()];
    const wrong = fault(typed);
    field.warn(wrong);
    if (wrong || typed.join() === good.join()) return;
    good = typed;
    onChange();
  }
  return {
    nodes: field.nodes,
    symbols: () => good,
    /** The dials have changed: what is too long is cut, what was cut comes back. */
    refit() {
      const typed = [...field.input.value.trim().toLowerCase()];
      const known = typed.filter((letter) => symbols.includes(letter)).slice(0, longest());
      if (known.length >= shortest) good = known;
      field.warn(null);
      field.input.value = good.join("");
      const hint = field.nodes[1].querySelector(".bw-hint");
      if (hint) hint.textContent = `${shortest} to ${longest()} letters from ${range}.`;
    },
  };
}
