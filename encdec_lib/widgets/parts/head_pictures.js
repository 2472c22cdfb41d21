// The maps of all heads of a layer as small pictures side by side; one of them is chosen.

import { meanHead } from "../../web/engine/transformer.js";
import { shareOf } from "./dragging.js";
import { element } from "./elements.js";
import { GREEN } from "./picture.js";
import { dense, paintPixels, styleColor, whenThemeChanges } from "./pixels.js";

/**
 * Attention weights of one layer, head after head, row by row.
 * @typedef {import("../../web/engine/types.js").AttentionMap} HeadMap
 */

/**
 * The weights of one head, counted from 1; 0 is the mean of all.
 * @param {HeadMap} map
 * @param {number} head
 */
export function weightsOf(map, head) {
  const size = map.rows * map.columns;
  return head ? map.weights.subarray((head - 1) * size, head * size) : meanHead(map);
}

/**
 * One small picture with its radio button.
 * @param {number} head
 * @param {string} name that the radio buttons share
 * @param {() => void} onChoose
 */
function headPicture(head, name, onChoose) {
  const input = element("input", { type: "radio", name, value: head, on: { change: onChoose } });
  const canvas = element("canvas", { "aria-hidden": "true" });
  const marker = element("i", { class: "bw-marker" });
  const frame = element("span", { class: "bw-frame bw-pointed" }, canvas, marker);
  const words = element("span", { text: head ? `head ${head}` : "mean" });
  const caption = element("span", { class: "bw-caption" }, input, words);
  const label = element("label", { class: "bw-head" }, frame, caption);
  return { head, input, canvas, marker, frame, label };
}

export class HeadPictures {
  /**
   * @param {string} id
   * @param {object} hear
   * @param {(head: number) => void} hear.onChoose 0 is the mean
   * @param {(head: number | null, row: number) => void} [hear.onRow] the row under the pointer; a
   *   head of null says that there is none
   */
  constructor(id, { onChoose, onRow = () => {} }) {
    this.name = `${id}-head`;
    this.onChoose = onChoose;
    this.onRow = onRow;
    this.node = element("div", { class: "bw-pictures", role: "radiogroup" });
    /** @type {ReturnType<typeof headPicture>[]} */
    this.pictures = [];
    /** @type {HeadMap | null} */
    this.map = null;
    this.stop = whenThemeChanges(() => this.paint());
  }

  /**
   * Shows the heads of a layer.
   * @param {HeadMap} map
   * @param {object} options
   * @param {number} options.head the one that is chosen
   * @param {boolean} [options.masked] whether later tokens are hidden
   * @param {string} options.what the layer in words
   */
  draw(map, { head: chosen, masked = false, what }) {
    this.map = map;
    const heads = map.heads > 1 ? [...Array(map.heads).keys()].map((n) => n + 1).concat(0) : [1];
    if (heads.join() !== this.pictures.map(({ head }) => head).join()) {
      this.pictures = heads.map((head) => this.make(head));
      this.node.replaceChildren(...this.pictures.map(({ label }) => label));
    }
    this.node.setAttribute("aria-label", `Heads of ${what}`);
    this.node.style.setProperty("--shape", `${map.columns} / ${map.rows}`);
    for (const { head, input, frame } of this.pictures) {
      input.checked = head === chosen;
      frame.classList.toggle("is-masked", masked);
    }
    this.mark(null);
    this.paint();
  }

  /** @param {number} head */
  make(head) {
    const picture = headPicture(head, this.name, () => this.onChoose(head));
    picture.frame.addEventListener("pointermove", (event) => {
      const rows = this.map?.rows ?? 1;
      const row = Math.floor(shareOf(picture.frame, event)[1] * rows);
      this.onRow(head, Math.min(Math.max(row, 0), rows - 1));
    });
    picture.frame.addEventListener("pointerleave", () => this.onRow(null, 0));
    return picture;
  }

  /** One dot a weight, as green as the weight is large. */
  paint() {
    if (!this.map) return;
    // Before the widget stands in the page there is no style sheet to ask.
    const green = this.node.isConnected ? styleColor(this.node, "--bw-attention") : GREEN;
    for (const { head, canvas } of this.pictures) {
      canvas.width = this.map.columns;
      canvas.height = this.map.rows;
      paintPixels(canvas, weightsOf(this.map, head), dense(green));
    }
  }

  /**
   * Marks a row in every picture, or none.
   * @param {number | null} row
   */
  mark(row) {
    for (const { marker } of this.pictures) {
      marker.hidden = row === null;
      if (row === null || !this.map) continue;
      marker.style.top = `${(100 * row) / this.map.rows}%`;
      marker.style.height = `${100 / this.map.rows}%`;
    }
  }
}
