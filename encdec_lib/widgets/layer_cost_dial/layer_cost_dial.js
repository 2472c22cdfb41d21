// Chapter 13: length and width, and what three layers then multiply.

import { dialled } from "../parts/dialled/dialled.js";
import { bars } from "./bars.js";
import { cost, LENGTHS, ratio, times, WIDTHS } from "./costs.js";
import { map } from "./map.js";

/** @typedef {import("./costs.js").Count} Count */

const CAPTION =
  "Multiply-adds of one layer, forward, as counted by hand in this chapter: a GRU, a convolution with a " +
  "kernel of 3, self-attention. Paler are those with matrices of weights. The clock says something else.";

/**
 * @param {Count} count
 * @param {number} N
 * @param {number} d
 */
function sentence(count, N, d) {
  const much = ratio(count, N, d);
  const { matrices, pairs } = cost("attention", count, N, d);
  const whole = N.toLocaleString("en-US");
  const than =
    N === d
      ? `At N = d = ${whole} self-attention and the recurrent layer have equally many multiply-adds.`
      : `With ${whole} words of width ${d.toLocaleString("en-US")}, self-attention has ` +
        `${times(much)} times as many multiply-adds as the recurrent layer.`;
  const share = Math.round((100 * pairs) / (matrices + pairs));
  if (count === "paper") return `${than} The paper’s terms alone say N / d.`;
  return `${than} Of its own, ${share < 1 ? "less than 1" : share}% are between pairs of words.`;
}

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const all = LENGTHS.flatMap((N) => WIDTHS.map((d) => sentence("matrices", N, d)));
  /** @type {(settings: any) => [Count, number, number]} */
  const of = ({ count, length, width }) => [count, length, width];
  return dialled(
    { model, el, name: "layer-cost" },
    {
      title: "Which layer has less to multiply?",
      caption: CAPTION,
      dials: [
        { name: "length", label: "Length N, words", values: LENGTHS },
        { name: "width", label: "Width d", values: WIDTHS },
        {
          ...{ name: "count", label: "Count" },
          options: [
            ["matrices", "all matrices"],
            ["paper", "the paper’s terms"],
          ],
        },
      ],
      says: (now) => sentence(...of(now)),
      longest: [all.reduce((long, next) => (next.length > long.length ? next : long))],
      panes: [
        { name: "bars", draw: (room, now) => bars(room, ...of(now)) },
        { name: "map", draw: (room, now) => map(room, ...of(now)) },
      ],
    },
  );
}

export default { render };
