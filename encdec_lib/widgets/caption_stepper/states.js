// The picture and its vector, the state at each word, and the decoder's best guesses.

import { element } from "../parts/elements.js";
import { arrow, box, label, vector } from "../parts/stepper/marks.js";

/**
 * @typedef {object} Step
 * @property {number[]} state
 * @property {number} cosine with the picture's vector
 * @property {[string, number][]} bets words and probabilities, the best first
 *
 * @typedef {object} Trace
 * @property {number[]} vector of the picture
 * @property {Step[]} steps
 *
 * @typedef {import("../parts/stepper/types.js").At} At
 */

const SIDE = 104; // of the picture
const CELL = 8;

/** Two digits. @param {number} value */
export const two = (value) => `${value < -0.005 ? "−" : ""}${Math.abs(value).toFixed(2)}`;

/**
 * The decoder's best guesses, as bars.
 * @param {Step} step
 * @param {number} x
 * @param {number} width
 */
const guesses = ({ bets }, x, width) =>
  bets.flatMap(([word, share], k) => {
    const [y, full] = [34 + 26 * k, Math.max(width - 96, 20)];
    const bold = k === 0;
    return [
      label(x + 46, y + 12, word, {
        role: bold ? "decoder" : "muted",
        anchor: "end",
        bold,
        size: 15,
      }),
      box(x + 54, y, Math.max(1.5, full * share), 14, "decoder", {
        "fill-opacity": bold ? 1 : 0.5,
      }),
      label(x + 60 + full * share, y + 12, two(share), { role: "muted", size: 13 }),
    ];
  });

/**
 * @param {At} at
 * @param {Trace} trace
 * @param {string} address of the picture
 * @param {number} most steps of any caption
 * @returns {import("../parts/stepper/types.js").Picture}
 */
export function states(at, trace, address, most) {
  const { width, phone, step, row } = at;
  const left = phone ? 0 : 96;
  const column = (width - left) / (most + 1);
  const wide = Math.min(40, column * 0.66);
  /** @type {(k: number) => number} */
  const x = (k) => left + column * (k + 0.5);
  const dim = trace.vector.length;
  const top = SIDE + (phone ? 56 : 44);
  const floor = top + dim * (CELL + 2);
  const how = { width: wide, cell: CELL };
  const now = trace.steps[step - 1];
  const bets = phone ? SIDE + 66 : left + SIDE + 130;
  const columns = trace.steps.map(({ state, cosine, bets: [[word]] }, k) =>
    row(k + 1, [
      vector(x(k + 1) - wide / 2, top, state, { role: "decoder", ...how }),
      label(x(k + 1), floor + 20, word, {
        ...{ role: word === "end" ? "muted" : "decoder", anchor: "middle", bold: true },
        size: phone ? 13 : 16,
      }),
      label(x(k + 1), floor + 42, two(cosine), {
        anchor: "middle",
        size: 13,
        bold: k + 1 === step,
      }),
    ]),
  );
  const name = { role: /** @type {const} */ ("muted"), size: 13 };
  const first = phone ? x(0) + wide / 2 + 8 : left + SIDE + 40;
  return {
    height: floor + 50 + (phone ? 18 : 0),
    nodes: [
      element("image", {
        ...{ href: address, x: phone ? 0 : left, y: 0, width: SIDE, height: SIDE },
        style: "image-rendering:pixelated",
      }),
      row(0, [
        vector(x(0) - wide / 2, top, trace.vector, { role: "encoder", ...how }),
        arrow(
          [
            [x(0), SIDE + 6],
            [x(0), top - 8],
          ],
          "encoder",
        ),
        label(x(0), floor + 20, "H", { role: "encoder", anchor: "middle", bold: true, size: 16 }),
        label(x(0), floor + 42, "1.00", { anchor: "middle", size: 13 }),
      ]),
      label(phone ? bets : first, 20, "next word", phone ? name : { bold: true }),
      now ? row(step, guesses(now, phone ? bets - 8 : first, Math.min(width - first, 360))) : null,
      ...(phone
        ? [
            label(x(1) - wide / 2, top - 10, "the decoder’s state at each word", name),
            label(0, floor + 62, "cosine of the state with H", name),
          ]
        : [
            label(0, top + 30, "state", { bold: true }),
            label(0, floor + 20, "word", { bold: true }),
            label(0, floor + 42, "cosine with H", name),
          ]),
      ...columns,
    ],
  };
}
