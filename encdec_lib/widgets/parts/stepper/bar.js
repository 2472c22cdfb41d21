// ← · 1…n with bars · Next →

import { button, element } from "../elements.js";

/**
 * The bar. Returns {node, show(step, last, onward)}; steps count from 0.
 * @param {(step: number) => void} go
 */
export function bar(go) {
  let now = 0;
  const back = button("←", () => go(now - 1), {
    class: "bw-button is-icon",
    "data-action": "back",
    "aria-label": "Step back",
  });
  const next = button("Next →", () => go(now + 1), {
    class: "bw-button is-main",
    "data-action": "next",
  });
  const dots = element("ol", { class: "bw-dots", "aria-label": "Steps" });
  const node = element("div", { class: "bw-stepping" }, back, dots, next);
  /** @param {number} k */
  const dot = (k) =>
    element(
      "li",
      {},
      button(k + 1, () => go(k), { "aria-label": `Step ${k + 1}` }),
    );
  return {
    node,
    /** @param {number} step @param {number} last @param {string} onward what the main button says */
    show(step, last, onward) {
      now = step;
      if (dots.children.length !== last + 1) {
        dots.replaceChildren(...Array.from({ length: last + 1 }, (_, k) => dot(k)));
        node.classList.toggle("is-many", last > 5);
      }
      [...dots.children].forEach((item, k) => {
        item.classList.toggle("is-past", k < step);
        item.children[0].toggleAttribute("aria-current", k === step);
        if (k === step) item.children[0].setAttribute("aria-current", "step");
      });
      back.setAttribute("aria-disabled", String(step === 0)); // and keeps the focus that it has
      next.textContent = onward;
    },
  };
}
