// A digit on a canvas: a button that is dragged, moved by arrow keys and taken away.

import { shareOf, whileHeld } from "./dragging.js";
import { element } from "./elements.js";

/** @type {Record<string, [number, number]>} rows down and columns to the right */
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export class PlacedDigit {
  /**
   * @param {import("./scene_layout.js").Placed} placed
   * @param {string} name such as "seven"
   * @param {HTMLCanvasElement} canvas what the digit lies on
   * @param {object} hear
   * @param {(digit: PlacedDigit) => void} hear.onChoose
   * @param {(digit: PlacedDigit, top: number, left: number) => void} hear.onMove
   * @param {(digit: PlacedDigit) => void} hear.onTake
   */
  constructor({ k, top, left }, name, canvas, { onChoose, onMove, onTake }) {
    this.k = k;
    this.top = top;
    this.left = left;
    this.name = name;
    this.node = element("button", { type: "button", class: "bw-placed" });
    this.node.addEventListener("focus", () => onChoose(this));

    let [gripRow, gripColumn] = [0, 0]; // where in the digit the pointer holds it
    whileHeld(this.node, (event, first) => {
      const [across, down] = shareOf(canvas, event);
      const row = down * canvas.height;
      const column = across * canvas.width;
      if (first) {
        [gripRow, gripColumn] = [row - this.top, column - this.left];
        this.node.focus();
      } else {
        onMove(this, row - gripRow, column - gripColumn);
      }
    });
    this.node.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      const far = event.shiftKey ? 4 : 1;
      if (step) onMove(this, this.top + far * step[0], this.left + far * step[1]);
      else if (event.key === "Delete" || event.key === "Backspace") onTake(this);
      else return;
      event.preventDefault();
    });
  }

  /**
   * Puts the button over the digit's ink.
   * @param {import("./scene_rule.js").Place} box
   * @param {number} side of the canvas, in pixels
   */
  show({ top, left, bottom, right }, side) {
    /** @param {number} n */
    const share = (n) => `${(100 * n) / side}%`;
    Object.assign(this.node.style, {
      top: share(top),
      left: share(left),
      height: share(bottom - top),
      width: share(right - left),
    });
    this.node.setAttribute(
      "aria-label",
      `${this.name}, rows ${top + 1} to ${bottom}, columns ${left + 1} to ${right}. ` +
        "Arrow keys move it, Delete removes it.",
    );
  }
}
