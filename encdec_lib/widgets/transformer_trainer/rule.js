// What the decoder may see of the answer while it learns: a rule that the reader sets with the dial,
// and no result. A row for each letter that it has to write, with the letters that it may see.

import { element } from "../parts/elements.js";

const [BEGIN, END] = ["◦", "▪"];

/**
 * What row t shows at each place of the decoder's input: what it may see, what is hidden from it,
 * and what it has to write itself.
 * @param {string[]} answer
 * @param {boolean} leaks
 * @returns {{writes: string, cells: {text: string, kind: "seen" | "hidden" | "answer"}[]}[]}
 */
export function rowsOf(answer, leaks) {
  const given = [BEGIN, ...answer];
  return [...answer, END].map((writes, t) => ({
    writes,
    cells: given.map((text, s) => {
      if (s > t && !leaks) return { text: "", kind: "hidden" };
      return { text, kind: s === t + 1 ? "answer" : "seen" };
    }),
  }));
}

const SEES = {
  before: "it sees only what came before it. What is hatched is hidden.",
  all: "it sees everything, also the answer, which is framed.",
};

/** The rule. Returns {node, draw(answer, leaks)}. */
export function rulePicture() {
  const words = element("span");
  const rows = element("div", { class: "bw-rule-rows", role: "img" });
  return {
    node: element(
      "div",
      { class: "bw-rule-set" },
      element(
        "p",
        { class: "bw-rule-says" },
        element("b", { text: "The rule that you set. " }),
        "While it learns to write the letter at the left, ",
        words,
      ),
      rows,
    ),
    /** @param {string[]} answer @param {boolean} leaks */
    draw(answer, leaks) {
      words.textContent = leaks ? SEES.all : SEES.before;
      const drawn = rowsOf(answer, leaks);
      rows.style.setProperty("--places", String(drawn.length));
      rows.replaceChildren(
        ...drawn.flatMap(({ writes, cells }) => [
          element("b", {}, "to write ", element("span", { text: writes })),
          ...cells.map(({ text, kind }) => element("i", { class: `is-${kind}`, text })),
        ]),
      );
      const each = drawn.map(({ writes, cells }) => {
        const seen = cells.flatMap(({ text }) => (text ? [text] : []));
        return `${writes === END ? "the end" : writes} after seeing ${seen.join(" ")}`;
      });
      rows.setAttribute("aria-label", `The rule while it learns to write: ${each.join("; ")}.`);
    },
  };
}
