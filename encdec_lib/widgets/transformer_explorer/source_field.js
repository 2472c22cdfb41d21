// A field for one source of a model: the letters of a word, or words with spaces between them.

import { element } from "../parts/page.js";

/** "letters" where every symbol is one character, else "words". */
export const unitOf = ({ symbols }) =>
  symbols.every((symbol) => [...symbol].length === 1) ? "letters" : "words";

const tokensOf = (text, unit) =>
  unit === "letters"
    ? [...text.trim().toLowerCase()]
    : text.toLowerCase().split(/\s+/).filter(Boolean);

/** One sentence about what cannot be read, or null. */
function complaint(tokens, { known, unit, most, example }) {
  const one = unit === "letters" ? "a word" : "a sentence";
  if (!tokens.length) return `Type ${one} to begin, for example ${example}.`;
  if (unit === "letters" && tokens.some((token) => /\s/.test(token))) {
    return "Type one word at a time, without spaces.";
  }
  if (tokens.length > most) {
    return `This is ${tokens.length} ${unit} long; the model reads up to ${most} ${unit}.`;
  }
  const unknown = tokens.find((token) => !known.has(token));
  if (unknown === undefined) return null;
  return unit === "letters"
    ? `The model knows the letters ${known.symbols[0]} to ${known.symbols[known.symbols.length - 1]}, ` +
        `so it cannot read “${unknown}”.`
    : `The model does not know the word “${unknown}”; the words it knows are listed below.`;
}

/** A label, the field, sources to try, a hint, one sentence of help; where sources are made of
 *  words, those the model knows, folded away. `onInput` hears of typing, `onDone` of a source that
 *  stands (Enter, or a click on an example). Returns {nodes, after, text, tokens, check()}: check()
 *  shows what is wrong and returns null, or returns the text as it is read. */
export function sourceField(id, { known, most, examples, text, hint, onInput, onDone }) {
  const unit = unitOf(known),
    letters = unit === "letters";
  const input = element("input", {
    id: `${id}-source`,
    type: "text",
    class: letters ? "bw-word" : "bw-word bw-wide",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    "aria-describedby": `${id}-hint ${id}-message`,
    on: { input: onInput, change: onDone },
  });
  input.value = text;
  const buttons = examples.map((example) =>
    element("button", {
      type: "button",
      class: "bw-example",
      text: example,
      on: {
        click: () => {
          input.value = example;
          onDone();
        },
      },
    }),
  );
  const message = element("p", { id: `${id}-message`, class: "bw-message", role: "status" });
  const words = letters
    ? null
    : element(
        "details",
        { class: "bw-legend" },
        element("summary", { text: "The words the model knows" }),
        element("p", { text: known.symbols.join(", ") }),
      );
  return {
    nodes: [
      element(
        "div",
        { class: "bw-form" },
        element("label", {
          for: input.id,
          text: letters ? "Type an English word" : "Type an English sentence",
        }),
        input,
        buttons.length
          ? element(
              "span",
              { class: "bw-examples" },
              element("span", { text: "or try" }),
              ...buttons,
            )
          : null,
      ),
      element(
        "div",
        { class: "bw-notes" },
        element("p", { id: `${id}-hint`, class: "bw-hint", text: hint }),
        message,
      ),
    ],
    after: words ? [words] : [],
    unit,
    get tokens() {
      return tokensOf(input.value, unit);
    },
    get text() {
      return this.tokens.join(letters ? "" : " ");
    },
    set text(value) {
      input.value = value;
    },
    check() {
      const wrong = complaint(this.tokens, { known, unit, most, example: examples[0] ?? text });
      if (message.textContent !== (wrong ?? "")) message.textContent = wrong ?? "";
      input.setAttribute("aria-invalid", String(Boolean(wrong)));
      return wrong ? null : this.text;
    },
  };
}
