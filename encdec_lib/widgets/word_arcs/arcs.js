// The picture: sounds above, letters below, and between them lines as wide as the weights.

import { percent } from "../attention_stepper/story.js";
import { element } from "../parts/elements.js";
import { label, line } from "../parts/stepper/marks.js";

/** @typedef {import("../parts/stepper/types.js").At} At */

/**
 * @typedef {object} Word
 * @property {string} word
 * @property {boolean} ended whether the model ended it by itself
 * @property {string[]} sounds
 * @property {number[][]} weights of the letters, for each sound
 */

const LEAST = 0.02; // smaller weights are not drawn
const NAMED = 0.08; // smaller ones have no number beside them
const THICK = 16; // pixels of a weight of 1

/** Where each sound stands: over the middle of what it read, apart from the one before. @type {(weights: number[][], x: (j: number) => number, apart: number) => number[]} */
function over(weights, x, apart) {
  const wanted = weights.map((row) => row.reduce((sum, weight, j) => sum + weight * x(j), 0));
  wanted.forEach((at, i) => {
    if (i) wanted[i] = Math.max(at, wanted[i - 1] + apart);
  });
  const last = x(Math.max(weights[0].length, weights.length) - 1);
  for (let i = wanted.length - 1; i >= 0; i -= 1) {
    wanted[i] = Math.min(wanted[i], last - apart * (wanted.length - 1 - i));
  }
  return wanted;
}

/**
 * @param {At} at
 * @param {Word} trace
 * @returns {import("../parts/stepper/types.js").Picture}
 */
export function arcs({ step, width, phone }, { word, sounds, weights }) {
  const [top, bottom] = phone ? [44, 178] : [44, 210];
  const [left, right] = phone ? [14, 14] : [132, 30];
  const pitch = Math.min((width - left - right) / Math.max(word.length, sounds.length), 124);
  const x = (/** @type {number} */ j) => left + pitch * (j + 0.5);
  const xs = over(weights, x, Math.min(pitch, 64));
  const lines = sounds.map((sound, i) => {
    const drawn = weights[i].flatMap((weight, j) => {
      if (weight < LEAST) return [];
      const [from, to] = [top + 6, bottom - 6];
      const [a, b] = [from + (to - from) * 0.55, from + (to - from) * 0.45];
      const path = `M${xs[i]} ${from}C${xs[i]} ${a} ${x(j)} ${b} ${x(j)} ${to}`;
      const number = weight >= NAMED && step === i + 1;
      return [
        line(path, "attention", {
          style: `stroke-width:${Math.max(1, THICK * weight).toFixed(1)}px`,
        }),
        number
          ? label(x(j) + 4 + THICK * weight * 0.5, to - 22, percent(weight), {
              ...{ role: "attention", bold: true, size: 14 },
            })
          : null,
      ];
    });
    const now = step === 0 || step === i + 1;
    return element(
      "g",
      { opacity: now ? 1 : 0.16, "data-sound": i },
      ...drawn,
      label(xs[i], top - 8, sound, {
        ...{ role: "decoder", anchor: "middle", bold: true, size: phone ? 17 : 24 },
      }),
    );
  });
  const bold = { anchor: /** @type {const} */ ("middle"), bold: true };
  return {
    height: bottom + 30,
    nodes: [
      ...(phone
        ? []
        : [
            label(0, top - 10, "decoder writes", { role: "decoder", bold: true }),
            label(0, (top + bottom) / 2 + 4, "attention", { role: "attention", bold: true }),
            label(0, bottom + 20, "encoder reads", { role: "encoder", bold: true }),
          ]),
      ...lines,
      ...[...word].map((letter, j) =>
        label(x(j), bottom + 22, letter, { role: "encoder", size: phone ? 20 : 27, ...bold }),
      ),
    ],
  };
}
