// One of several, as radio buttons in a row: joined segments where they are few.

import { element } from "./elements.js";

/**
 * @template {string | number} Value
 * @typedef {[value: Value, text: string, mark?: Node]} Option a mark stands before the text
 */

const FEW = 4; // that many stand as one bar of segments,
const SHORT = 32; // if their texts have no more letters, so that a phone has room for the bar

/**
 * Radio buttons. Returns {node, texts, show(value, allowed)}: texts are the elements with the
 * words, show() marks the one that is chosen and hides those that are not allowed.
 * @template {string | number} Value
 * @param {string} id the name that the radio buttons share
 * @param {string} legend
 * @param {Option<Value>[]} options
 * @param {(value: Value) => void} onChange
 */
export function choice(id, legend, options, onChange) {
  const texts = options.map(([, text]) => element("span", { text }));
  const inputs = options.map(([value]) =>
    element("input", { type: "radio", name: id, value, on: { change: () => onChange(value) } }),
  );
  const labels = options.map(([, , mark], k) =>
    element("label", { class: "bw-choice" }, inputs[k], mark ?? null, texts[k]),
  );
  const letters = options.reduce((sum, [, text]) => sum + text.length, 0);
  const plain = options.every(([, , mark]) => !mark);
  const few = options.length <= FEW && letters <= SHORT && plain;
  return {
    node: element(
      "fieldset",
      { class: few ? "bw-choices is-segments" : "bw-choices" },
      element("legend", { text: legend }),
      ...labels,
    ),
    texts,
    /**
     * @param {Value} chosen
     * @param {(value: Value) => boolean} [allowed]
     */
    show(chosen, allowed = () => true) {
      options.forEach(([value], k) => {
        labels[k].hidden = !allowed(value);
        inputs[k].checked = value === chosen;
      });
    },
  };
}
