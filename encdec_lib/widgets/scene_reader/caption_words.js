// A caption as words to choose from, each with the step that wrote it.

import { element } from "../parts/elements.js";
import { markedCaption } from "../parts/scene_answer.js";

/**
 * Where a key moves from word t of `count`; undefined if nowhere.
 * @param {string} key
 * @param {number} t
 * @param {number} count
 */
function moved(key, t, count) {
  /** @type {Record<string, number>} */
  const to = {
    ArrowRight: Math.min(count - 1, t + 1),
    ArrowDown: Math.min(count - 1, t + 1),
    ArrowLeft: Math.max(0, t - 1),
    ArrowUp: Math.max(0, t - 1),
    Home: 0,
    End: count - 1,
  };
  return to[key];
}

/**
 * The words as radio buttons. Returns {node, count, show(chosen, shown)}.
 * @param {import("../parts/compare.js").Pair[]} pairs
 * @param {object} options
 * @param {boolean} options.finished whether the model wrote an end
 * @param {(t: number | null) => void} options.onPoint the word under the pointer, or none
 * @param {(t: number) => void} options.onChoose
 */
export function captionWords(pairs, { finished, onPoint, onChoose }) {
  const node = markedCaption(pairs);
  if (finished) {
    const end = element("span", { class: "bw-said", text: "end" });
    node.append(
      " ",
      element("span", { class: "bw-token bw-end", title: "the end of the caption" }, end),
    );
  }
  node.setAttribute("role", "radiogroup");
  node.setAttribute("aria-label", "Words of the caption; arrow keys move, each shows its map");
  const words = /** @type {HTMLElement[]} */ ([
    ...node.querySelectorAll(".bw-token:not(.bw-missing)"),
  ]);
  for (const [t, word] of words.entries()) {
    word.setAttribute("role", "radio");
    word.addEventListener("pointerenter", () => onPoint(t));
    word.addEventListener("pointerleave", () => onPoint(null));
    word.addEventListener("click", () => word.focus());
    word.addEventListener("focus", () => onChoose(t));
    word.addEventListener("keydown", (event) => {
      const to = moved(event.key, t, words.length);
      if (to === undefined) return;
      event.preventDefault();
      words[to].focus();
    });
  }
  return {
    node,
    count: words.length,
    /**
     * Marks the word that is chosen, and the one whose map is shown.
     * @param {number} chosen
     * @param {number} shown
     */
    show(chosen, shown) {
      for (const [t, word] of words.entries()) {
        word.tabIndex = t === chosen ? 0 : -1;
        word.setAttribute("aria-checked", String(t === chosen));
        word.classList.toggle("is-shown", t === shown);
      }
    },
  };
}
