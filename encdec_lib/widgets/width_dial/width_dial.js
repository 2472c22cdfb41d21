// Chapter 1: a slider for the width of H. Encoder and decoder of every width run in the page, on
// digits of the test set and on one that the reader draws.

import { announcer } from "../parts/announcer.js";
import { button, eachFrame, element, prepare } from "../parts/elements.js";
import { movedRight } from "../parts/handwriting.js";
import { counted } from "../parts/numbers.js";
import { imagesFrom, ink, paintPixels } from "../parts/pixels.js";
import { slider } from "../parts/slider.js";
import { stateOf } from "../parts/state.js";
import { orOwn } from "../parts/trainer/lent.js";
import { copier, percent } from "./copies.js";
import { drawingSheet } from "./drawing_sheet.js";
import { flowOf, picture } from "./flow.js";
import { ownAutoencoder } from "./own_autoencoder.js";
import { widthColumns } from "./width_columns.js";

const FARTHEST = 4; // pixels by which a digit may be moved

/** @param {string} text */
const title = (text) => element("p", { class: "bw-title", text });

/**
 * The test digits as buttons, and one more to draw with. Returns {node, show(chosen)}; what is
 * chosen is a digit's number, or null for the sheet.
 * @param {Float32Array[]} digits
 * @param {number[]} labels
 * @param {number} side
 * @param {(chosen: number | null) => void} onChoose
 */
function digitButtons(digits, labels, side, onChoose) {
  const thumbs = digits.map((digit, k) => {
    const small = picture(side, "is-thumb", { "aria-hidden": "true" });
    paintPixels(small, digit, ink);
    return element(
      "button",
      {
        type: "button",
        class: "bw-digit",
        "aria-label": `test digit ${labels[k]}`,
        on: { click: () => onChoose(k) },
      },
      small,
    );
  });
  const draw = button("draw", () => onChoose(null), { class: "bw-digit bw-own" });
  return {
    node: element("div", { class: "bw-digits" }, ...thumbs, draw),
    /** @param {number | null} chosen */
    show(chosen) {
      thumbs.forEach((thumb, k) => {
        thumb.setAttribute("aria-pressed", String(k === chosen));
      });
      draw.setAttribute("aria-pressed", String(chosen === null));
    },
  };
}

/**
 * What is said of the chosen copy.
 * @param {{empty: boolean, free: boolean, error: number, typical: number}} now
 */
function resultOf({ empty, free, error, typical }) {
  if (empty) return "Draw a digit on the sheet.";
  if (free) return "This H was set by hand: the picture belongs to no digit of yours.";
  return `Error ${percent(error)} for this digit, ${percent(typical)} over the test digits.`;
}

/**
 * The controls and what they show. `now` is what the reader has chosen here: a digit's number or
 * null for the sheet, and a place on the plane of width 2 or null.
 * @param {string} id
 * @param {import("../parts/state.js").State} state
 * @param {() => void} soon draws all of it before the next frame
 */
function partsOf(id, state, soon) {
  const side = state.get("side");
  const widths = state.get("widths");
  const digits = imagesFrom(state.get("images"), side);
  /** @type {{digit: number | null, byHand: [number, number] | null}} */
  const now = { digit: 0, byHand: null };

  /** @param {Partial<typeof now>} changes any but one by hand gives the digit its own H back */
  function change(changes = {}) {
    Object.assign(now, { byHand: null, ...changes });
    soon();
  }
  /** @param {number} width */
  function chooseWidth(width) {
    now.byHand = null;
    state.keep({ width });
    soon();
  }
  const sheet = drawingSheet(() => change());
  const shift = slider(`${id}-shift`, {
    label: "Move the digit to the right by",
    min: -FARTHEST,
    max: FARTHEST,
    value: 0,
    onInput: () => change(),
  });
  const choices = digitButtons(digits, state.get("labels"), side, (digit) => {
    change({ digit });
    shift.input.value = "0";
    sheet.node.hidden = digit !== null;
    if (digit === null) sheet.canvas.focus({ preventScroll: true });
  });
  const width = slider(`${id}-width`, {
    label: "Width of H",
    min: 0,
    max: widths.length - 1,
    valueClass: "bw-chosen",
    onInput: (k) => chooseWidth(widths[k]),
  });
  const flow = flowOf(side, state.get("plane"), (byHand) => change({ byHand }));
  const back = button("back to the digit’s own H", () => change(), {
    class: "bw-small",
    hidden: "",
  });
  const columns = widthColumns(widths, state.get("errors"), side, chooseWidth);
  return { now, digits, sheet, shift, choices, width, flow, back, columns };
}

/**
 * @param {HTMLElement} el
 * @param {ReturnType<typeof partsOf>} parts
 * @param {HTMLElement} result
 * @param {HTMLElement} voice
 */
function arrange(el, { choices, sheet, width, flow, back, columns, shift }, result, voice) {
  el.append(
    title("Which digit?"),
    choices.node,
    sheet.node,
    width.bar(),
    width.input,
    flow.node,
    element("div", { class: "bw-below" }, result, back),
    title("Every width, and its error"),
    columns.node,
    element("p", { class: "bw-hint", text: "Bar: this digit. Line: mean of the test digits." }),
    shift.bar(),
    shift.input,
    voice,
  );
}

/** @param {import("../parts/state.js").Host} host */
function mount({ model, el }) {
  const id = prepare(el, "widths");
  const state = stateOf(model);
  const side = state.get("side");
  const widths = state.get("widths");
  const flat = state.get("plane") ? widths.indexOf(2) : -1;
  const copiesOf = copier(state.get("models"), side);
  const soon = eachFrame(draw);
  const parts = partsOf(id, state, soon);
  const { now, digits, sheet, shift, choices, width, flow, back, columns } = parts;
  const result = element("p", { class: "bw-error" });
  const voice = announcer();
  arrange(el, parts, result, voice.node);

  function draw() {
    const k = Math.max(0, widths.indexOf(state.get("width")));
    const own = now.digit === null ? sheet.image(side) : digits[now.digit];
    const moved = Number(shift.input.value);
    const image = movedRight(own ?? new Float32Array(side * side), side, moved);
    const byHand = k === flat && now.byHand ? { model: k, vector: now.byHand } : null;
    const [empty, free] = [!own, byHand !== null];
    const copies = copiesOf(image, byHand);
    const { vector, pixels: copy, error } = copies[k];
    const words = resultOf({ empty, free, error, typical: state.get("errors")[k] });

    choices.show(now.digit);
    if (now.digit === null) sheet.paint();
    width.show(k, String(widths[k]), `width ${widths[k]}. ${words}`);
    shift.show(moved, counted(moved, "pixel"));
    result.textContent = words;
    back.hidden = !free;
    flow.draw({ image, vector, copy, scale: state.get("scales")[k], flat: k === flat, free });
    columns.draw(copies, k, (j) => empty || (free && j === k));
    Object.assign(el.dataset, { width: widths[k], error });
    voice.say(`Width ${widths[k]}. ${words}`);
  }

  state.follow(["width"], soon);
  state.atEnd(soon.cancel, voice.stop);
  draw();
  return state.stop;
}

/** @param {import("../parts/state.js").Host} host */
const render = (host) => orOwn(host, ownAutoencoder(host.model), mount);

export default { render };
