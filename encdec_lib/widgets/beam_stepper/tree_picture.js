// The tree: a column for each step, a row for each place, and one below for what is left out.

import { label, line } from "../parts/stepper/marks.js";
import { percent, way, winner } from "./searches.js";

/** @typedef {import("./searches.js").Search} Search */
/** @typedef {import("../parts/stepper/marks.js").Role} Role */

const ROW = 52; // pixels between two places
const TOP = 18;
const HALF = 20; // from a sound's middle to where its line ends, at most
const LEFT = 52; // the word "begin"

/**
 * @param {import("../parts/stepper/types.js").At} at
 * @param {Search} search
 * @param {number} widest K of the widest case, so that all are as high
 */
export function tree({ step, width, row }, search, widest) {
  const column = Math.min(92, (width - LEFT) / search.length);
  const x = (/** @type {number} */ t) => LEFT + column * (t + 0.5);
  const y = (/** @type {number} */ place) => TOP + ROW * place;
  const half = Math.min(HALF, 0.38 * column);
  const done = step > search.length;
  const best = way(search, search.length - 1, winner(search));
  const nodes = search.flatMap((places, t) =>
    places.map((one, place) => {
      /** @type {Role} */
      const role = one.kept && (!done || best[t] === place) ? "decoder" : "muted";
      const [from, at] = [t ? x(t - 1) + half : LEFT - 8, one.kept ? place : widest];
      const [start, end] = [t ? y(one.parent) : y(0), y(at)];
      return row(t + 1, [
        line(`M${from} ${start - 5}L${x(t) - half} ${end - 5}`, role, {
          "stroke-dasharray": one.kept ? "none" : "4 4",
        }),
        label(x(t), end, one.over ? "·" : (one.token ?? "end"), {
          ...{ role, anchor: "middle", size: 15, bold: one.kept },
        }),
        label(x(t), end + 18, percent(one.share), { role, anchor: "middle", size: 13 }),
      ]);
    }),
  );
  return { height: y(widest) + 30, nodes: [label(0, y(0), "begin", { size: 14 }), ...nodes] };
}
