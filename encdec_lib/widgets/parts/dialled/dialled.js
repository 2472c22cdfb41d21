// The frame of a figure with dials: sliders and choices on top, a sentence, and pictures that follow.
// A figure says what its dials are (each is a trait of the widget), which sentence belongs to a
// setting, and what each pane shows; the frame keeps room for the longest sentence, draws for the
// width there is, and tells a screen reader. Style: DIAL_CSS of host/stepper_widget.py.

import { announcer } from "../announcer.js";
import { choice } from "../choices.js";
import { eachFrame, element, prepare, whenResized } from "../elements.js";
import { slider } from "../slider.js";
import { stateOf } from "../state.js";

/**
 * A slider over a list of numbers, or one of several words.
 * @typedef {object} Dial
 * @property {string} name of the trait
 * @property {string} label
 * @property {number[]} [values] in their order, for a slider
 * @property {(value: number) => string} [words] what a value is called
 * @property {[string | number, string][]} [options] for a choice: values and their names
 */

/** @typedef {Record<string, any>} Settings the traits, by name */

/**
 * @typedef {object} Figure
 * @property {string} title
 * @property {string} caption
 * @property {Dial[]} dials
 * @property {(settings: Settings) => string} says
 * @property {string[]} longest sentences that need most room
 * @property {{name: string, draw: (width: number, settings: Settings) => Node}[]} panes
 */

/** @param {number} value */
const plain = (value) => value.toLocaleString("en-US", { maximumFractionDigits: 6 });

/**
 * One dial. Returns {node, show(value)}.
 * @param {string} id
 * @param {Dial} dial
 * @param {(value: any) => void} onChange
 */
function makeDial(id, { label, values, words = plain, options }, onChange) {
  if (!values) return choice(id, label, options ?? [], onChange);
  const made = slider(id, {
    label,
    min: 0,
    max: values.length - 1,
    onInput: (k) => onChange(values[k]),
  });
  return {
    node: element("div", { class: "bw-dial" }, made.bar(), made.input),
    /** @param {number} value */
    show: (value) => made.show(values.indexOf(value), words(value)),
  };
}

/**
 * A drawing for one width.
 * @param {number} width
 * @param {number} height
 * @param {string} label what it shows, in words
 * @param {(Node | null)[]} nodes
 */
export function drawing(width, height, label, nodes) {
  const size = { viewBox: `0 0 ${width} ${height}`, width, height };
  return element("svg", { role: "img", "aria-label": label, ...size }, ...nodes);
}

/**
 * Mounts a figure with dials; returns what ends it.
 * @param {import("../state.js").Host & {name: string}} host
 * @param {Figure} figure
 */
export function dialled({ model, el, name }, { title, caption, dials, says, longest, panes }) {
  const id = prepare(el, name);
  el.classList.add("bw-steps", "bw-dialled");
  el.setAttribute("role", "group");
  el.setAttribute("aria-label", title);
  const state = stateOf(model);
  const soon = eachFrame(draw);
  const made = dials.map((dial) =>
    makeDial(`${id}-${dial.name}`, dial, (value) => state.keep({ [dial.name]: value })),
  );
  const said = element("p", { class: "bw-say" });
  const unseen = longest.map((text) =>
    element("p", { class: "bw-say is-unseen", "aria-hidden": "true", text }),
  );
  const frames = panes.map((pane) => element("div", { class: `bw-pane is-${pane.name}` }));
  const voice = announcer();
  el.append(
    element("p", { class: "bw-headline", "aria-hidden": "true" }, element("b", { text: title })),
    element("div", { class: "bw-dials" }, ...made.map(({ node }) => node)),
    element("div", { class: "bw-says" }, said, ...unseen),
    element("div", { class: "bw-panes" }, ...frames),
    element("p", { class: "bw-footline", text: caption }),
    voice.node,
  );

  function draw() {
    const now = Object.fromEntries(dials.map((dial) => [dial.name, state.get(dial.name)]));
    made.forEach(({ show }, k) => {
      show(now[dials[k].name]);
    });
    Object.assign(el.dataset, now);
    said.textContent = says(now);
    voice.say(says(now));
    frames.forEach((frame, k) => {
      if (!frame.clientWidth) return;
      const node = panes[k].draw(frame.clientWidth, now);
      if (node !== frame.firstChild) frame.replaceChildren(node); // one that stays keeps its focus
    });
  }

  state.follow(
    dials.map((dial) => dial.name),
    soon,
  );
  state.atEnd(soon.cancel, voice.stop, whenResized(frames, soon));
  draw();
  return state.stop;
}
