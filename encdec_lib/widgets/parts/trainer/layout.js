// Where everything of a trainer stands.

import { element } from "../elements.js";

/** Three numbers that can be read across a room. Returns {node, draw(numbers)}. */
export function bigNumbers() {
  const node = element("div", { class: "bw-big" });
  return {
    node,
    /** @param {{value: string, label: string}[]} numbers */
    draw(numbers) {
      if (node.children.length !== numbers.length) {
        node.replaceChildren(...numbers.map(() => element("p", {}, element("b"), element("span"))));
      }
      numbers.forEach(({ value, label }, k) => {
        const [big, small] = node.children[k].children;
        if (big.textContent !== value) big.textContent = value;
        if (small.textContent !== label) small.textContent = label;
      });
    },
  };
}

/**
 * @typedef {Record<"dials" | "buttons" | "numbers" | "loss" | "status" | "voice" | "table", Node> &
 *   {run: (Node | null)[], extra: Node | null}} Pieces
 */

/**
 * What is seen first: the figure, the buttons, a sentence; the rest is folded away.
 * @param {import("./types.js").Figure} figure
 * @param {Node} caption
 * @param {Pieces} pieces
 */
function folded({ view: { node: view, bar } }, caption, pieces) {
  const { dials, buttons, numbers, loss, status, table, run } = pieces;
  const controls = [element("div", { class: "bw-row" }, buttons, dials), status];
  bar?.append(...controls);
  return [
    view,
    ...(bar ? [] : controls),
    caption,
    element(
      "details",
      { class: "bw-more" },
      element("summary", { text: "Loss, your runs, speed and seed" }),
      element("div", { class: "bw-lab" }, element("div", {}, numbers, loss), table),
      element("div", { class: "bw-run" }, ...run),
    ),
  ];
}

/**
 * Dials on top, the model at the left, what becomes of it at the right, the runs below.
 * @param {import("./types.js").Figure} figure
 * @param {Node} caption
 * @param {Pieces} pieces
 */
function open(
  { view: { node: view }, lossFolded },
  caption,
  { dials, buttons, numbers, loss, status, table, run, extra },
) {
  const seen = lossFolded ? null : loss;
  return [
    dials,
    element(
      "div",
      { class: "bw-lab is-open" },
      element("div", { class: "bw-lab-model" }, buttons, view),
      element(
        "div",
        { class: "bw-lab-side" },
        numbers,
        seen,
        status,
        element(
          "details",
          { class: "bw-more" },
          element("summary", { text: lossFolded ? "Loss, speed and seed" : "Speed and seed" }),
          lossFolded ? loss : null,
          element("div", { class: "bw-run" }, ...run),
        ),
      ),
    ),
    element("div", { class: "bw-lab bw-below" }, table, extra),
    caption,
  ];
}

/**
 * @param {HTMLElement} el
 * @param {import("./types.js").Figure} figure
 * @param {Pieces} pieces
 */
export function arrange(el, figure, pieces) {
  el.setAttribute("role", "group");
  el.setAttribute("aria-label", figure.title);
  const caption = element("p", { class: "bw-footline", text: figure.caption ?? "" });
  const made = (figure.folded ? folded : open)(figure, caption, pieces);
  el.append(
    element("p", { class: "bw-headline", "aria-hidden": "true", text: figure.title }),
    ...made,
    pieces.voice,
  );
}
