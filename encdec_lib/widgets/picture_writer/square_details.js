// What stands below the pictures of chapter 16: what the model expected of one square, and where it
// looked while it did.

import { element, spoken } from "../parts/elements.js";

const MOST = 6; // codes that are shown one by one
const VISIBLE = 5e-4; // a difference of shares that percents can show
const IDLE =
  "Point at a square, tap it, or reach a picture by Tab and move by arrow keys: " +
  "here stands what the model expected there, and where it looked.";

/** @typedef {import("../parts/codebook.js").Codebook} Codebook */
/** @typedef {"word" | "start" | "squares"} Kind a class is-… of the style sheet */

/**
 * A square of a picture. `model` and `drawn` are shares of all codes, without and with the dials;
 * `looked` are the shares of what it looked at.
 * @typedef {object} Square
 * @property {number} painted the code that stands there
 * @property {Float64Array} model
 * @property {Float64Array} drawn
 * @property {{name: string, share: number, kind: Kind}[]} looked
 */

/**
 * A share from 0 to 1 as "12%", "0.4%" or "under 0.1%".
 * @param {number} share
 */
export function percent(share) {
  if (share >= 0.0995 || share === 0) return `${Math.round(100 * share)}%`;
  return share < 0.001 ? "under 0.1%" : `${(100 * share).toFixed(1)}%`;
}

/**
 * @param {string} name
 * @param {...Node} children
 */
const section = (name, ...children) =>
  element("section", {}, element("p", { class: "bw-name", text: name }), ...children);

/**
 * The most probable codes. Returns {node, show(square)}; show() gives them in words.
 * @param {Codebook} codebook
 */
function expectedCodes(codebook) {
  const codes = element("ol", { class: "bw-codes", "aria-label": "Most probable squares" });
  const rest = element("p", { class: "bw-hint" });
  /** @param {number} code */
  const inWords = (code) => `code ${code + 1}, ${Math.round(100 * codebook.ink(code))}% ink`;

  /** @type {(code: number, square: Square, dialled: boolean) => HTMLElement} */
  function line(code, { model, drawn, painted }, dialled) {
    const bar = element("span", { class: "bw-bar" });
    bar.style.setProperty("--share", `${100 * model[code]}%`);
    const now = dialled ? ` → ${percent(drawn[code])}` : "";
    return element(
      "li",
      { class: code === painted ? "is-painted" : null },
      codebook.swatch(code),
      spoken(`${inWords(code)}: `),
      element("span", { class: "bw-track", "aria-hidden": "true" }, bar),
      element("span", { class: "bw-share", text: `${percent(model[code])}${now}` }),
      code === painted ? element("span", { class: "bw-mark", text: "painted" }) : null,
    );
  }
  return {
    node: section("What it expected here", codes, rest),
    /** @param {Square} square */
    show(square) {
      const { model, drawn, painted } = square;
      const dialled = drawn.some((share, code) => Math.abs(share - model[code]) > VISIBLE);
      const order = [...model.keys()].sort((a, b) => model[b] - model[a]);
      const top = order.slice(0, MOST);
      if (!top.includes(painted)) top[top.length - 1] = painted; // always to be seen
      codes.replaceChildren(...top.map((code) => line(code, square, dialled)));
      const others = order.length - top.length;
      const left = order.reduce((sum, code) => sum + (top.includes(code) ? 0 : model[code]), 0);
      rest.textContent =
        (others > 0 ? `The other ${others} together ${percent(left)}. ` : "") +
        (dialled ? "After the arrow: with temperature and top-k." : "");
      return top.map((code) => `${inWords(code)}, ${percent(model[code])}`);
    },
  };
}

/**
 * Where the model looked, by layer or on the mean of all. Returns {node, layer, show(square)}.
 * @param {string} id
 * @param {number} layers
 * @param {() => void} onLayer
 */
function whereItLooked(id, layers, onLayer) {
  const words = element("ul", { class: "bw-looked", "aria-label": "Where it looked" });
  const layer = element(
    "select",
    { id: `${id}-layer`, on: { change: onLayer } },
    element("option", { value: 0, text: "mean of all" }),
    ...Array.from({ length: layers }, (_, l) => {
      const place = l === 0 ? " (bottom)" : l === layers - 1 ? " (top)" : "";
      return element("option", { value: l + 1, text: `${l + 1}${place}` });
    }),
  );
  const label = element("label", { for: layer.id, text: "Layer" });
  const hint = "Mean of the heads. Green in the picture: which squares.";
  return {
    layer,
    node: section(
      "Where it looked",
      words,
      element("p", { class: "bw-layer" }, label, layer),
      element("p", { class: "bw-hint", text: hint }),
    ),
    /** @param {Square} square */
    show({ looked }) {
      words.replaceChildren(
        ...looked.map(({ name, share, kind }) => {
          const item = element(
            "li",
            { class: `bw-word is-${kind}` },
            element("b", { text: name }),
            " ",
            element("span", { text: percent(share) }),
          );
          item.style.setProperty("--share", `${Math.round(100 * share)}%`);
          return item;
        }),
      );
      return [...looked]
        .sort((a, b) => b.share - a.share)
        .map(({ name, share }) => `${name} ${percent(share)}`);
    },
  };
}

/**
 * The panel: {node, layer, show(where, square)}.
 * @param {string} id
 * @param {object} options
 * @param {number} options.layers of the model
 * @param {Codebook} options.codebook
 * @param {() => void} options.onLayer hears that another layer was chosen
 */
export function squareDetails(id, { layers, codebook, onLayer }) {
  const title = element("p", { class: "bw-square" });
  const codes = expectedCodes(codebook);
  const words = whereItLooked(id, layers, onLayer);
  const body = element("div", { class: "bw-panels" }, codes.node, words.node);
  return {
    node: element("div", { class: "bw-details" }, title, body),
    /** The layer that was chosen, from 0; −1 is the mean of all. */
    get layer() {
      return Number(words.layer.value) - 1;
    },
    /**
     * Shows a square, or only the line above. Returns it in words.
     * @param {string} where
     * @param {Square | null} square
     */
    show(where, square) {
      body.hidden = !square;
      title.textContent = where;
      title.classList.toggle("bw-hint", !square);
      if (!square) return where;
      const expected = codes.show(square).slice(0, 3).join("; ");
      const looked = words.show(square).slice(0, 3).join(", ");
      const painted = `Painted: code ${square.painted + 1}.`;
      return `${where} Expected: ${expected}. ${painted} Looked at ${looked}.`;
    },
    /** Shows how to choose a square. */
    showIdle() {
      return this.show(IDLE, null);
    },
  };
}
