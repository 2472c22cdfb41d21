// One alignment, large: letters along the top, sounds down the side. Grey is a weight as large as
// all others in its row, 1 / S; what is looked at turns green, and what is not fades.

import { element } from "../parts/elements.js";
import { between, styleColor } from "../parts/pixels.js";
import { NOTHING } from "../parts/trainer/tapes.js";
import { percent } from "../parts/trainer/words.js";

const LEFT = 44; // px for the sounds
const TOP = 30; // and for the letters
const MOST = 380; // px of a side
const END = "▪"; // it says nothing, and is done

/** @typedef {(weight: number, S: number) => string} Shade */
/** @typedef {{letters: string[], sounds: string[], weights: ArrayLike<number>[]}} Alignment */

/**
 * Colours of a weight among S.
 * @param {Element} el whose style sheet holds them
 * @returns {Shade}
 */
export function shades(el) {
  const [paper, grey, green] = ["--bw-page", "--bw-line", "--bw-attention-text"].map((name) => [
    ...styleColor(el, name),
  ]);
  const [fades, grows] = [between(paper, grey), between(grey, green)];
  return (weight, S) => {
    const same = 1 / S;
    const mixed = weight < same ? fades(weight / same) : grows((weight - same) / (1 - same || 1));
    return `rgb(${mixed.map(Math.round).join()})`;
  };
}

/** @param {Alignment} alignment */
function inWords({ letters, sounds, weights }) {
  const rows = sounds.map((sound, i) => {
    const row = Array.from(weights[i] ?? []);
    const best = row.indexOf(Math.max(...row));
    return `${sound} from ${letters[best] ?? "nothing"}, ${percent(row[best] ?? 0)}`;
  });
  return `Alignment of ${letters.join("")}: ${rows.join("; ") || "nothing is said"}.`;
}

/** The picture: {node, draw(alignment), fit()}. */
export class AlignmentMap {
  constructor() {
    this.drawing = element("svg", { role: "img", class: "bw-alignment-map" });
    this.node = element("div", { class: "bw-alignment" }, this.drawing);
    /** @type {Alignment} */
    this.shown = { letters: [], sounds: [], weights: [] };
    /** @type {SVGRectElement[]} */
    this.cells = [];
    this.made = ""; // what the cells were made for
    /** @type {Shade | null} */
    this.shade = null;
  }

  /** @param {Alignment} alignment */
  draw(alignment) {
    this.shown = alignment;
    this.paint();
  }

  /** Another width or another light. */
  fit() {
    this.made = "";
    this.shade = null;
    this.paint();
  }

  paint() {
    const { letters, weights } = this.shown;
    const sounds = this.shown.sounds.length ? this.shown.sounds : [END];
    const room = Math.min(this.node.clientWidth - LEFT, MOST);
    if (room < 60 || !letters.length) return;
    const shape = [room, letters.join(""), sounds.join(" ")].join();
    if (shape !== this.made) this.make(room, letters, sounds);
    this.made = shape;
    this.shade ??= shades(this.node);
    const S = letters.length;
    this.cells.forEach((cell, k) => {
      const weight = weights[Math.floor(k / S)]?.[k % S] ?? 1 / S;
      cell.style.fill = /** @type {Shade} */ (this.shade)(weight, S);
    });
    this.drawing.setAttribute("aria-label", inWords(this.shown));
  }

  /** @param {number} side @param {string[]} letters @param {string[]} sounds */
  make(side, letters, sounds) {
    const [wide, high] = [side / letters.length, side / sounds.length];
    const [width, height] = [LEFT + side, TOP + side];
    for (const [name, value] of Object.entries({ width, height })) {
      this.drawing.setAttribute(name, String(value));
    }
    const before = this.cells;
    this.cells = sounds.flatMap((_, i) =>
      letters.map((_, j) => {
        const cell = before[i * letters.length + j] ?? element("rect", { rx: 3 });
        const place = { x: LEFT + j * wide + 1, y: TOP + i * high + 1 };
        const size = { width: Math.max(wide - 2, 1), height: Math.max(high - 2, 1) };
        for (const [name, value] of Object.entries({ ...place, ...size })) {
          cell.setAttribute(name, value.toFixed(2));
        }
        return cell;
      }),
    );
    const text = (/** @type {string} */ kind, /** @type {number} */ x, /** @type {number} */ y) =>
      element("text", {
        class: kind,
        x,
        y,
        "text-anchor": kind === "is-letter" ? "middle" : "end",
      });
    const names = [
      ...letters.map((letter, j) => [text("is-letter", LEFT + (j + 0.5) * wide, TOP - 9), letter]),
      ...sounds.map((sound, i) => {
        const kind = sound === NOTHING ? "is-sound is-nothing" : "is-sound";
        return [text(kind, LEFT - 9, TOP + (i + 0.5) * high + 5), sound];
      }),
    ].map(([node, name]) => {
      /** @type {Element} */ (node).textContent = String(name);
      return node;
    });
    this.drawing.replaceChildren(...this.cells, ...names);
  }
}
