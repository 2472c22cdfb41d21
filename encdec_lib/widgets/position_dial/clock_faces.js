// A row of clocks, or several rows: a hand for each of two places, and the angle between them.

import { drawing } from "../parts/dialled/dialled.js";
import { element } from "../parts/elements.js";
import { label, line } from "../parts/stepper/marks.js";
import { clocks } from "./angles.js";
import { many, short, signed } from "./words.js";

const LEAST = 78; // pixels that a clock with its numbers needs across
const MOST = 184;
const TOP = 52; // room for the names of the hands and of the upper numbers

/** @typedef {import("./angles.js").Clock} Clock */
/** @typedef {{cx: number, cy: number, r: number}} Circle */

/**
 * The tip of a hand.
 * @param {Circle} circle
 * @param {import("./angles.js").Hand} hand
 */
const tip = ({ cx, cy, r }, { sin, cos }) => [cx + r * sin, cy - r * cos].map((x) => x.toFixed(1));

/**
 * The smaller sector between two hands.
 * @param {Circle} circle
 * @param {Clock} clock
 */
function sector({ cx, cy, r }, { here, there, between }) {
  const circle = { cx, cy, r: 0.55 * r };
  const [from, to] = [tip(circle, here), tip(circle, there)];
  const arc = `A${circle.r.toFixed(1)} ${circle.r.toFixed(1)} 0 0 ${between > 0 ? 1 : 0} `;
  return element("path", {
    class: "bw-fill is-attention",
    "fill-opacity": 0.4,
    d: `M${cx} ${cy}L${from.join(" ")}${arc}${to.join(" ")}Z`,
  });
}

/**
 * One clock; the hand of t has a dot at its end, the other a ring, which shows around the dot where
 * both stand alike.
 * @param {Circle} circle
 * @param {Clock} clock
 */
function face(circle, clock) {
  const { cx, cy, r } = circle;
  const inner = { cx, cy, r: r - 9 };
  const [here, there] = [tip(inner, clock.here), tip(inner, clock.there)];
  /** @param {string[]} end @param {import("../parts/stepper/marks.js").Role} role */
  const hand = (end, role) => {
    const made = line(`M${cx} ${cy}L${end.join(" ")}`, role);
    made.classList.add("bw-hand");
    return made;
  };
  const muted = /** @type {const} */ ({ role: "muted", size: 13, anchor: "middle" });
  return [
    element("circle", { class: "bw-face", cx, cy, r }),
    line(`M${cx} ${cy - r}V${cy - r + 4}`, "muted", { "stroke-width": 1 }),
    sector(inner, clock),
    hand(there, "you"),
    element("circle", { class: "bw-ring", cx: there[0], cy: there[1], r: 6 }),
    hand(here, "encoder"),
    element("circle", { class: "bw-fill is-encoder", cx: here[0], cy: here[1], r: 3.5 }),
    label(cx, cy - r - 6, short(clock.turn), muted),
    label(cx, cy + r + 17, signed(clock.cosine), {
      anchor: "middle",
      role: "attention",
      bold: true,
    }),
  ];
}

/**
 * How many stand in a row: all, or half of them, or a quarter.
 * @param {number} count
 * @param {number} room
 */
function columnsFor(count, room) {
  let columns = count;
  while (columns > 2 && room / columns < LEAST) columns /= 2;
  return columns;
}

/**
 * @param {number} room
 * @param {number} t
 * @param {number} n
 * @param {number} width
 */
export function clockFaces(room, t, n, width) {
  const all = clocks(t, n, width);
  const columns = columnsFor(all.length, room);
  const cell = Math.min(room / columns, MOST);
  const r = Math.min(0.44 * cell, 58);
  const row = 2 * r + 46;
  const floor = TOP + row * Math.ceil(all.length / columns);
  const faces = all.flatMap((clock, m) => {
    const cx = cell * ((m % columns) + 0.5);
    return face({ cx, cy: TOP + row * Math.floor(m / columns) + 20 + r, r }, clock);
  });
  const small = /** @type {const} */ ({ role: "muted", size: 13 });
  const said =
    `${all.length} clocks with the hands of places ${many(t)} and ${many(t + n)}. ` +
    `Cosines of the angles between them: ${all.map(({ cosine }) => signed(cosine)).join(", ")}.`;
  return drawing(room, floor + 22, said, [
    element("circle", { class: "bw-fill is-encoder", cx: 5, cy: 10, r: 3.5 }),
    label(16, 15, `place ${many(t)}`, { role: "encoder", bold: true }),
    element("circle", { class: "bw-ring", cx: 111, cy: 10, r: 6 }),
    label(123, 15, `place ${many(t + n)}`, { role: "you", bold: true }),
    label(0, TOP - 10, "Places for one turn of the hand:", small),
    ...faces,
    label(0, floor + 14, "Cosine of the angle between the hands.", { ...small, role: "attention" }),
  ]);
}
