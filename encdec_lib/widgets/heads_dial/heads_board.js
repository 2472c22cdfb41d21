// The maps of all heads, and the one row that is looked at in words.

import { element } from "../parts/elements.js";
import { headFigures } from "./head_figures.js";
import { percent, readingOf, shade, sumsOf, twinsOf } from "./heads_words.js";
import { wordChips } from "./word_chips.js";

/** @typedef {import("./heads_words.js").Maps} Maps */
/** @typedef {import("./heads_words.js").Place} Place */

const HINT =
  "A row is a word that looks, a column a word that is looked at. Point at a row of a map, or use " +
  "the arrow keys; a click keeps it.";

/** The shades of some weights. */
function shadesKey() {
  const shades = [0, 0.01, 0.05, 0.2, 0.5, 1].map((weight) => {
    const swatch = element("i");
    swatch.style.setProperty("--share", `${100 * shade(weight)}%`);
    return element("span", {}, swatch, percent(weight));
  });
  return element("p", { class: "bw-hint bw-key", "aria-hidden": "true" }, ...shades);
}

/**
 * What the keys do on the map of head n, where `row` is chosen.
 * @type {(n: number, row: number, heads: number, N: number) => Record<string, Partial<Place>>}
 */
const figureMoves = (n, row, heads, N) => ({
  ArrowLeft: { head: (n - 1 + heads) % heads },
  ArrowRight: { head: (n + 1) % heads },
  ArrowUp: { row: Math.max(row - 1, 0) },
  ArrowDown: { row: Math.min(row + 1, N - 1) },
  Home: { head: 0 },
  End: { head: heads - 1 },
});

/**
 * What the keys do on the chip of row t.
 * @type {(t: number, N: number) => Record<string, Partial<Place>>}
 */
const chipMoves = (t, N) => ({
  ArrowLeft: { row: (t - 1 + N) % N },
  ArrowRight: { row: (t + 1) % N },
  Home: { row: 0 },
  End: { row: N - 1 },
});

/**
 * Tokens and maps, and which row of which head is shown: the one that is kept, by arrow keys or a
 * click, or while the pointer is on a map, the row under it.
 */
class Shown {
  /** @type {string[]} */
  tokens = [];
  /** @type {Maps} */
  maps = [];
  /** @type {Place} */
  kept = { head: 0, row: 1 };
  /** @type {Place | null} */
  pointed = null;

  get place() {
    return this.pointed ?? this.kept;
  }
  /** The weights of the row that is shown. */
  get shares() {
    return this.maps[this.place.head]?.[this.place.row];
  }
  /** @param {number} down how far down a map, 0 to 1 */
  rowAt(down) {
    const N = this.tokens.length;
    return Math.max(0, Math.min(N - 1, Math.floor(down * N)));
  }
  /** @type {(tokens: string[], maps: Maps) => void} */
  replace(tokens, maps) {
    Object.assign(this, { tokens, maps });
    this.kept = {
      head: Math.min(this.kept.head, maps.length - 1),
      row: Math.min(this.kept.row, tokens.length - 1),
    };
    if (!this.shares) this.pointed = null;
  }
}

/**
 * The board: {nodes, draw(tokens, maps), reading(), fit()}.
 * @param {HTMLElement} el
 */
export function board(el) {
  const now = new Shown();
  const said = element("p", { class: "bw-reading" });
  const sums = element("p", { class: "bw-hint bw-sums" });
  const twins = element("p", { class: "bw-hint bw-twins" });

  const figures = headFigures({
    onPoint(head, down) {
      now.pointed = down === null ? null : { head, row: now.rowAt(down) };
      light();
    },
    onClick: (head, down) => choose(down === null ? { head } : { head, row: now.rowAt(down) }),
    onKey(n, event) {
      const moves = figureMoves(n, now.kept.row, now.maps.length, now.tokens.length);
      steer(event, moves, () => figures.focus(now.kept.head));
    },
  });
  const chips = wordChips({
    onClick: (row) => choose({ row }),
    onKey: (t, event) =>
      steer(event, chipMoves(t, now.tokens.length), () => chips.focus(now.kept.row)),
  });

  /** @type {(event: KeyboardEvent, moves: Record<string, Partial<Place>>, focus: () => void) => void} */
  function steer(event, moves, focus) {
    if (!moves[event.key]) return;
    event.preventDefault();
    now.pointed = null;
    choose(moves[event.key]);
    focus();
  }
  /** @param {Partial<Place>} changes */
  function choose(changes) {
    Object.assign(now.kept, changes);
    light();
  }
  const reading = () => readingOf(now.tokens, now.maps, now.place);

  /** Shows the row that is pointed at or kept. */
  function light() {
    if (!now.shares) return;
    figures.light(now.place, now.kept);
    chips.light(now.place.row, now.kept.row, now.shares);
    said.textContent = reading();
  }

  /** @type {(tokens: string[], maps: Maps) => void} */
  function draw(tokens, maps) {
    const others = tokens.join("\n") !== now.tokens.join("\n");
    now.replace(tokens, maps);
    if (others) for (const part of [figures, chips]) part.name(tokens);
    figures.draw(maps);
    figures.fit(el);
    sums.textContent = sumsOf(maps);
    twins.textContent = twinsOf(tokens, maps);
    light();
  }

  const hint = element("p", { class: "bw-hint", text: HINT });
  const nodes = [figures.node, shadesKey(), hint, said, chips.node, sums, twins];
  return { nodes, draw, reading, fit: () => figures.fit(el) };
}
