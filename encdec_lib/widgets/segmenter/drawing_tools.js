// The row of tools above the canvas: pen, eraser and digits to place.

import { element } from "../parts/elements.js";
import { digitPicture } from "../parts/picture.js";
import { aDigit } from "../parts/scene_rule.js";

/** @typedef {import("../parts/drawing.js").Pad["tool"]} Tool */

/**
 * The tools as buttons, of which one is pressed. Returns {node, choose(tool)}.
 * @param {import("../parts/drawing.js").Pad} pad
 * @param {Float32Array[]} digits
 * @param {number[]} labels of the digits
 */
export function drawingTools(pad, digits, labels) {
  /** @type {[Tool, HTMLButtonElement][]} */
  const buttons = [];

  /** @param {Tool} tool */
  function choose(tool) {
    pad.use(tool);
    for (const [own, node] of buttons) node.setAttribute("aria-pressed", String(own === tool));
  }

  /**
   * @param {Tool} tool
   * @param {Node | string} inside
   * @param {import("../parts/elements.js").Attributes} attributes
   */
  function add(tool, inside, attributes) {
    const on = { click: () => choose(tool) };
    buttons.push([tool, element("button", { type: "button", on, ...attributes }, inside)]);
  }

  add("pen", "pen", { class: "bw-tool" });
  add("eraser", "eraser", { class: "bw-tool" });
  for (const [k, digit] of digits.entries()) {
    const label = `place ${aDigit(labels[k])} of the test set`;
    add(digit, digitPicture(digit), { class: "bw-digit", "aria-label": label });
  }
  return {
    node: element(
      "div",
      { class: "bw-tools", role: "group", "aria-label": "What to draw with" },
      ...buttons.map(([, node]) => node),
    ),
    choose,
  };
}
