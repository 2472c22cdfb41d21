// X, H and Y of the chosen width: what the encoder reads, one vector, what the decoder paints.

import { element } from "../parts/elements.js";
import { counted } from "../parts/numbers.js";
import { ink, paintPixels, pixels } from "../parts/pixels.js";
import { planeOf } from "./plane.js";

/**
 * A picture of grey levels.
 * @param {number} side
 * @param {string} kind
 * @param {import("../parts/elements.js").Attributes} attributes
 */
export const picture = (side, kind, attributes) =>
  pixels(side, side, { class: `bw-picture ${kind}`, role: "img", ...attributes });

/**
 * H as bars, one a number.
 * @param {Float32Array} vector
 * @param {number} scale the number that fills its half of the drawing
 */
function barsOf(vector, scale) {
  const step = 100 / vector.length;
  const bars = Array.from(vector, (value, k) => {
    const height = 46 * Math.min(1, Math.abs(value) / scale);
    const y = value > 0 ? 50 - height : 50;
    return element("rect", { x: k * step + step * 0.1, width: step * 0.8, y, height });
  });
  return [...bars, element("line", { x1: 0, x2: 100, y1: 50, y2: 50 })];
}

/**
 * @param {string} letter
 * @param {string} words
 * @param {...(Node | null)} inside
 */
function figure(letter, words, ...inside) {
  const caption = element("figcaption", {}, element("i", { text: letter }), ` ${words}`);
  return element("figure", {}, ...inside, caption);
}

/** @param {string} part */
const arrow = (part) =>
  element("span", { class: `bw-arrow is-${part}`, "aria-hidden": "true", text: "→" });

/**
 * The three figures. Returns {node, draw(…)}.
 * @param {number} side of the images
 * @param {import("./plane.js").Plane | null} plane for width 2, where there is one
 * @param {(place: [number, number]) => void} onMove hears where H is put on the plane
 */
export function flowOf(side, plane, onMove) {
  const read = picture(side, "is-read", { "aria-label": "The digit that the encoder reads" });
  const painted = picture(side, "is-painted", { "aria-label": "" });
  const bars = element("svg", {
    class: "bw-bars",
    viewBox: "0 0 100 100",
    preserveAspectRatio: "none",
    role: "img",
  });
  const pad = plane && planeOf(plane, onMove);
  const node = element(
    "div",
    { class: "bw-flow" },
    figure("X", "encoder reads", read),
    arrow("encoder"),
    figure("H", "one vector", bars, pad?.node ?? null),
    arrow("decoder"),
    figure("Y", "decoder paints", painted),
  );
  return {
    node,
    /**
     * @param {object} now
     * @param {Float32Array} now.image
     * @param {Float32Array} now.vector
     * @param {Float32Array} now.copy
     * @param {number} now.scale
     * @param {boolean} now.flat H is a point on the plane
     * @param {boolean} now.free H was set by hand, so that it is of no image
     */
    draw({ image, vector, copy, scale, flat, free }) {
      const numbers = counted(vector.length, "number");
      paintPixels(read, image, ink);
      read.classList.toggle("is-stale", free);
      paintPixels(painted, copy, ink);
      painted.setAttribute("aria-label", `What the decoder paints from ${numbers}`);
      node.classList.toggle("is-flat", flat);
      bars.toggleAttribute("hidden", flat);
      pad?.node.toggleAttribute("hidden", !flat);
      if (flat) {
        pad?.draw(vector);
      } else {
        bars.replaceChildren(...barsOf(vector, scale));
        bars.setAttribute("aria-label", `H, ${numbers}`);
      }
    },
  };
}
