// Chapter 11: a place as a row of clock hands, and what two places have to do with each other.

import { dialled } from "../parts/dialled/dialled.js";
import { element } from "../parts/elements.js";
import { numberTable } from "../parts/number_table.js";
import { sum } from "../parts/numbers.js";
import { clocks, FARTHEST, LAST, product, range, WIDTHS } from "./angles.js";
import { clockFaces } from "./clock_faces.js";
import { productCurve } from "./product_curve.js";
import { many, sentence, short, signed } from "./words.js";

const CAPTION =
  "Each clock is a sine and a cosine: how far the tip of its hand lies to the right, and how far up. " +
  "Move the place alone: both hands turn together, so the angles stay, and the curve does not move.";

/** The longest sentences that there may be. */
const LONGEST = [sentence(100, -50, -0.11), sentence(10, -50, -0.11)];

/** All numbers of both places, folded away. Returns {node, draw(t, n, width)}. */
function allNumbers() {
  const table = numberTable();
  const node = element("details", {}, element("summary", { text: "All numbers" }), table.node);
  return {
    node,
    /**
     * @param {number} t
     * @param {number} n
     * @param {number} width
     */
    draw(t, n, width) {
      const all = clocks(t, n, width);
      const total = sum(all.map(({ cosine }) => cosine));
      const rows = all.map(({ turn, here, there, cosine }) => [
        short(turn),
        ...[here.sin, here.cos, there.sin, there.cos, cosine].map(signed),
      ]);
      const [one, two] = [many(t), many(t + n)];
      table.draw(
        `A row for each clock. The last column adds up to the product, ${signed(total)} of at most ${width / 2}.`,
        ["one turn", `sin ${one}`, `cos ${one}`, `sin ${two}`, `cos ${two}`, "cos angle"],
        rows,
      );
      return node;
    },
  };
}

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const numbers = allNumbers();
  /** @type {(settings: any) => [number, number, number]} */
  const of = ({ place, distance, width }) => [place, distance, width];
  return dialled(
    { model, el, name: "position" },
    {
      title: "A place is a row of clock hands",
      caption: CAPTION,
      dials: [
        { name: "place", label: "Place t", values: range(0, LAST) },
        { name: "distance", label: "Distance n", values: range(-FARTHEST, FARTHEST), words: many },
        {
          ...{ name: "width", label: "Numbers of a place, d_model" },
          options: WIDTHS.map((width) => [width, String(width)]),
        },
      ],
      says: (now) => sentence(now.place, now.distance, product(...of(now))),
      longest: LONGEST,
      panes: [
        { name: "clocks", draw: (room, now) => clockFaces(room, ...of(now)) },
        { name: "curve", draw: (room, now) => productCurve(room, ...of(now)) },
        { name: "numbers", draw: (_, now) => numbers.draw(...of(now)) },
      ],
    },
  );
}

export default { render };
