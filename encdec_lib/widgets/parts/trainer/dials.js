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
 * A dial with a line under it that says what its value means.
 * @param {string} id
 * @param {Dial} dial
 * @param {(value: any) => void} onChange
 */
function explained(id, dial, onChange) {
  const made = makeDial(id, dial, onChange);
  const { note } = dial;
  if (!note) return { ...made, tell: () => {} };
  const line = element("p", { class: "bw-hint bw-note", id: `${id}-${dial.name}-note` });
  const asked = dial.kind === "choice" ? made.node : made.node.querySelector("input");
  asked?.setAttribute("aria-describedby", line.id);
  return {
    node: element("div", { class: "bw-noted" }, made.node, line),
    show: made.show,
    tell: (/** @type {import("./types.js").Settings} */ settings) => {
      line.textContent = note(settings);
    },
  };
}

/**
 * The dials that are moved seldom, folded away unless one of them has been moved from its first
 * option.
 * @param {Dial[]} dials
 * @param {import("./types.js").Settings} settings
 * @param {HTMLElement} node
 */
function fold(dials, settings, node) {
  const seldom = dials.filter((dial) => dial.seldom);
  const moved = seldom.some((dial) => {
    const first = dial.kind === "choice" ? dial.options[0][0] : dial.min;
    return settings[dial.name] !== first;
  });
  const names = seldom.map(({ label }) => label).join(" · ");
  return element(
    "details",
    { class: "bw-more", open: moved },
    element("summary", { text: names }),
    node,
  );
}

/**
 * All dials of a figure. Returns {node, settings(), fixed()}.
 * @param {string} id
 * @param {Dial[]} dials
 * @param {import("../state.js").State} state
 * @param {(live: boolean) => void} onChange hears of every dial that has moved
 * @param {HTMLElement} [slot] where the live ones stand
 */
export function dialsOf(id, dials, state, onChange, slot) {
  const made = dials.map((dial) =>
    explained(id, dial, (value) => state.keep({ [dial.name]: value })),
  );
  const settings = () => Object.fromEntries(dials.map(({ name }) => [name, state.get(name)]));
  const show = () => {
    const now = settings();
    dials.forEach(({ name, shown }, k) => {
      made[k].show(state.get(name));
      made[k].tell(now);
      made[k].node.hidden = shown ? !shown(now) : false;
    });
  };
  for (const { name, live = false } of dials) {
    state.follow([name], () => {
      show();
      onChange(live);
    });
  }
  show();
  const node = element("div", { class: "bw-dials" });
  const rest = element("div", { class: "bw-dials" });
  dials.forEach(({ live, seldom }, k) => {
    (live && slot ? slot : seldom ? rest : node).append(made[k].node);
  });
  if (rest.hasChildNodes()) node.append(fold(dials, settings(), rest));
  return {
    node,
    settings,
    /** What a run was begun with: the dials that do not apply at once. */
    fixed: () =>
      Object.fromEntries(
        dials.filter(({ live }) => !live).map(({ name }) => [name, state.get(name)]),
      ),
  };
}
