// What stands below the pictures of chapter 16: what the model expected of one square, and where it
// looked while it did.

import { element, spoken } from "../parts/page.js";

const MOST = 6; // codes that are shown one by one
export const IDLE =
  "Point at a square, tap it, or reach a picture by Tab and move by arrow keys: " +
  "here stands what the model expected there, and where it looked.";

/** A share from 0 to 1 as "12%", "0.4%" or "under 0.1%". */
export function percent(share) {
  if (share >= 0.0995 || share === 0) return `${Math.round(100 * share)}%`;
  return share < 0.001 ? "under 0.1%" : `${(100 * share).toFixed(1)}%`;
}

/** The panel: {node, show(square), layer}. A square is {where, logits' shares, painted, ...}, see
 *  show(). `swatch(code)` makes a small picture of a code, `ink(code)` says how dark it is. */
export function squareDetails(id, { layers, swatch, ink, onLayer }) {
  const title = element("p", { class: "bw-square" });
  const codes = element("ol", { class: "bw-codes", "aria-label": "Most probable squares" });
  const rest = element("p", { class: "bw-hint" });
  const words = element("ul", { class: "bw-looked", "aria-label": "Where it looked" });
  const layer = element(
    "select",
    {
      id: `${id}-layer`,
      class: "bw-choice",
      on: { change: onLayer },
    },
    element("option", { value: 0, text: "mean of all" }),
    ...Array.from({ length: layers }, (_, l) =>
      element("option", {
        value: l + 1,
        text: `${l + 1}${l === 0 ? " (bottom)" : l === layers - 1 ? " (top)" : ""}`,
      }),
    ),
  );
  const body = element(
    "div",
    { class: "bw-panels" },
    element(
      "section",
      {},
      element("p", { class: "bw-name", text: "What it expected here" }),
      codes,
      rest,
    ),
    element(
      "section",
      {},
      element("p", { class: "bw-name", text: "Where it looked" }),
      words,
      element(
        "p",
        { class: "bw-layer" },
        element("label", { for: layer.id, text: "Layer" }),
        layer,
      ),
      element("p", {
        class: "bw-hint",
        text: "Mean of the heads. Green in the picture: which " + "squares.",
      }),
    ),
  );
  const node = element("div", { class: "bw-details" }, title, body);

  return {
    node,
    get layer() {
      return Number(layer.value) - 1;
    }, // −1 is the mean of all

    /** Shows a square, or null: {where, painted (a code), model and drawn (shares of all codes,
     *  without and with the dials), looked: [[name, share, kind], ...]}. Returns it in words. */
    show(square) {
      body.hidden = !square?.model;
      title.textContent = square ? square.where : IDLE;
      title.classList.toggle("bw-hint", !square?.model);
      if (!square?.model) return title.textContent;
      const { model, drawn, painted, looked } = square;
      const dialled = drawn.some((share, code) => Math.abs(share - model[code]) > 5e-4);
      const order = [...model.keys()].sort((a, b) => model[b] - model[a]);
      const top = order.slice(0, MOST);
      if (!top.includes(painted)) top[top.length - 1] = painted; // always to be seen
      const said = [];
      codes.replaceChildren(
        ...top.map((code) => {
          const bar = element("span", { class: "bw-bar" });
          bar.style.setProperty("--share", `${100 * model[code]}%`);
          const now = dialled ? ` → ${percent(drawn[code])}` : "";
          said.push(
            `code ${code + 1}, ${Math.round(100 * ink(code))}% ink, ${percent(model[code])}`,
          );
          return element(
            "li",
            { class: code === painted ? "is-painted" : null },
            swatch(code),
            spoken(`code ${code + 1}, ${Math.round(100 * ink(code))}% ink: `),
            element("span", { class: "bw-track", "aria-hidden": "true" }, bar),
            element("span", { class: "bw-share", text: `${percent(model[code])}${now}` }),
            code === painted ? element("span", { class: "bw-mark", text: "painted" }) : null,
          );
        }),
      );
      const others = order.length - top.length;
      const left = order.reduce((sum, code) => sum + (top.includes(code) ? 0 : model[code]), 0);
      rest.textContent =
        (others > 0 ? `The other ${others} together ${percent(left)}. ` : "") +
        (dialled ? "After the arrow: with temperature and top-k." : "");
      words.replaceChildren(
        ...looked.map(([name, share, kind]) => {
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
      const most = [...looked].sort((a, b) => b[1] - a[1]).slice(0, 3);
      return (
        `${square.where} Expected: ${said.slice(0, 3).join("; ")}. ` +
        `Painted: code ${painted + 1}. Looked at ${most.map(([name, share]) => `${name} ${percent(share)}`).join(", ")}.`
      );
    },
  };
}
