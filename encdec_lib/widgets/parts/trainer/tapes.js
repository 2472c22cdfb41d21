// Strings as cells: what goes in, what comes out, wrong symbols struck through.

import { compare } from "../compare.js";
import { element, spoken } from "../elements.js";

/** @typedef {import("../compare.js").Pair} Pair */

/** @param {Pair} pair */
const cellOf = ({ kind, answer }) =>
  element("i", { class: `is-${kind}`, text: kind === "missing" ? "·" : answer });

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
    /** What came out, and what should have. @param {string[]} symbols @param {string[]} right */
    answer(symbols, right) {
      const pairs = compare(symbols, right);
      const faults = pairs.filter(({ kind }) => kind !== "right").length;
      const most = Math.max(room, right.length);
      const drawn = pairs.slice(0, pairs.length > most ? most - 1 : most).map(cellOf);
      if (pairs.length > most) drawn.push(element("i", { class: "is-cut", text: "…" }));
      fill(drawn);
      note.textContent = faults ? `${faults} wrong` : "all right"; // as many as are struck or dots
      words.textContent = ` ${symbols.join(" ") || "nothing"}, ${note.textContent}`;
    },
    /** What came out, where nobody knows what should have. @param {string[]} symbols */
    said(symbols) {
      fill(symbols.map((text) => element("i", { class: "is-right", text })));
      note.textContent = "";
      words.textContent = ` ${symbols.join(" ") || "nothing"}`;
    },
    /** Nothing has come out yet. */
    clear() {
      fill([]);
      note.textContent = "";
      words.textContent = " nothing yet";
    },
  };
}
