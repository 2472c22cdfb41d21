// A small table of numbers: one row of heads, then a name and its numbers in every row.

import { element } from "./elements.js";

/**
 * @param {"th" | "td"} tag
 * @param {unknown[]} cells the first is the name of the row
 */
function rowOf(tag, [first, ...cells]) {
  const scope = tag === "th" ? "col" : null;
  return element(
    "tr",
    {},
    element("th", { scope: scope ?? "row", text: first }),
    ...cells.map((text) => element(tag, { scope, text })),
  );
}

/** The table. Returns {node, draw(caption, heads, rows)}. */
export function numberTable() {
  const node = element("table", { class: "bw-numbers" });
  return {
    node,
    /**
     * @param {string} caption
     * @param {unknown[]} heads
     * @param {unknown[][]} rows
     */
    draw(caption, heads, rows) {
      node.replaceChildren(
        element("caption", { text: caption }),
        rowOf("th", heads),
        ...rows.map((row) => rowOf("td", row)),
      );
    },
  };
}
