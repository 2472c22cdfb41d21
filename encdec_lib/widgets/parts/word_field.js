// A field for one word, with words to try and one sentence of help, for the widgets that pronounce.

import { element } from "./page.js";

/** What a sentence of help says about a word that cannot be read, or null. */
function complaint(word, letters, maxLetters, example) {
  const characters = [...word];
  if (!characters.length) return `Type a word to begin, for example ${example}.`;
  if (/\s/.test(word)) return "Type one word at a time, without spaces.";
  if (characters.length > maxLetters) {
    return (
      `This word has ${characters.length} letters; the models read words of up to ` +
      `${maxLetters}.`
    );
  }
  const unknown = characters.find((letter) => !letters.has(letter));
  if (unknown === undefined) return null;
  const others = letters.symbols.filter((symbol) => !/[a-z]/.test(symbol));
  const also = others.includes("'") ? " and the apostrophe" : "";
  return `The models only know the letters a to z${also}, so they cannot read “${unknown}”.`;
}

/** The field and what belongs to it: a label, words to try, a hint, one sentence of help.
 *  `letters` is a vocabulary of page.js; `onInput` hears of typing, `onDone` of a word that stands
 *  (Enter, or a click on an example). Returns {nodes, word, check()}: the elements to append, the
 *  word as it stands, and check(), which shows what is wrong with it and returns null, or returns
 *  the word. */
export function wordField(id, { letters, maxLetters, examples, word, hint, onInput, onDone }) {
  const input = element("input", {
    id: `${id}-word`,
    type: "text",
    class: "bw-word",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    "aria-describedby": `${id}-hint ${id}-message`,
    on: { input: onInput, change: onDone },
  });
  input.value = word;
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
  return {
    nodes: [
      element(
        "div",
        { class: "bw-form" },
        element("label", { for: input.id, text: "Type an English word" }),
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
    get word() {
      return input.value.trim().toLowerCase();
    },
    set word(value) {
      input.value = value;
    },
    check() {
      const wrong = complaint(this.word, letters, maxLetters, examples[0] ?? word);
      if (message.textContent !== (wrong ?? "")) message.textContent = wrong ?? "";
      input.setAttribute("aria-invalid", String(Boolean(wrong)));
      return wrong ? null : this.word;
    },
  };
}

/** The phonemes and a word for each, folded away. */
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
