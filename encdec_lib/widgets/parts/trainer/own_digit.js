// A sheet for a digit of the reader's own, which models read while they learn, and digits to begin
// with. Nothing is centred or scaled unless the reader presses the button for it.

import { Pad } from "../drawing.js";
import { button, element } from "../elements.js";
import { middle, normalised } from "../handwriting.js";
import { digitPicture } from "../picture.js";
import { imagesFrom } from "../pixels.js";
import { NAMES } from "../scene_rule.js";

const FAINT = 0.1; // ink below this is the edge of a stroke
const PEN = 1.4 / 28; // radius of a stroke as wide as MNIST's, a share of an image's side

/**
 * The sheet. Returns {pad, node, ink()}.
 * @param {object} options
 * @param {number} options.side of what the model reads
 * @param {number} options.whole of the images that this is cut out of
 * @param {() => void} options.onChange
 */
export function ownDigit({ side, whole, onChange }) {
  const pad = new Pad({
    side,
    pen: PEN * whole,
    label:
      `Sheet of ${side} by ${side} pixels to draw a digit on. Arrow keys move the pen, the space ` +
      "bar sets it down or lifts it.",
    onChange,
  });
  const clear = button("Clear", () => pad.clear(), { class: "bw-button" });
  const centre = button(
    "Centre",
    () => {
      const clean = pad.pixels.map((dot) => (dot < FAINT ? 0 : dot));
      const image = normalised(clean, side, whole);
      if (image) pad.set(middle(image, whole, side));
    },
    { class: "bw-button", "aria-label": "Centre and scale" },
  );
  return {
    pad,
    node: element(
      "div",
      { class: "bw-own-digit" },
      pad.node,
      element("div", { class: "bw-buttons" }, clear, centre),
    ),
    ink: () => pad.pixels.slice(),
  };
}

/**
 * Held-out digits as buttons, with room under each. Returns {node, digits, thumbs}.
 * @param {object} options
 * @param {DataView} options.bytes one a pixel
 * @param {number[]} options.labels
 * @param {number} options.side
 * @param {string} options.below what stands under a digit: "its copy"
 * @param {(digit: Float32Array) => void} options.onChoose
 */
export function digitRow({ bytes, labels, side, below: what, onChoose }) {
  const digits = imagesFrom(bytes, side);
  const thumbs = digits.map((digit, k) => {
    const name = NAMES[labels[k]];
    const picture = element("span", { class: "bw-sheet" }, digitPicture(digit));
    const below = element("span", { class: "bw-read", "aria-hidden": "true" });
    const node = element(
      "button",
      {
        type: "button",
        class: "bw-thumb",
        "aria-label": `${name}: put it on the sheet`,
        on: { click: () => onChoose(digit) },
      },
      picture,
      below,
    );
    return { node, picture, below, name };
  });
  return {
    node: element(
      "div",
      {},
      element("p", {
        class: "bw-hint bw-thumbs-name",
        text: `Digits that it never learns from, and below each ${what}. Press one to try it.`,
      }),
      element(
        "div",
        { class: "bw-thumbs", role: "group", "aria-label": "Held-out digits" },
        ...thumbs.map(({ node }) => node),
      ),
    ),
    digits,
    thumbs,
  };
}
