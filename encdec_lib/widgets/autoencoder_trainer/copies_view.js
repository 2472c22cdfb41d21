// What goes in, the numbers of H, and what comes out: large for the reader's digit, small for ten
// held-out ones.

import { sigmoid } from "../../web/engine/arithmetic.js";
import { element } from "../parts/elements.js";
import { picture } from "../parts/picture.js";
import { ink, paintPixels } from "../parts/pixels.js";
import { digitRow, ownDigit } from "../parts/trainer/own_digit.js";
import { errorText } from "./error_chart.js";

/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("../parts/trainer/types.js").Answer} Answer */

const SIDE = 14;
const FIRST = 8; // the held-out digit that lies on the sheet at first

/** @param {Answer} answer */
const paintedBy = ({ logits }) => Float32Array.from(logits ?? [], sigmoid);

/**
 * The root of the mean squared difference of two images.
 * @param {Float32Array} one
 * @param {Float32Array} other
 */
function difference(one, other) {
  const sum = one.reduce((total, value, k) => total + (value - other[k]) ** 2, 0);
  return Math.sqrt(sum / one.length);
}

/** H as cells: filled where a number is positive, hollow where it is negative, paler is nearer 0. */
function cells() {
  const node = element("div", { class: "bw-h", role: "img" });
  /** @type {HTMLElement[]} */
  let made = [];
  return {
    node,
    /** @param {number} width */
    make(width) {
      made = Array.from({ length: width }, () => element("i"));
      node.replaceChildren(...made);
      node.dataset.width = String(width);
      node.setAttribute("aria-label", `H: ${width} ${width === 1 ? "number" : "numbers"}`);
    },
    /** @param {ArrayLike<number>} vector */
    show(vector) {
      const most = Math.max(...Array.from(vector, Math.abs)) || 1;
      made.forEach((cell, k) => {
        cell.classList.toggle("is-negative", vector[k] < 0);
        cell.style.setProperty("--size", (Math.abs(vector[k] ?? 0) / most).toFixed(2));
      });
    },
  };
}

/**
 * The view, and what it asks the model.
 * @param {import("../parts/state.js").Model} model
 * @param {() => void} onInk
 */
export function copiesView(model, onInk) {
  const own = ownDigit({ side: SIDE, whole: SIDE, onChange: () => onInk() });
  const row = digitRow({
    ...{ bytes: model.get("examples"), labels: model.get("labels"), side: SIDE },
    below: "its copy",
    onChoose: (digit) => own.pad.set(digit),
  });
  const large = picture(SIDE, { role: "img", "aria-label": "What it paints: nothing yet" });
  const small = row.thumbs.map(({ below }) => {
    const painted = picture(SIDE);
    below.append(element("span", { class: "bw-sheet" }, painted));
    return painted;
  });
  const h = cells();
  const note = element("p", { class: "bw-hint bw-own-error" });
  if (row.digits[FIRST]) own.pad.pixels.set(row.digits[FIRST]);
  own.pad.refresh();
  const blank = new Float32Array(SIDE * SIDE);
  const title = (/** @type {string} */ text) => element("p", { class: "bw-hint", text });

  return {
    node: element(
      "div",
      {},
      element(
        "div",
        { class: "bw-stage" },
        element("div", {}, title("draw a digit"), own.node),
        element("div", { class: "bw-between" }, title("H"), h.node),
        element(
          "div",
          {},
          title("painted from H"),
          element("div", { class: "bw-sheet" }, large),
          note,
        ),
      ),
      row.node,
    ),
    sources: () => /** @type {any[]} */ ([own.ink(), ...row.digits]),
    /** @param {Settings} now */
    settings({ width }) {
      h.make(Number(width));
      for (const one of [large, ...small]) paintPixels(one, blank, ink);
      note.textContent = "";
    },
    /** @type {NonNullable<import("../parts/trainer/types.js").View["looked"]>} */
    looked(_, [mine, ...others]) {
      const painted = paintedBy(mine);
      const error = difference(painted, own.ink());
      paintPixels(large, painted, ink);
      large.setAttribute("aria-label", `What it paints: error ${errorText(error)}`);
      note.textContent = `error ${errorText(error)}`;
      h.show(mine.vector ?? []);
      others.forEach((one, k) => {
        paintPixels(small[k], paintedBy(one), ink);
      });
    },
  };
}
