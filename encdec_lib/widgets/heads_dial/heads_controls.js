// The controls of the heads dial: sliders over lists of values, a mask, positions, a scale.

import { choice } from "../parts/choices.js";
import { element } from "../parts/elements.js";
import { slider } from "../parts/slider.js";
import { LONGEST } from "./heads_maths.js";

/** @typedef {import("./heads_maths.js").Settings} Settings */
/** @typedef {(changes: Partial<Settings>) => void} Keep */

export const HEADS = [1, 2, 4, 8, 16];
const WIDTHS = [2, 4, 8, 16, 32, 64];
const LENGTHS = Array.from({ length: LONGEST }, (_, k) => k + 1);
const TEMPERATURES = Array.from({ length: 41 }, (_, k) => 10 ** ((k - 20) / 20));

/** @type {Record<Settings["mask"], string>} */
const ABOUT_MASK = {
  none: "Every word looks at every word.",
  causal: "No word looks at one that comes after it.",
  padding:
    "The last places are padding. Nobody looks at them: their columns are 0. Their own rows are " +
    "worked out like all others, and nobody uses them. With nothing but padding every row is 0.",
};
/** @type {Record<Settings["positions"], string>} */
const ABOUT_POSITIONS = {
  none: "Nothing says where a word stands.",
  sinusoidal: "Sines and cosines of its place are added to each word's numbers.",
  rotary: "Queries and keys are turned by an angle that grows with the place.",
};

/** @param {number} value */
const degrees = (value) => String(Number(value.toPrecision(2)));

/**
 * A slider over a list of values. Returns {node, input, show(value, text)}.
 * @param {string} id
 * @param {string} label
 * @param {number[]} values
 * @param {(value: number) => void} onInput
 * @param {string} [unit] what a screen reader says after the value
 */
function stops(id, label, values, onInput, unit = "") {
  const dial = slider(id, {
    label,
    min: 0,
    max: values.length - 1,
    valueClass: "bw-value",
    onInput: (place) => onInput(values[place]),
  });
  return {
    input: dial.input,
    node: element("div", { class: "bw-control" }, dial.bar(), dial.input),
    /** @param {number} value @param {string} [text] */
    show: (value, text = String(value)) => dial.show(values.indexOf(value), text, text + unit),
  };
}

/**
 * One of several, with a sentence about the one that is chosen. Returns {nodes, show(value)}.
 * @template {string} Value
 * @param {string} id
 * @param {string} legend
 * @param {Record<Value, string>} about
 * @param {(value: Value) => void} onChange
 */
function explained(id, legend, about, onChange) {
  const names = /** @type {Value[]} */ (Object.keys(about));
  const choices = choice(
    id,
    legend,
    names.map((name) => [name, name]),
    onChange,
  );
  const sentence = element("p", { class: "bw-hint bw-about" });
  return {
    nodes: [choices.node, sentence],
    /** @param {Value} value */
    show(value) {
      choices.show(value);
      sentence.textContent = about[value];
    },
  };
}

/**
 * The slider for padded places, which only a padding mask has.
 * @param {string} id
 * @param {Keep} keep
 */
function paddedStops(id, keep) {
  const padded = stops(id, "Padded places", [0, ...LENGTHS], (value) => keep({ padded: value }));
  return {
    node: padded.node,
    /** @param {Settings} now */
    show({ padded: value, length, mask }) {
      padded.input.max = String(length);
      padded.show(value);
      padded.input.disabled = mask !== "padding";
      padded.node.classList.toggle("is-off", mask !== "padding");
    },
  };
}

/**
 * A box for the scale of the scores. Returns {node, input}.
 * @param {string} id
 * @param {Keep} keep
 */
function scaleBox(id, keep) {
  const input = element("input", {
    type: "checkbox",
    id,
    on: { change: () => keep({ scaled: input.checked }) },
  });
  const words = element("span", { text: "divide the scores by √d_k" });
  return { input, node: element("label", { class: "bw-choice bw-check" }, input, words) };
}

/**
 * All controls. Returns {node, show(settings)}.
 * @param {string} id
 * @param {Keep} keep hears of every change
 */
export function controls(id, keep) {
  const heads = stops(`${id}-heads`, "Heads h", HEADS, (value) => keep({ heads: value }));
  const length = stops(
    `${id}-length`,
    "Sequence length N",
    LENGTHS,
    (value) => keep({ length: value }),
    " tokens",
  );
  const width = stops(`${id}-width`, "Width of a head, d_k", WIDTHS, (d_k) => keep({ d_k }));
  const warmth = stops(`${id}-warmth`, "Temperature τ", TEMPERATURES, (temperature) =>
    keep({ temperature }),
  );
  const padded = paddedStops(`${id}-padded`, keep);
  const mask = explained(`${id}-mask`, "Mask", ABOUT_MASK, (value) => keep({ mask: value }));
  const positions = explained(`${id}-positions`, "Positions", ABOUT_POSITIONS, (value) =>
    keep({ positions: value }),
  );
  const scale = scaleBox(`${id}-scaled`, keep);
  const learned = element("p", {
    class: "bw-hint",
    text: "Learned positions are left out: before training they are random.",
  });
  return {
    node: element(
      "div",
      { class: "bw-controls" },
      ...[heads, length, width, warmth].map(({ node }) => node),
      element("div", { class: "bw-control" }, ...mask.nodes, padded.node),
      element("div", { class: "bw-control" }, ...positions.nodes, learned, scale.node),
    ),
    /** @param {Settings} now */
    show(now) {
      const warm = TEMPERATURES.reduce((best, value) =>
        Math.abs(value - now.temperature) < Math.abs(best - now.temperature) ? value : best,
      ); // the stop next to a temperature set from Python
      heads.show(now.heads);
      length.show(now.length);
      width.show(now.d_k);
      warmth.show(warm, degrees(now.temperature));
      padded.show(now);
      mask.show(now.mask);
      positions.show(now.positions);
      scale.input.checked = now.scaled;
    },
  };
}
