// The picture with what this word looks at, its bets with and without that look, and the caption.

import { element } from "../parts/elements.js";
import { box, label, line } from "../parts/stepper/marks.js";
import { candidates } from "./looks.js";
import { percent } from "./story.js";

/** @typedef {import("./looks.js").Look} Look */
/** @typedef {import("../parts/stepper/types.js").At} At */
/** @typedef {(token: number) => string} Name */

const BETS = 4;
const DARKEST = 0.8; // green of the largest weight
const ROWS = 4; // of a word below the picture
const LINE = 21;

/**
 * The picture and, over it, the weights of its cells.
 * @param {number} side in pixels of the page
 * @param {string} address
 * @param {Look | undefined} look
 * @param {number} cells of a row
 */
function map(side, address, look, cells) {
  const wide = side / cells;
  const most = look ? Math.max(...look.weights) : 1;
  const squares = Array.from(look?.weights ?? [], (weight, k) =>
    element("rect", {
      ...{ x: (k % cells) * wide, y: Math.floor(k / cells) * wide, width: wide, height: wide },
      ...{ "fill-opacity": ((DARKEST * weight) / most).toFixed(3), "data-share": weight },
      style: "fill:rgb(0 158 115);mix-blend-mode:multiply;forced-color-adjust:none",
    }),
  );
  const ways = Array.from({ length: cells + 1 }, (_, k) => k * wide);
  const grid = ways.map((at) => `M0 ${at}H${side}M${at} 0V${side}`).join("");
  return [
    element("image", {
      ...{ href: address, x: 0, y: 0, width: side, height: side },
      style: "image-rendering:pixelated",
    }),
    element("g", { class: "bw-map", style: "isolation:auto" }, ...squares),
    line(grid, "encoder", { "stroke-width": 1, "stroke-opacity": 0.35 }),
  ];
}

/**
 * Two bars a candidate: from its own look, and from the mean.
 * @param {Look} look
 * @param {number} x
 * @param {number} width
 * @param {Name} name
 */
function bets(look, x, width, name) {
  const full = Math.max(width - 104, 20);
  return candidates(look, BETS).flatMap((token, k) => {
    const y = 38 + 34 * k;
    const bold = token === look.token;
    /** @type {(at: number, share: number, role: "decoder" | "muted") => SVGElement[]} */
    const bar = (at, share, role) => [
      box(x + 54, at, Math.max(1.5, full * share), 11, role),
      label(x + 60 + full * share, at + 10, percent(share), { size: 13, role }),
    ];
    return [
      label(x + 46, y + 17, name(token), {
        ...{ anchor: "end", bold, size: 15, role: bold ? "decoder" : "muted" },
      }),
      ...bar(y, look.own[token], "decoder"),
      ...bar(y + 14, look.mean[token], "muted"),
    ];
  });
}

/** What the colours of the bars mean. @param {number} x @param {boolean} phone */
const legend = (x, phone) => [
  box(x, 1, 11, 11, "decoder"),
  label(x + 17, 12, "with its own look", { size: 13, role: "decoder" }),
  box(x + (phone ? 0 : 140), phone ? 18 : 1, 11, 11, "muted"),
  label(x + (phone ? 17 : 157), phone ? 29 : 12, "with the mean of all cells", {
    ...{ size: 13, role: "muted" },
  }),
];

/**
 * A word of the caption, and below it how sure the model is of it, with its own look and without.
 * @param {Look} look
 * @param {number} x
 * @param {number} y
 * @param {{name: Name, phone: boolean, now: boolean}} how
 */
function column({ token, instead, own, mean }, x, y, { name, phone, now }) {
  const middle = { anchor: /** @type {const} */ ("middle"), size: phone ? 13 : 14, bold: now };
  const other = token !== instead;
  return [
    label(x, y, name(token), { ...middle, role: "decoder", bold: true, size: phone ? 14 : 16 }),
    label(x, y + LINE, percent(own[token]), { ...middle, role: "decoder" }),
    label(x, y + 2 * LINE, percent(mean[token]), { ...middle, role: "muted" }),
    other ? label(x, y + 3 * LINE, name(instead), { ...middle, role: "ink", bold: true }) : null,
  ];
}

/**
 * The names of the rows of the caption.
 * @param {number} y
 * @param {boolean} phone
 */
const names = (y, phone) =>
  phone
    ? [
        label(0, y, "word · with its look · with the mean · it would be", {
          role: "muted",
          size: 13,
        }),
      ]
    : ["caption", "with its own look", "with the mean", "it would be"].map((text, k) =>
        label(0, y + k * LINE, text, { size: 14, bold: !k, role: k ? "muted" : "ink" }),
      );

/**
 * @param {At} at
 * @param {Look[]} looks
 * @param {{address: string, name: Name, most: number}} how `most` words has the longest caption
 * @returns {import("../parts/stepper/types.js").Picture}
 */
export function lookPicture(at, looks, { address, name, most }) {
  const { width, phone, step, row } = at;
  const side = phone ? 144 : 184;
  const right = side + (phone ? 14 : 36);
  const now = looks[step - 1];
  const [left, each] = phone ? [0, 6] : [132, most];
  const wide = Math.min((width - left) / each, 84);
  const [top, high] = [side + 40, ROWS * LINE + 8];
  const first = top + (phone ? 22 : 0);
  return {
    height: first + high * Math.ceil(most / each) - LINE,
    nodes: [
      ...map(side, address, now, Math.sqrt(looks[0].weights.length)),
      ...legend(right, phone),
      ...(now ? bets(now, right - 8, Math.min(width - right, 420), name) : []),
      ...names(top, phone),
      ...looks.map((look, k) =>
        row(
          k + 1,
          column(look, left + wide * ((k % each) + 0.5), first + high * Math.floor(k / each), {
            ...{ name, phone, now: k + 1 === step },
          }),
        ),
      ),
    ],
  };
}
