// The tokens as buttons, each with what it gets from the row that is looked at.

import { element } from "../parts/elements.js";
import { PAD } from "./heads_maths.js";
import { nameOf, percent, shade } from "./heads_words.js";

/**
 * The chips. Returns {node, name(tokens), light(row, kept, shares), focus(row)}.
 * @param {object} listeners
 * @param {(row: number) => void} listeners.onClick
 * @param {(row: number, event: KeyboardEvent) => void} listeners.onKey
 */
export function wordChips({ onClick, onKey }) {
  const node = element("div", {
    class: "bw-chips",
    role: "radiogroup",
    "aria-label": "The word that looks. Left and right choose another.",
  });
  /** @type {{chip: HTMLElement, share: HTMLElement, name: string}[]} */
  let chips = [];

  /** @type {(token: string, t: number) => typeof chips[0]} */
  function chipOf(token, t) {
    const share = element("small");
    const chip = element(
      "div",
      {
        role: "radio",
        class: token === PAD ? "bw-chip is-padding" : "bw-chip",
        tabindex: -1,
        on: { click: () => onClick(t), keydown: (event) => onKey(t, event) },
      },
      element("span", { text: nameOf(token) }),
      " ",
      share,
    );
    return { chip, share, name: nameOf(token) };
  }
  return {
    node,
    /** @param {string[]} tokens */
    name(tokens) {
      chips = tokens.map(chipOf);
      node.replaceChildren(...chips.map(({ chip }) => chip));
    },
    /** @type {(row: number, kept: number, shares: Float64Array) => void} */
    light(row, kept, shares) {
      chips.forEach(({ chip, share, name }, t) => {
        const said = percent(shares[t]);
        chip.style.setProperty("--share", `${100 * shade(shares[t])}%`);
        chip.classList.toggle("is-strong", shade(shares[t]) > 0.655);
        chip.classList.toggle("is-chosen", t === row);
        chip.setAttribute("aria-checked", String(t === kept));
        chip.tabIndex = t === kept ? 0 : -1;
        chip.setAttribute("aria-label", `${name} ${said}, place ${t + 1}`);
        share.textContent = said;
      });
    },
    /** @param {number} row */
    focus: (row) => chips[row].chip.focus(),
  };
}
