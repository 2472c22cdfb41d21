// The picture: the letters' vectors and the state; below them scores, weights, the weighted vectors
// with their sum, and the next state with the sound that comes of it.

import { arrow, box, label, line, vector } from "../parts/stepper/marks.js";
import { percent, signed } from "./story.js";

/** @typedef {import("./story.js").Trace} Trace */
/** @typedef {import("./story.js").Step} Step */
/** @typedef {import("../parts/stepper/types.js").At} At */

const GAP = 2; // between the cells of a vector
const FULL = 760; // pixels from which the next state has a column of its own

/** Where everything stands; the same at every step. @param {At} at @param {Trace} trace */
function placesOf({ width, phone }, { word, vectors }) {
  const full = width >= FULL;
  const left = phone ? 0 : 130;
  const right = phone ? 56 : full ? 320 : 110;
  const pitch = Math.min((width - left - right) / word.length, 104);
  const cell = phone ? 7 : 8;
  const wide = Math.min(40, pitch * (phone ? 0.56 : 0.7));
  const tall = vectors[0].length * (cell + GAP);
  const state = left + pitch * word.length + (phone ? 28 : 46);
  const top = 42;
  const scores = top + tall + 44;
  const floor = scores + (phone ? 88 : 94);
  const mix = floor + 46;
  const out = full ? mix : mix + tall + (phone ? 34 : 52);
  return {
    ...{ full, phone, left, pitch, cell, wide, tall, state, top, scores, floor, mix, out, width },
    next: state + wide + 44,
    x: (/** @type {number} */ j) => left + pitch * (j + 0.5),
    height: phone ? out + 76 : out + tall + 8,
  };
}

/** @typedef {ReturnType<typeof placesOf>} Places */

/** The name of a row, beside it; a phone has no room for it. @type {(is: Places, y: number, text: string, more?: string) => SVGElement[]} */
const name = ({ phone }, y, text, more) =>
  phone
    ? []
    : [
        label(0, y, text, { bold: true }),
        ...(more ? [label(0, y + 17, more, { role: "muted", size: 13 })] : []),
      ];

/** The vectors that are read, and the state that asks. @param {At} at @param {Trace} trace @param {Step} now @param {Places} is */
function given(at, { word, vectors }, now, is) {
  const cells = { width: is.wide, cell: is.cell };
  return [
    ...name(is, is.top + 30, "encoder", "one for each letter"),
    at.row(
      0,
      [...word].flatMap((letter, j) => [
        label(is.x(j), is.top - 12, letter, {
          ...{ role: "encoder", anchor: "middle", size: 22, bold: true },
        }),
        vector(is.x(j) - is.wide / 2, is.top, vectors[j], { role: "encoder", ...cells }),
      ]),
    ),
    at.row(1, [
      label(is.state, is.top - 12, "state", {
        ...{ role: "decoder", anchor: "middle", size: 15, bold: true },
      }),
      vector(is.state - is.wide / 2, is.top, now.state, { role: "decoder", ...cells }),
    ]),
  ];
}

/** Scores with the lines that lead to them. @param {At} at @param {Step} now @param {Places} is */
function scored(at, now, is) {
  const [under, rail, over] = [is.top + is.tall, is.top + is.tall + 12, is.scores - 17];
  const drops = now.scores.map((_, j) => `M${is.x(j) + 5} ${rail}V${over}`).join("");
  return [
    ...name(is, is.scores, "score"),
    at.row(2, [
      at.step === 2
        ? line(`M${is.state} ${under + 2}V${rail}H${is.x(0) + 5}${drops}`, "decoder")
        : null,
      ...now.scores.flatMap((score, j) => [
        line(`M${is.x(j)} ${under + 2}V${over}`, "encoder", {
          "stroke-opacity": at.step === 2 ? 0.9 : 0.35,
        }),
        label(is.x(j), is.scores, signed(score, is.phone ? 1 : 2), {
          ...{ role: "attention", anchor: "middle", bold: true, size: is.phone ? 13 : 15 },
        }),
      ]),
      is.phone ? label(is.width, is.scores, "score", { ...SIDE }) : null,
    ]),
  ];
}

const SIDE = /** @type {const} */ ({ role: "muted", anchor: "end", size: 13 });

/** @param {At} at @param {Step} now @param {Places} is */
function weighed(at, now, is) {
  const most = is.phone ? 44 : 52;
  return [
    ...name(is, is.floor - 17, "weight", "adds up to 1"),
    at.row(3, [
      line(
        `M${is.x(0) - is.pitch * 0.4} ${is.floor}H${is.x(now.weights.length - 1) + is.pitch * 0.4}`,
        "muted",
        { "stroke-width": 1 },
      ),
      ...now.weights.flatMap((weight, j) => [
        box(
          is.x(j) - is.wide / 2,
          is.floor - most * weight,
          is.wide,
          Math.max(most * weight, 1.5),
          "attention",
        ),
        label(is.x(j), is.floor - most * weight - 5, percent(weight), {
          ...{ anchor: "middle", size: 13, bold: weight > 0.1 },
        }),
      ]),
      is.phone ? label(is.width, is.floor, "weight", { ...SIDE }) : null,
    ]),
  ];
}

