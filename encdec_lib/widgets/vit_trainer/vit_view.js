// A sheet and ten held-out digits, what the model reads in them, and which patches it looks at.

import { argmax, softmax } from "../../web/engine/arithmetic.js";
import { classBars } from "../parts/class_bars.js";
import { element } from "../parts/elements.js";
import { largest, patchMap } from "../parts/patch_map.js";
import { NAMES } from "../parts/scene_rule.js";
import { digitRow, ownDigit } from "../parts/trainer/own_digit.js";
import { percent } from "../parts/trainer/words.js";

/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("../parts/trainer/types.js").Answer} Answer */

const FIRST = 8; // the held-out digit that lies on the sheet at first
const MEANS = "Draw a digit. The greener a patch, the more it looks there.";

/**
 * Where the class token of the top layer looks: the mean over the heads of its row, the share of
 * itself apart.
 * @param {Answer} answer
 */
export function looksOf({ maps }) {
  const layer = maps?.encoder?.at(-1);
  if (!layer) return null;
  const { heads, rows, columns, weights } = layer;
  const row = Array.from({ length: columns }, (_, s) => {
    let sum = 0;
    for (let h = 0; h < heads; h++) sum += weights[h * rows * columns + s];
    return sum / heads;
  });
  return { own: row[0], shares: row.slice(1) };
}

/**
 * A held-out digit with the patches that are looked at, and what is read below it.
 * @param {ReturnType<typeof digitRow>["thumbs"][number]} thumb
 * @param {number} label
 */
function readThumb({ node, picture, below, name }, label) {
  const map = patchMap();
  picture.append(map.node);
  return {
    map,
    /** @param {Answer} answer @param {number} columns */
    show(answer, columns) {
      const read = argmax(Float32Array.from(answer.logits ?? []));
      const right = read === label;
      below.textContent = String(read);
      below.classList.toggle("is-wrong", !right);
      node.setAttribute(
        "aria-label",
        `${name}, read ${right ? "rightly" : "wrongly"} as ${read}: put it on the sheet`,
      );
      map.draw(looksOf(answer)?.shares ?? null, columns);
    },
  };
}

/**
 * The view, and what it asks the model.
 * @param {import("../parts/state.js").Model} model
 * @param {number} whole side of the images
 * @param {() => void} onInk
 */
export function vitView(model, whole, onInk) {
  const side = model.get("task").crop;
  const own = ownDigit({ side, whole, onChange: () => onInk() });
  const labels = model.get("labels");
  const row = digitRow({
    ...{ bytes: model.get("examples"), labels, side, below: "what it reads" },
    onChoose: (digit) => own.pad.set(digit),
  });
  const big = patchMap();
  own.pad.canvas.after(big.node);
  const thumbs = row.thumbs.map((thumb, k) => readThumb(thumb, labels[k]));
  const bars = classBars(NAMES.length);
  const result = element("p", { class: "bw-result" });
  const looked = element("p", { class: "bw-hint bw-looked" });
  let columns = side / model.get("patch");
  if (row.digits[FIRST]) own.pad.pixels.set(row.digits[FIRST]);
  own.pad.refresh();

  /** @param {Answer} answer */
  function readSheet(answer) {
    const empty = own.pad.isEmpty();
    const shares = softmax(Float32Array.from(answer.logits ?? []));
    const top = argmax(shares);
    bars.show(empty ? null : { shares, top });
    result.textContent = empty
      ? "Draw a digit, or choose one below."
      : `It reads: ${NAMES[top]}, ${percent(shares[top])}.`;
    const looks = empty ? null : looksOf(answer);
    big.draw(looks?.shares ?? null, columns);
    looked.textContent = looks
      ? `It looks most at ${largest(looks.shares, columns)}; ${percent(looks.own)} stays with its ` +
        "own answer so far."
      : "";
  }

  return {
    node: element(
      "div",
      { class: "bw-vit-view" },
      element(
        "div",
        { class: "bw-stage" },
        element("div", {}, element("p", { class: "bw-hint", text: MEANS }), own.node),
        element("div", {}, result, bars.node, looked),
      ),
      element("div", { class: "bw-samples" }, row.node),
    ),
    sources: () => /** @type {any[]} */ ([own.ink(), ...row.digits]),
    /** @param {Settings} now */
    settings({ patch }) {
      columns = side / Number(patch);
      for (const map of [big, ...thumbs.map((one) => one.map)]) map.draw(null, columns);
    },
    /** @type {NonNullable<import("../parts/trainer/types.js").View["looked"]>} */
    looked(_, [sheet, ...others]) {
      readSheet(sheet);
      others.forEach((one, k) => {
        thumbs[k].show(one, columns);
      });
    },
  };
}
