// Strings as cells: what goes in, what comes out, wrong symbols struck through.

import { compare, faultsIn } from "../compare.js";
import { element, spoken } from "../elements.js";
import { unmarked } from "../tokens.js";

/** @typedef {import("../compare.js").Pair} Pair */

export const NOTHING = "?"; // no symbol that can be said: what is not said cannot be struck

/** What is said of a network before its first step. */
export const UNTRAINED = "not trained yet";

/** @param {Pair} pair */
export const cellOf = ({ kind, answer }) =>
  element("i", {
    class: answer === NOTHING ? "is-nothing" : `is-${kind}`,
    text: kind === "missing" ? "·" : answer,
  });

/**
 * What a network says before its first step, which means nothing: as many as there should be, in
 * grey.
 * @param {string[]} symbols
 * @param {number} most
 */
export function untrainedCells(symbols, most) {
  const drawn = symbols
    .slice(0, most)
    .map((symbol) => element("i", { class: "is-nothing", text: symbol }));
  if (symbols.length > most) drawn.push(element("i", { class: "is-cut", text: "…" }));
  return drawn;
}

/**
 * A row of cells with a name before it and a note after it. Returns {node, source(symbols),
 * answer(symbols, right)}.
 * @param {string} name
 * @param {string} role a class is-… of the name: encoder, decoder, attention, fixed
 * @param {number} places that are kept free, so that nothing jumps
 */
export function tape(name, role, places) {
  const cells = element("span", { class: "bw-cells", "aria-hidden": "true" });
  const words = spoken("");
  const note = element("span", { class: "bw-tape-note", "aria-hidden": "true" });
  let room = places;

  /** @param {HTMLElement[]} drawn */
  function fill(drawn) {
    cells.replaceChildren(...drawn);
    cells.style.setProperty("--places", String(Math.max(room, drawn.length)));
  }
  const node = element(
    "p",
    { class: `bw-tape is-${role}` },
    element("b", { class: "bw-tape-name", text: name }),
    cells,
    words,
    note,
  );
  return {
    node,
    /** @param {number} count */
    places(count) {
      room = count;
    },
    /** What goes in. @param {string[]} symbols @param {string} [remark] */
    source(symbols, remark = "") {
      fill(symbols.map((text) => element("i", { class: "is-given", text })));
      note.textContent = remark;
      words.textContent = ` ${symbols.join(" ")} ${remark}`;
    },
    /**
     * What came out, and what should have.
     * @param {string[]} symbols
     * @param {string[]} right
     * @param {boolean} [trained] it has taken a step
     */
    answer(symbols, right, trained = true) {
      if (!trained) {
        fill(untrainedCells(symbols, right.length));
        note.textContent = UNTRAINED;
        words.textContent = ` ${UNTRAINED}`;
        return;
      }
      const pairs = compare(symbols, right);
      const most = Math.max(room, right.length);
      const drawn = pairs.slice(0, pairs.length > most ? most - 1 : most).map(cellOf);
      if (pairs.length > most) drawn.push(element("i", { class: "is-cut", text: "…" }));
      fill(drawn);
      note.textContent = faultsIn(pairs);
      words.textContent = ` ${symbols.join(" ") || "nothing"}, ${note.textContent}`;
    },
    /**
     * What came out, where nobody knows what should have.
     * @param {string[]} symbols
     * @param {boolean} [trained]
     */
    said(symbols, trained = true) {
      fill(trained ? unmarked(symbols).map(cellOf) : untrainedCells(symbols, room - 1));
      note.textContent = trained ? "" : UNTRAINED;
      words.textContent = ` ${trained ? symbols.join(" ") || "nothing" : UNTRAINED}`;
    },
    /** Nothing has come out yet. */
    clear() {
      fill([]);
      note.textContent = "";
      words.textContent = " nothing yet";
    },
  };
}
