// The map of every head of a layer while the model learns: a row for each symbol that is written, a
// column for each that is read, darker is more.

import { element } from "../elements.js";
import { between, styleColor } from "../pixels.js";
import { percent } from "./words.js";

const LETTERS_FROM = 13; // px of a cell that can hold a letter
const SHADE = 0.8; // power of a weight, so that small ones can be seen

/**
 * What is drawn: one layer, the names along its sides, and for each row the columns that hold what
 * it needs, where the task says so.
 * @typedef {object} Picture
 * @property {import("./types.js").HeadMap} map
 * @property {string[]} rows
 * @property {string[]} columns
 * @property {number[][] | null} right
 * @property {string} rowColor a variable of the style sheet, such as --bw-decoder-text
 * @property {string} columnColor
 * @property {string} [name] of a layer with one head: what the map is called
 */

/**
 * The share of a head's weight that lies where it should.
 * @param {Picture} picture
 * @param {number} head
 */
export function shareRight({ map, right }, head) {
  if (!right) return null;
  let [sum, count] = [0, 0];
  right.slice(0, map.rows).forEach((columns, t) => {
    const from = (head * map.rows + t) * map.columns;
    for (const s of columns) sum += map.weights[from + s] ?? 0;
    count += 1;
  });
  return count ? sum / count : null;
}

/**
 * Draws one head on a canvas as wide as there is room; letters where they can be read.
 * @param {HTMLCanvasElement} canvas
 * @param {Picture} picture
 * @param {number} head
 * @param {(variable: string) => string} color
 * @param {(share: number) => number[]} ramp
 */
function paint(canvas, { map, rows, columns, rowColor, columnColor }, head, color, ramp) {
  const width = canvas.clientWidth;
  if (!width) return;
  const spelled = (width - LETTERS_FROM) / columns.length >= LETTERS_FROM;
  const edge = spelled ? 16 : 0;
  const cell = (width - edge) / columns.length;
  const height = edge + cell * rows.length;
  const dots = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * dots);
  canvas.height = Math.round(height * dots);
  canvas.style.height = `${height}px`;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(dots, dots);
  context.fillStyle = color("--bw-line");
  context.fillRect(edge, edge, width - edge, height - edge);
  rows.forEach((_, t) => {
    columns.forEach((_, s) => {
      const place = (head * map.rows + t) * map.columns + s;
      const weight = t < map.rows && s < map.columns ? map.weights[place] : 0;
      context.fillStyle = `rgb(${ramp(weight ** SHADE)
        .map(Math.round)
        .join()})`;
      context.fillRect(edge + s * cell + 0.5, edge + t * cell + 0.5, cell - 1, cell - 1);
    });
  });
  if (!spelled) return;
  context.font = `600 13px ${getComputedStyle(canvas).fontFamily}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = color(columnColor);
  columns.forEach((name, s) => {
    context.fillText(name, edge + (s + 0.5) * cell, edge / 2);
  });
  context.fillStyle = color(rowColor);
  rows.forEach((name, t) => {
    context.fillText(name, edge / 2 - 1, edge + (t + 0.5) * cell + 1);
  });
}

/** The maps: {node, draw(picture), fit()}. */
export class HeadMaps {
  constructor() {
    this.node = element("div", { class: "bw-maps" });
    /** @type {Picture | null} */
    this.picture = null;
    /** @type {{canvas: HTMLCanvasElement, name: HTMLElement, share: HTMLElement}[]} */
    this.heads = [];
  }

  /** @param {number} count */
  make(count) {
    this.heads = Array.from({ length: count }, () => ({
      canvas: element("canvas", { role: "img" }),
      name: element("b"),
      share: element("small"),
    }));
    this.node.dataset.heads = String(count);
    this.node.replaceChildren(
      ...this.heads.map(({ canvas, name, share }) =>
        element(
          "div",
          { class: "bw-map" },
          canvas,
          element("p", { "aria-hidden": "true" }, name, share),
        ),
      ),
    );
  }

  /** @param {Picture} picture */
  draw(picture) {
    this.picture = picture;
    if (this.heads.length !== picture.map.heads) this.make(picture.map.heads);
    this.fit();
  }

  fit() {
    const { picture, node } = this;
    if (!picture || !node.isConnected) return;
    const style = getComputedStyle(node);
    const color = (/** @type {string} */ variable) => style.getPropertyValue(variable);
    const ramp = between(
      [...styleColor(node, "--bw-page")],
      [...styleColor(node, "--bw-attention-text")],
    );
    this.heads.forEach(({ canvas, name, share }, head) => {
      paint(canvas, picture, head, color, ramp);
      name.textContent = picture.name ?? `head ${head + 1}`;
      const right = shareRight(picture, head);
      share.textContent = right === null ? "" : `${percent(right)} on its letter`;
      const said = right === null ? "" : `: ${percent(right)} of its weight is where it should be`;
      canvas.setAttribute("aria-label", `Map of ${name.textContent}${said}`);
    });
  }
}
