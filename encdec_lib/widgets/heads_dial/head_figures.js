// The maps of all heads as small pictures, with the words beside every line of them.

import { entropy } from "../../web/engine/arithmetic.js";
import { shareOf } from "../parts/dragging.js";
import { element } from "../parts/elements.js";
import { sum } from "../parts/numbers.js";
import { between, paintPixels, pixels, styleColor } from "../parts/pixels.js";
import { nameOf, shade } from "./heads_words.js";

/** @typedef {import("./heads_words.js").Maps} Maps */
/** @typedef {import("./heads_words.js").Place} Place */

const MOST = 16; // heads
const NARROW = 560; // pixels of the widget; below it the maps stand in more lines
const LEGIBLE = 8.5; // pixels of a row; below it the words beside the maps are left out

/**
 * What a figure tells. `down` is how far down a map the pointer is, 0 to 1.
 * @typedef {object} Listeners
 * @property {(head: number, down: number | null) => void} onPoint null when it leaves
 * @property {(head: number, down: number | null) => void} onClick null beside the map
 * @property {(head: number, event: KeyboardEvent) => void} onKey
 */

/**
 * The figure of head n.
 * @param {number} n
 * @param {Listeners} listeners
 */
function figureOf(n, { onPoint, onClick, onKey }) {
  const canvas = pixels(1, 1);
  const mark = element("div", { class: "bw-mark" });
  const frame = element("div", { class: "bw-frame bw-pointed" }, canvas, mark);
  const bits = element("span");
  const title = element("b", { text: `head ${n + 1}` });
  const node = element(
    "div",
    { role: "radio", class: "bw-head", tabindex: -1 },
    frame,
    element("div", { class: "bw-caption" }, title, bits),
  );
  const down = (/** @type {MouseEvent} */ event) => shareOf(frame, event)[1];
  frame.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch") onPoint(n, down(event));
  });
  frame.addEventListener("pointerleave", () => onPoint(n, null));
  node.addEventListener("click", (event) => {
    const onMap = frame.contains(/** @type {Node} */ (event.target));
    onClick(n, onMap ? down(event) : null);
  });
  node.addEventListener("keydown", (event) => onKey(n, event));
  return { node, frame, canvas, mark, bits };
}

/** @typedef {ReturnType<typeof figureOf>} Figure */

/**
 * How many maps stand side by side, as suits their number and the room.
 * @param {number} count
 * @param {number} room
 */
function columnsFor(count, room) {
  if (room >= NARROW) return Math.min(count, 4);
  return count < 4 ? count : count < 8 ? 2 : 4;
}

/**
 * One map: N × N dots, each the mixture of two colours that its weight asks for.
 * @param {HTMLCanvasElement} canvas
 * @param {Float64Array[]} rows
 * @param {(share: number) => import("../parts/pixels.js").Color} mixture
 */
function paint(canvas, rows, mixture) {
  const N = rows.length;
  if (canvas.width !== N) canvas.width = canvas.height = N;
  const weights = rows.flatMap((row) => [...row]);
  paintPixels(canvas, weights, (weight) => mixture(shade(weight)));
}

/**
 * The figures. Returns {node, name(tokens), draw(maps), fit(el), light(…), focus(head)}.
 * @param {Listeners} listeners
 */
export function headFigures(listeners) {
  const figures = Array.from({ length: MOST }, (_, n) => figureOf(n, listeners));
  const lines = figures.map(() => element("div", { class: "bw-rows", "aria-hidden": "true" }));
  const node = element("div", {
    class: "bw-maps",
    role: "radiogroup",
    "aria-label": "Head. Left and right choose a head, up and down a row.",
  });
  /** @type {Maps} */
  let maps = [];

  /** Lays the maps out for the room there is, and paints them in the colours of the page. */
  function fit(/** @type {HTMLElement} */ el) {
    const columns = columnsFor(maps.length, el.clientWidth);
    node.style.setProperty("--columns", String(columns));
    node.dataset.columns = String(columns);
    const shown = figures
      .slice(0, maps.length)
      .flatMap((figure, n) => (n % columns ? [figure.node] : [lines[n / columns], figure.node]));
    const there = [...node.children];
    if (there.length !== shown.length || shown.some((one, k) => one !== there[k])) {
      node.replaceChildren(...shown);
    }
    const height = figures[0].frame.clientHeight / Math.max(maps[0]?.length ?? 0, 1);
    node.classList.toggle("is-tight", height < LEGIBLE);
    node.style.setProperty("--text", `${Math.min(13, height * 0.85)}px`);
    const mixture = between(styleColor(el, "--bw-raised"), styleColor(el, "--bw-attention"));
    maps.forEach((rows, n) => {
      paint(figures[n].canvas, rows, mixture);
    });
  }

  return {
    node,
    fit,
    /** @param {string[]} tokens */
    name(tokens) {
      for (const line of lines) {
        line.replaceChildren(...tokens.map((token) => element("span", { text: nameOf(token) })));
      }
    },
    /** @type {(maps: Maps) => void} */
    draw(next) {
      maps = next;
      maps.forEach((rows, n) => {
        const bits = `${(sum(rows.map((row) => entropy(row))) / rows.length).toFixed(1)} bits`;
        figures[n].bits.textContent = bits;
        figures[n].node.setAttribute("aria-label", `head ${n + 1}, ${bits}`);
      });
    },
    /** @type {(place: Place, kept: Place) => void} */
    light({ head, row }, kept) {
      const N = maps[head].length;
      figures.slice(0, maps.length).forEach((figure, n) => {
        figure.node.setAttribute("aria-checked", String(n === kept.head));
        figure.node.tabIndex = n === kept.head ? 0 : -1;
        figure.node.classList.toggle("is-chosen", n === head);
        figure.mark.style.top = `${(100 * row) / N}%`;
        figure.mark.style.height = `${100 / N}%`;
      });
      for (const line of lines) {
        [...line.children].forEach((word, t) => {
          word.classList.toggle("is-chosen", t === row);
        });
      }
    },
    /** @param {number} head */
    focus: (head) => figures[head].node.focus(),
  };
}
