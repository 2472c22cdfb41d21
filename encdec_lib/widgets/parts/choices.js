// One of several, as radio buttons in a row.

import { element } from "./page.js";

/** options is a list of [value, text]; `onChange(value)` hears of a choice. Returns {node, texts,
 *  show(value, allowed)}: texts are the elements with the words, show() marks the one that is
 *  chosen and hides those that are not allowed. */
export function choice(id, name, options, onChange) {
  const texts = options.map(([, text]) => element("span", { text }));
  const labels = options.map(([value], k) =>
    element(
      "label",
      { class: "bw-choice" },
      element("input", { type: "radio", name: id, value, on: { change: () => onChange(value) } }),
      texts[k],
    ),
  );
  return {
    node: element(
      "fieldset",
      { class: "bw-choices" },
      element("legend", { text: name }),
      ...labels,
    ),
    texts,
    show: (value, allowed = () => true) =>
      options.forEach(([one], k) => {
        labels[k].hidden = !allowed(one);
        labels[k].firstChild.checked = one === value;
      }),
  };
}
