// One bar a layer: what it multiplies, the longest bar filling the room.

import { drawing } from "../parts/dialled/dialled.js";
import { box, label } from "../parts/stepper/marks.js";
import { cost, LAYERS, large } from "./costs.js";

const ROW = 68;
const THICK = 22;

/** @type {Record<import("./costs.js").Kind, import("../parts/stepper/marks.js").Role>} */
const ROLES = { attention: "attention", recurrent: "encoder", convolution: "muted" };

/**
 * @param {number} width
 * @param {import("./costs.js").Count} count
 * @param {number} N
 * @param {number} d
 */
export function bars(width, count, N, d) {
  const all = LAYERS.map((layer) => ({ ...layer, ...cost(layer.kind, count, N, d) }));
  const longest = Math.max(...all.map(({ matrices, pairs }) => matrices + pairs));
  /** @param {number} number */
  const wide = (number) => (width * number) / longest;
  const nodes = all.flatMap(({ kind, name, matrices, pairs, formula }, k) => {
    const y = k * ROW;
    const full = Math.max(wide(matrices + pairs), 2);
    return [
      label(0, y + 15, name, { bold: true, size: 15 }),
      label(width, y + 15, `${formula[count]} = ${large(matrices + pairs)}`, { anchor: "end" }),
      box(0, y + 23, full, THICK, ROLES[kind], { "fill-opacity": 0.45 }),
      box(wide(matrices), y + 23, Math.max(wide(pairs), 0), THICK, ROLES[kind]),
      pairs && matrices && wide(pairs) > 130
        ? label(wide(matrices) + 6, y + 59, "between pairs of words", { role: "muted", size: 13 })
        : null,
    ];
  });
  const said = all.map(({ name, matrices, pairs }) => `${name} ${large(matrices + pairs)}`);
  return drawing(width, 3 * ROW, `Multiply-adds: ${said.join(", ")}.`, nodes);
}
