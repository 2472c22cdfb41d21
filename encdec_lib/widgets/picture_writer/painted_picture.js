// A picture that is painted square by square, and in which a square can be pointed at.

import { shareOf } from "../parts/dragging.js";
import { element } from "../parts/elements.js";
import { GREEN } from "../parts/picture.js";
import { dense, paintPixels } from "../parts/pixels.js";

const DENSEST = 190 / 255; // green over the square of the largest weight

/** @type {Record<string, [number, number]>} rows down and columns to the right */
const STEPS = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  " ": [0, 0],
  Enter: [0, 0],
};

/** A square is its number, row by row. */
export class PaintedPicture {
  /**
   * @param {object} options
   * @param {number} options.columns of squares, as many as rows
   * @param {import("../parts/codebook.js").Codebook} options.codebook
   * @param {(square: number | null) => void} options.onHover a square pointed at
   * @param {(square: number | null) => void} options.onKeep a square chosen by a tap, a click or the
   *   keyboard
   */
  constructor({ columns, codebook, onHover, onKeep }) {
    this.columns = columns;
    this.codebook = codebook;
    this.onKeep = onKeep;
    /** @type {number | null} the square that was chosen here */
    this.kept = null;
    const side = columns * codebook.patch;
    this.canvas = element("canvas", {
      width: side,
      height: side,
      class: "bw-ink",
      tabindex: 0,
      role: "application",
    });
    this.tinted = element("canvas", {
      width: columns,
      height: columns,
      class: "bw-tint",
      "aria-hidden": "true",
    });
    this.mark = element("span", { class: "bw-frame", "aria-hidden": "true", hidden: "" });
    this.mark.style.width = `${100 / columns}%`;
    this.mark.style.height = `${100 / columns}%`;
    this.node = element(
      "div",
      { class: "bw-painting bw-pointed" },
      this.canvas,
      this.tinted,
      this.mark,
    );
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.dots = this.context.createImageData(side, side);

    this.canvas.addEventListener("pointermove", (event) => {
      if (event.pointerType !== "touch") onHover(this.squareAt(event));
    });
    this.canvas.addEventListener("pointerleave", () => onHover(null));
    this.canvas.addEventListener("click", (event) => {
      const square = this.squareAt(event);
      this.keep(this.kept === square ? null : square);
    });
    this.canvas.addEventListener("keydown", (event) => this.press(event));
  }

  /** @param {MouseEvent} event */
  squareAt(event) {
    const [column, row] = shareOf(this.canvas, event).map((share) =>
      Math.max(0, Math.min(this.columns - 1, Math.floor(share * this.columns))),
    );
    return row * this.columns + column;
  }

  /** @param {number | null} square */
  keep(square) {
    this.kept = square;
    this.onKeep(square);
  }

  /**
   * Moves the choice, which begins in the middle; Escape takes it away.
   * @param {KeyboardEvent} event
   */
  press(event) {
    const { columns, kept } = this;
    const step = STEPS[event.key];
    if (event.key === "Escape" && kept !== null) {
      this.keep(null);
    } else if (!step) {
      return;
    } else if (kept === null) {
      this.keep(Math.floor(columns / 2) * (columns + 1));
    } else {
      const far = event.shiftKey ? 4 : 1;
      /** @param {number} n */
      const within = (n) => Math.max(0, Math.min(columns - 1, n));
      const row = within(Math.floor(kept / columns) + far * step[0]);
      this.keep(row * columns + within((kept % columns) + far * step[1]));
    }
    event.preventDefault();
  }

  /**
   * Paints a square with a code, or, with null, makes it a hole again; seen after show().
   * @param {number} square
   * @param {number | null} code
   */
  set(square, code) {
    const { patch, squares } = this.codebook;
    const top = Math.floor(square / this.columns) * patch;
    const left = (square % this.columns) * patch;
    for (let k = 0; k < patch * patch; k++) {
      const dot = (top + Math.floor(k / patch)) * this.canvas.width + left + (k % patch);
      const level = code === null ? 0 : 255 - squares[code][k];
      this.dots.data.set([level, level, level, code === null ? 0 : 255], 4 * dot);
    }
  }

  show() {
    this.context.putImageData(this.dots, 0, 0);
  }

  /**
   * Lays green over the first squares, the more the larger their weight; null takes it away.
   * @param {Float32Array | null} weights
   */
  tint(weights) {
    const all = new Float32Array(this.columns ** 2);
    if (weights?.length) {
      const most = Math.max(...weights);
      all.set(weights.map((weight) => (DENSEST * weight) / most));
    }
    paintPixels(this.tinted, all, dense(GREEN));
  }

  /** @param {number | null} square */
  frame(square) {
    this.mark.hidden = square === null;
    if (square === null) return;
    this.mark.style.top = `${(100 * Math.floor(square / this.columns)) / this.columns}%`;
    this.mark.style.left = `${(100 * (square % this.columns)) / this.columns}%`;
  }

  /** Forgets which square was chosen here, because one in another picture was. */
  forget() {
    this.kept = null;
  }

  /** @param {string} text */
  label(text) {
    this.canvas.setAttribute("aria-label", text);
  }
}
