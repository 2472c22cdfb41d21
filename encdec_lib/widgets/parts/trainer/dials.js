// The dials of a trainer: each is a trait of the widget, shown as segments or as a slider.

import { choice } from "../choices.js";
import { element } from "../elements.js";
import { slider } from "../slider.js";

/** @typedef {import("./types.js").Dial} Dial */

/**
 * One dial. Returns {node, show(value)}.
 * @param {string} id
 * @param {Dial} dial
 * @param {(value: any) => void} onChange
 */
function makeDial(id, dial, onChange) {
  if (dial.kind === "choice") {
    const made = choice(`${id}-${dial.name}`, dial.label, dial.options, onChange);
    return { node: made.node, show: made.show };
  }
  const { label, min, max, step, words = String } = dial;
  const made = slider(`${id}-${dial.name}`, { label, min, max, step, onInput: onChange });
  return {
    node: element("div", { class: "bw-dial" }, made.bar(), made.input),
    show: (/** @type {number} */ value) => made.show(value, words(value)),
  };
}

/**
 * All dials of a figure. Returns {node, settings(), show(), stop-follow through state}.
 * @param {string} id
 * @param {Dial[]} dials
 * @param {import("../state.js").State} state
 * @param {(live: boolean) => void} onChange hears of every dial that has moved
 */
export function dialsOf(id, dials, state, onChange) {
  const made = dials.map((dial) =>
    makeDial(id, dial, (value) => state.keep({ [dial.name]: value })),
  );
  const show = () => {
    dials.forEach(({ name }, k) => {
      made[k].show(state.get(name));
    });
  };
  for (const { name, live = false } of dials) {
    state.follow([name], () => {
      show();
      onChange(live);
    });
  }
  show();
  const node = element("div", { class: "bw-dials" }, ...made.map((one) => one.node));
  return {
    node,
    settings: () => Object.fromEntries(dials.map(({ name }) => [name, state.get(name)])),
    /** What a run was begun with: the dials that do not apply at once. */
    fixed: () =>
      Object.fromEntries(
        dials.filter(({ live }) => !live).map(({ name }) => [name, state.get(name)]),
      ),
  };
}
