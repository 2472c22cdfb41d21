// A labelled range input with its value in words.

import { element } from "./elements.js";

/**
 * A slider whose parts the widget arranges: `bar()` is the usual line with label and value, and
 * may hold more; `input` stands under it.
 *
 *     const width = slider(`${id}-width`, { label: "Width of H", min: 0, max: 5, onInput: choose });
 *     el.append(width.bar(), width.input);
 *     width.show(2, "8", "width 8");
 *
 * @param {string} id of the input
 * @param {object} options
 * @param {string} options.label
 * @param {number} options.min
 * @param {number} options.max
 * @param {number} [options.step]
 * @param {number} [options.value] where it stands before show()
 * @param {string} [options.valueClass] of the element with the value in words
 * @param {string} [options.describedBy] ids of elements that say more
 * @param {(value: number) => void} [options.onInput] hears of every move
 * @param {(value: number) => void} [options.onDone] hears when it is let go
 */
export function slider(
  id,
  { label, min, max, step = 1, value = min, valueClass, describedBy, onInput, onDone },
) {
  const input = element("input", {
    id,
    type: "range",
    class: "bw-slider",
    min,
    max,
    step,
    value,
    "aria-describedby": describedBy,
    on: {
      input: () => onInput?.(Number(input.value)),
      change: () => onDone?.(Number(input.value)),
    },
  });
  const name = element("label", { for: id, text: label });
  const output = element("output", { for: id, class: valueClass });
  return {
    input,
    label: name,
    output,
    /** @param {...(Node | null)} more stands after the value */
    bar: (...more) => element("div", { class: "bw-bar" }, name, output, ...more),
    /**
     * Puts the slider at a value.
     * @param {number} place
     * @param {string} words what stands beside the label
     * @param {string} [said] what a screen reader says, if not the words
     */
    show(place, words, said = words) {
      input.value = String(place);
      input.style.setProperty("--filled", `${(100 * (place - min)) / (max - min || 1)}%`);
      output.textContent = words;
      input.setAttribute("aria-valuetext", said);
    },
  };
}

/** @typedef {ReturnType<typeof slider>} Slider */
