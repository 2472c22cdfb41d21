// A field for text, with a label, texts to try, a hint, and one sentence of help in its place.

import { button, element } from "./elements.js";

/**
 * The field and what belongs to it. Returns {nodes, input, warn(wrong, note)}: the elements to
 * append, and warn(), which shows what is wrong with the text, or with null that nothing is, and
 * then perhaps a note.
 * @param {string} id of the widget
 * @param {object} options
 * @param {string} options.name of the field: its id is `${id}-${name}`
 * @param {string} options.label
 * @param {string} options.hint
 * @param {string[]} options.examples texts to try
 * @param {string} options.text
 * @param {string} [options.describedBy] ids of elements that say more, before the hint
 * @param {import("./elements.js").Attributes} [options.attributes] of the input, such as its class
 * @param {() => void} options.onInput hears of typing
 * @param {() => void} options.onDone hears of a text that stands: Enter, or a click on an example
 */
export function textField(
  id,
  { name, label, hint, examples, text, describedBy = "", attributes = {}, onInput, onDone },
) {
  const input = element("input", {
    id: `${id}-${name}`,
    type: "text",
    autocomplete: "off",
    spellcheck: "false",
    "aria-describedby": `${describedBy} ${id}-hint ${id}-message`.trim(),
    on: { input: onInput, change: onDone },
    ...attributes,
  });
  input.value = text;
  const buttons = examples.map((example) => {
    const choose = () => {
      input.value = example;
      onDone();
    };
    return button(example, choose, { class: "bw-example" });
  });
  const tries = element(
    "span",
    { class: "bw-examples" },
    element("span", { text: "or try" }),
    ...buttons,
  );
  const message = element("p", { id: `${id}-message`, class: "bw-message", role: "status" });
  return {
    input,
    nodes: [
      element(
        "div",
        { class: "bw-form" },
        element("label", { for: input.id, text: label }),
        input,
        buttons.length ? tries : null,
      ),
      element(
        "div",
        { class: "bw-notes" },
        element("p", { id: `${id}-hint`, class: "bw-hint", text: hint }),
        message,
      ),
    ],
    /**
     * @param {string | null} wrong
     * @param {string | null} [note] shown where nothing is wrong
     */
    warn(wrong, note = null) {
      const said = wrong ?? note ?? "";
      if (message.textContent !== said) message.textContent = said;
      input.setAttribute("aria-invalid", String(Boolean(wrong)));
    },
  };
}
