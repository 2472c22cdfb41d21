// A pad to draw digits on, or to place them on, with mouse, finger, stylus or keyboard. It sets its
// own layout, so that a widget needs no style for it.

import { element } from "./elements.js";
import { cropped, drawLine, INK, paste } from "./ink.js";
import { followKeys, followPointer } from "./pad_input.js";
import { picture } from "./picture.js";
import { ink, paintPixels } from "./pixels.js";

const PEN = 0.8; // radius in pixels; the edge is grey, as in the data
const ERASER = 1.6;
const LIFTED = "#0072b2"; // frame of the keyboard's cursor
const DOWN = "#d55e00";

/** @typedef {import("./ink.js").Point} Point */
/** @typedef {{row: number, column: number}} Pixel */

export class Pad {
  /**
   * A pad of `side` × `side` pixels.
   * @param {object} options
   * @param {number} options.side
   * @param {string} options.label its name, for a screen reader
   * @param {() => void} options.onChange after every change of the ink
   * @param {(at: Pixel | null) => void} [options.onPoint] the pixel that is pointed at or stood on;
   *    null when it is left
   * @param {(own: Float32Array) => Float32Array} [options.view] what it shows, if not the ink itself
   *    (such as ink with noise)
   * @param {number} [options.pen] radius of the pen in pixels
   */
  constructor({ side, label, onChange, onPoint = () => {}, view = (own) => own, pen = PEN }) {
    this.side = side;
    this.onChange = onChange;
    this.onPoint = onPoint;
    this.view = view;
    this.pen = pen;
    this.pixels = new Float32Array(side * side); // ink, 0 to 1
    this.cursor = { row: Math.floor(side / 2), column: Math.floor(side / 2) };
    /** @type {"pen" | "eraser" | Float32Array} a digit follows the pointer until it is let go */
    this.tool = "pen";
    this.penDown = false; // of the keyboard's pen
    this.canvas = picture(side, {
      class: "bw-ink",
      tabindex: 0,
      role: "application",
      "aria-label": label,
    });
    this.canvas.style.cursor = "crosshair";
    this.frame = element("span", { class: "bw-cursor", "aria-hidden": "true" });
    this.frame.style.cssText =
      "position:absolute;pointer-events:none;display:none;" +
      `width:${100 / side}%;height:${100 / side}%;outline:2px solid ${LIFTED}`;
    this.node = element("div", { class: "bw-pad" }, this.canvas, this.frame);
    this.node.style.position = "relative";
    followPointer(this);
    followKeys(this);
    this.refresh();
  }

  refresh() {
    paintPixels(this.canvas, this.view(this.pixels), ink);
    this.frame.style.left = `${(100 * this.cursor.column) / this.side}%`;
    this.frame.style.top = `${(100 * this.cursor.row) / this.side}%`;
    this.frame.style.outlineColor = this.penDown ? DOWN : LIFTED;
  }

  changed() {
    this.refresh();
    this.onChange();
  }

  /** @param {boolean} on whether the keyboard's cursor is to be seen */
  showCursor(on) {
    this.frame.style.display = on ? "block" : "none";
  }

  /**
   * Moves the cursor to the pixel at a point, or the nearest one on the pad.
   * @param {Point} point
   */
  moveTo({ x, y }) {
    /** @param {number} value */
    const inside = (value) => Math.min(this.side - 1, Math.max(0, Math.floor(value)));
    this.cursor.row = inside(y);
    this.cursor.column = inside(x);
  }

  tellPoint() {
    this.onPoint({ ...this.cursor });
  }

  /** @param {Point} from @param {Point} to */
  line(from, to, erase = this.tool === "eraser") {
    drawLine(this.pixels, from, to, { radius: erase ? ERASER : this.pen, erase });
  }

  /**
   * Puts the digit of the tool with its middle at a point, moved inside the pad.
   * @param {Point} point
   */
  place({ x, y }) {
    const crop = typeof this.tool === "string" ? null : cropped(this.tool);
    if (!crop || crop.height > this.side || crop.width > this.side) return;
    /** @param {number} at @param {number} size */
    const inside = (at, size) => Math.min(this.side - size, Math.max(0, Math.round(at - size / 2)));
    paste(this.pixels, crop, inside(y, crop.height), inside(x, crop.width));
  }

  isEmpty() {
    return !this.pixels.some((dot) => dot > INK);
  }

  clear() {
    this.pixels.fill(0);
    this.changed();
  }

  /** @param {Float32Array} drawn */
  set(drawn) {
    this.pixels.set(drawn);
    this.changed();
  }

  /** @param {"pen" | "eraser" | Float32Array} tool */
  use(tool) {
    this.tool = tool;
    this.penDown = false;
    this.refresh();
  }
}
