// The slider for the temperature: logarithmic, 0.1 to 10 with 1 in the middle.

import { button, element } from "../parts/elements.js";
import { slider } from "../parts/slider.js";

const WHAT_IT_DOES =
  "Every score is divided by the temperature before the softmax. Low: one letter gets it all. " +
  "High: all letters in sight get the same.";

/**
 * A temperature with two digits.
 * @param {number} value
 */
export const degrees = (value) => String(Number(value.toPrecision(2)));

/**
 * The slider with a button back to 1. Returns {node, show(temperature, name, reason)}.
 * @param {string} id
 * @param {object} options
 * @param {(temperature: number) => void} options.onInput hears of every move
 * @param {() => void} options.onDone hears when the slider is let go, and of the button
 */
export function thermometer(id, { onInput, onDone }) {
  const reset = () => {
    onInput(1);
    onDone();
  };
  const dial = slider(`${id}-temperature`, {
    label: "Temperature",
    min: -1,
    max: 1,
    step: 0.05,
    valueClass: "bw-degrees",
    describedBy: `${id}-why`,
    onInput: (power) => onInput(10 ** power),
    onDone,
  });
  dial.input.addEventListener("dblclick", reset);
  const back = button("Back to 1", reset, { class: "bw-example" });
  const why = element("p", { id: `${id}-why`, class: "bw-hint bw-why" });
  const scale = ["0.1", "1", "10"].map((text) => element("span", { text }));
  const node = element(
    "div",
    { class: "bw-thermometer" },
    dial.bar(back),
    dial.input,
    element("div", { class: "bw-scale", "aria-hidden": "true" }, ...scale),
    why,
  );
  return {
    node,
    /**
     * @param {number} temperature
     * @param {string} name of the model
     * @param {string | null} reason why a temperature changes nothing in it, if it does not
     */
    show(temperature, name, reason) {
      const words = degrees(temperature);
      dial.show(Math.log10(temperature), words, `temperature ${words}`);
      dial.input.disabled = back.disabled = reason !== null;
      node.classList.toggle("is-off", reason !== null);
      why.textContent =
        reason === null ? WHAT_IT_DOES : `A temperature changes nothing in “${name}”: ${reason}.`;
    },
  };
}
