// One network's map: a colour for the class of every pixel, and the digits beside their regions.

import { shareOf } from "../parts/dragging.js";
import { element } from "../parts/elements.js";
import { picture } from "../parts/picture.js";
import { listed, paintPixels } from "../parts/pixels.js";
import { inWords, regionsOf } from "./segments.js";

/** @typedef {{row: number, column: number}} Pixel */

/**
 * The frame of one pixel, on a picture of `side` × `side` pixels that fills the same element.
 * @param {number} side
 */
export function pixelFrame(side) {
  const node = element("span", { class: "bw-spot", "aria-hidden": "true" });
  return {
    node,
    /** @param {Pixel} pixel */
    moveTo({ row, column }) {
      node.style.cssText =
        `left:${(100 * column) / side}%;top:${(100 * row) / side}%;` +
        `width:${100 / side}%;height:${100 / side}%`;
    },
  };
}

/**
 * The map. Returns {node, frame, show(classes)}, of which `frame` marks the pixel pointed at.
 * @param {object} options
 * @param {string} options.key of the network: a class is-… of the style sheet
 * @param {string} options.name
 * @param {number} options.side
 * @param {number[][]} options.colors of the classes
 * @param {(pixel: Pixel) => void} options.onPoint
 */
export function classMap({ key, name, side, colors, onPoint }) {
  const canvas = picture(side, { class: "bw-map", role: "img" });
  const digits = element("div", { class: "bw-names", "aria-hidden": "true" });
  const frame = pixelFrame(side);
  const found = element("span", { class: "bw-found" });
  const node = element(
    "figure",
    { class: `is-${key}` },
    element("div", { class: "bw-frame bw-pointed" }, canvas, digits, frame.node),
    element("figcaption", {}, element("b", { text: name }), " ", found),
  );
  /** @param {PointerEvent} event */
  const point = (event) => {
    const [column, row] = shareOf(canvas, event).map((share) =>
      Math.min(side - 1, Math.max(0, Math.floor(side * share))),
    );
    onPoint({ row, column });
  };
  canvas.addEventListener("pointermove", point);
  canvas.addEventListener("pointerdown", point);

  return {
    node,
    frame,
    /**
     * Shows the class of every pixel, null of an empty canvas. Returns what was found in words.
     * @param {Uint8Array | null} classes
     */
    show(classes) {
      const regions = classes ? regionsOf(classes, side) : [];
      const words = classes ? inWords(regions, side) : "";
      paintPixels(canvas, classes ?? new Uint8Array(side * side), listed(colors));
      digits.replaceChildren(
        ...regions.map(({ digit, top, right }) => {
          const label = element("span", { text: digit });
          label.style.left = `${(100 * Math.min(side - 3, right + 1)) / side}%`;
          label.style.top = `${(100 * top) / side}%`;
          return label;
        }),
      );
      found.textContent = words;
      const about = `The class of every pixel, ${name.toLowerCase()}`;
      canvas.setAttribute("aria-label", `${about}: ${words || "nothing yet"}`);
      return words;
    },
  };
}
