// A sheet to draw one digit on, with mouse, finger, stylus or keyboard.

import { shareOf, whileHeld } from "../parts/dragging.js";
import { button, element } from "../parts/elements.js";
import { emptySheet, normalised, stroke } from "../parts/handwriting.js";
import { ink, paintPixels, pixels } from "../parts/pixels.js";

const SIZE = 56; // cells of the sheet
const PEN = 2.6; // radius in cells
const STEP = 2; // cells that an arrow key moves the pen by

/** @type {Record<string, [number, number]>} */
const ARROWS = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

/**
 * The sheet. Returns {node, show(on), image(side)}: image() is the digit as the data have theirs,
 * scaled and centred, or null while nothing is drawn.
 * @param {() => void} onChange hears of ink and of the pen
 */
export function drawingSheet(onChange) {
  const sheet = emptySheet(SIZE);
  const pen = { x: SIZE / 2, y: SIZE / 2, down: false }; // down: set down by the keyboard
  const canvas = pixels(SIZE, SIZE, {
    class: "bw-sheet",
    tabindex: 0,
    role: "application",
    "aria-label":
      "Sheet to draw a digit on. Arrow keys move the pen, the space bar sets it down or lifts it.",
  });

  /** @type {(x: number, y: number, drawing: boolean) => void} */
  function moveTo(x, y, drawing) {
    const [toX, toY] = [x, y].map((value) => Math.min(SIZE, Math.max(0, value)));
    if (drawing) stroke(sheet, SIZE, pen.x, pen.y, toX, toY, PEN);
    [pen.x, pen.y] = [toX, toY];
    onChange();
  }

  whileHeld(canvas, (event, first) => {
    const [x, y] = shareOf(canvas, event).map((share) => SIZE * share);
    if (first) [pen.x, pen.y] = [x, y];
    moveTo(x, y, true);
  });
  canvas.addEventListener("keydown", (event) => {
    const step = ARROWS[event.key];
    if (event.key === " ") {
      pen.down = !pen.down;
      moveTo(pen.x, pen.y, pen.down);
    } else if (step) {
      moveTo(pen.x + step[0], pen.y + step[1], pen.down);
    } else {
      return;
    }
    event.preventDefault();
  });

  function clear() {
    sheet.fill(0);
    pen.down = false;
    onChange();
  }

  /** The ink, and where the pen is, for the keyboard. */
  function paint() {
    paintPixels(canvas, sheet, ink);
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.strokeStyle = pen.down ? "#d55e00" : "#0072b2";
    context.strokeRect(Math.floor(pen.x) - 1.5, Math.floor(pen.y) - 1.5, 4, 4);
  }

  return {
    canvas,
    paint,
    node: element(
      "div",
      { class: "bw-drawing", hidden: "" },
      canvas,
      element(
        "div",
        {},
        element("p", {
          class: "bw-hint",
          text: "Draw one digit. It is scaled and centred as those of the data were.",
        }),
        button("clear the sheet", clear, { class: "bw-small" }),
      ),
    ),
    /** @param {number} side */
    image: (side) => normalised(sheet, SIZE, side),
  };
}