/** Each vector times its weight, and their sum. @param {At} at @param {Trace} trace @param {Step} now @param {Places} is */
function summed(at, { vectors }, now, is) {
  const cells = { width: is.wide, cell: is.cell };
  const middle = is.mix + is.tall / 2 + 5;
  const sign = (/** @type {number} */ x, /** @type {string} */ text) =>
    label(x, middle, text, { role: "muted", anchor: "middle", size: 16 });
  return [
    ...name(is, is.mix + 30, "weight × vector", "added up"),
    at.row(4, [
      is.phone
        ? label(0, is.mix - 10, "weight × vector, added up", { role: "muted", size: 13 })
        : null,
      ...now.weights.flatMap((weight, j) => [
        weight < 0.015
          ? label(is.x(j), middle, "≈ 0", { role: "muted", anchor: "middle", size: 13 })
          : vector(
              is.x(j) - is.wide / 2,
              is.mix,
              vectors[j].map((value) => value * weight),
              { role: "encoder", ...cells },
            ),
        j ? sign(is.x(j) - is.pitch / 2, "+") : null,
      ]),
      sign((is.x(now.weights.length - 1) + is.wide / 2 + is.state - is.wide / 2) / 2, "="),
      vector(is.state - is.wide / 2, is.mix, now.context, { role: "attention", ...cells }),
      label(is.phone ? is.width : is.state, is.mix - 10, "context", {
        ...{ role: "attention", anchor: is.phone ? "end" : "middle", size: 15, bold: true },
      }),
    ]),
  ];
}

/** The state after the sound. @type {(is: Places, now: Step, x: number, y: number) => SVGElement[]} */
const after = (is, now, x, y) => [
  label(x, y - 10, "next state", {
    ...{ role: "decoder", anchor: "middle", size: 15, bold: true },
  }),
  vector(x - is.wide / 2, y, now.after, { role: "decoder", width: is.wide, cell: is.cell }),
];

/** The next state, and what is written from it. @param {At} at @param {Step} now @param {Places} is */
function written(at, now, is) {
  const beside = is.full && !is.phone;
  const x = beside ? is.next + is.wide / 2 + 6 : is.left + 44;
  const bar = beside ? is.width - x - 86 : Math.min(is.width - x - 50, 260);
  const bets = now.bets.flatMap(([sound, share], k) => {
    const y = is.out + (beside ? 10 : 4) + 24 * k;
    const long = Math.max(1.5, bar * share);
    return [
      label(x + 36, y + 11, sound, {
        ...{ role: k ? "muted" : "decoder", anchor: "end", bold: !k, size: 14 },
      }),
      box(x + 42, y, long, 12, "decoder", k ? { "fill-opacity": 0.5 } : {}),
      label(x + 47 + long, y + 11, percent(share), { role: "muted", size: 13 }),
    ];
  });
  if (!beside) {
    const below = is.mix + is.tall + 4;
    const down = arrow(
      [
        [is.state, below],
        [is.state, is.out - 26],
      ],
      "attention",
    );
    return [
      at.row(5, [
        label(0, is.out - 8, "next sound", { role: "muted", size: 13 }),
        ...bets,
        ...(is.phone ? [] : [down, ...after(is, now, is.state, is.out)]),
      ]),
    ];
  }
  const middle = is.mix + is.tall / 2;
  return [
    at.row(5, [
      arrow(
        [
          [is.state + is.wide / 2 + 4, middle],
          [is.next - is.wide / 2 - 5, middle],
        ],
        "attention",
      ),
      arrow(
        [
          [is.state + is.wide / 2 + 4, is.top + is.tall / 2],
          [is.next, is.top + is.tall / 2],
          [is.next, is.mix - 28],
        ],
        "decoder",
      ),
      ...after(is, now, is.next, is.mix),
      ...bets,
    ]),
  ];
}

/**
 * @param {At} at
 * @param {Trace} trace
 * @returns {import("../parts/stepper/types.js").Picture}
 */
export function picture(at, trace) {
  const now = trace.steps[at.chosen];
  const is = placesOf(at, trace);
  return {
    height: is.height,
    nodes: [
      ...given(at, trace, now, is),
      ...scored(at, now, is),
      ...weighed(at, now, is),
      ...summed(at, trace, now, is),
      ...written(at, now, is),
    ],
  };
}
