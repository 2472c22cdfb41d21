// Small pictures of the same alignment at earlier steps: how it came out of the grey.

import { element } from "../parts/elements.js";
import { stepsOf, thousands } from "../parts/trainer/words.js";
import { shades } from "./alignment_map.js";

const FRAMES = [0, 50, 150, 400, 800]; // steps after which one is kept
const SIDE = 60;

/** @typedef {import("./alignment_map.js").Alignment} Alignment */

/** Returns {node, clear(), look(alignment, steps), fit()}. */
export function film() {
  const node = element("div", { class: "bw-film", "aria-hidden": "true" });
  /** @type {{alignment: Alignment, canvas: HTMLCanvasElement}[]} */
  let frames = [];

  /** @param {{alignment: Alignment, canvas: HTMLCanvasElement}} frame */
  function paint({ alignment, canvas }) {
    const { letters, weights } = alignment;
    const rows = Math.max(1, alignment.sounds.length);
    const shade = shades(node);
    const dots = Math.max(1, window.devicePixelRatio || 1);
    canvas.width = canvas.height = Math.round(SIDE * dots);
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const [wide, high] = [canvas.width / letters.length, canvas.height / rows];
    for (let i = 0; i < rows; i++) {
      letters.forEach((_, j) => {
        context.fillStyle = shade(weights[i]?.[j] ?? 1 / letters.length, letters.length);
        context.fillRect(j * wide, i * high, Math.ceil(wide), Math.ceil(high));
      });
    }
  }
  return {
    node,
    clear() {
      frames = [];
      node.replaceChildren();
    },
    /** Keeps what it looks like now, if it is time for it. @param {Alignment} alignment @param {number} steps */
    look(alignment, steps) {
      if (frames.length >= FRAMES.length || steps < FRAMES[frames.length]) return;
      while (
        frames.length &&
        frames.length < FRAMES.length - 1 &&
        steps >= FRAMES[frames.length + 1]
      ) {
        frames.push(frames[frames.length - 1]); // a moment that nobody saw
      }
      const canvas = element("canvas");
      const label = element("small", { text: frames.length ? thousands(steps) : stepsOf(steps) });
      frames.push({ alignment, canvas });
      node.append(element("span", {}, canvas, label));
      paint(frames[frames.length - 1]);
    },
    fit: () => new Set(frames).forEach(paint),
  };
}
