// Every length and width at once: where self-attention has less to multiply than the recurrent layer.

import { drawing } from "../parts/dialled/dialled.js";
import { element } from "../parts/elements.js";
import { box, label, line } from "../parts/stepper/marks.js";
import { LENGTHS, ratio, WIDTHS } from "./costs.js";

const WORDS = "Map of lengths and widths. Self-attention multiplies less where N is less than d.";
const LEFT = 46;
const BELOW = 40;
const CELL = 20; // height

/**
 * @param {number} width
 * @param {import("./costs.js").Count} count
 * @param {number} N
 * @param {number} d
 */
export function map(width, count, N, d) {
  const across = (width - LEFT - 4) / LENGTHS.length;
  const floor = CELL * WIDTHS.length;
  /** @type {(N: number) => number} */
  const x = (length) => LEFT + across * LENGTHS.indexOf(length);
  /** @type {(d: number) => number} */
  const y = (wide) => floor - CELL * (WIDTHS.indexOf(wide) + 1);
  const cells = WIDTHS.flatMap((wide) =>
    LENGTHS.map((length) => {
      const much = Math.log2(ratio(count, length, wide));
      const role = much > 0 ? "encoder" : "attention";
      const share = Math.abs(much) < 1e-9 ? 0 : 0.12 + 0.36 * Math.min(1, Math.abs(much) / 6);
      return box(x(length), y(wide), across - 1, CELL - 1, role, { "fill-opacity": share });
    }),
  );
  const diagonal = WIDTHS.filter((wide) => LENGTHS.includes(wide));
  const equal = diagonal.map((n, k) => {
    const [cx, cy] = [x(n) + across / 2, y(n) + CELL / 2];
    return `${k ? "L" : "M"}${cx.toFixed(1)} ${cy}`;
  });
  const place = { cx: x(N) + across / 2 - 0.5, cy: y(d) + CELL / 2 - 0.5 };
  const muted = /** @type {const} */ ({ role: "muted", size: 13 });
  return drawing(width, floor + BELOW, WORDS, [
    ...cells,
    line(equal.join(""), "ink", { "stroke-dasharray": "5 4" }),
    label(LEFT + 8, 18, "self-attention", { bold: true }),
    label(LEFT + 8, 35, "multiplies less"),
    label(width - 10, floor - 25, "the recurrent layer", { anchor: "end", bold: true }),
    label(width - 10, floor - 8, "multiplies less", { anchor: "end" }),
    label(x(4096) + across + 4, y(4096) + 15, "N = d", { bold: true }),
    element("circle", { class: "bw-here", ...place, r: 8 }),
    label(LEFT - 6, y(WIDTHS[0]) + 14, WIDTHS[0], { ...muted, anchor: "end" }),
    label(LEFT - 6, y(256) + 14, "256", { ...muted, anchor: "end" }),
    label(LEFT - 6, 14, "4,096", { ...muted, anchor: "end" }),
    label(0, y(1024) + 10, "d", { ...muted, bold: true }),
    label(x(8), floor + 16, "8", muted),
    label(x(256) + across / 2, floor + 16, "256", { ...muted, anchor: "middle" }),
    label(width - 4, floor + 16, "16,384", { ...muted, anchor: "end" }),
    label(LEFT + across * 8, floor + 34, "length N", { ...muted, anchor: "middle", bold: true }),
  ]);
}
