// Chapter 17: a weight that adds small steps in 16 bits, and may stand still.

import { dialled } from "../parts/dialled/dialled.js";
import { counted } from "../parts/numbers.js";
import { numberLine, short, weightChart } from "./pictures.js";
import { CHANGES, FORMATS, gapAt, STEPS, trained, WEIGHTS } from "./rounding.js";

/** @typedef {import("./pictures.js").Now} Now */

/** @param {Now} now */
function sentence({ weight, change, format }) {
  const { course } = trained(weight, change, format);
  const gap = gapAt(weight, format);
  const [last, exact] = [course[STEPS], weight + STEPS * change];
  const near = short(weight + gap) === short(weight); // in 32 bits six digits do not tell them apart
  const after = near ? (weight + gap).toPrecision(9) : short(weight + gap);
  const next = `In ${format} the next number after ${short(weight)} is ${after}.`;
  const stuck = course.findIndex((value, k) => k > 0 && value === course[k - 1]);
  if (last === weight) {
    return (
      `${next} A step of ${change} is less than half the way there, so every sum is rounded back: after ` +
      `${STEPS.toLocaleString("en-US")} steps the weight is still ${short(last)}, and should be ${short(exact)}.`
    );
  }
  if (stuck > 0) {
    return (
      `${next} The weight grows until its numbers lie too far apart for a step of ${change}: at ` +
      `${short(last)} it stands still after ${counted(stuck - 1, "step")}, and should come to ${short(exact)}.`
    );
  }
  const off = Math.abs(last - exact) / (exact - weight);
  const much = off < 0.0005 ? "less than 0.1" : (100 * off).toFixed(1);
  return (
    `${next} The weight comes to ${short(last)} and should come to ${short(exact)}: rounding has changed ` +
    `the way it went by ${much}%.`
  );
}

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const formats = /** @type {import("./rounding.js").Format[]} */ (Object.keys(FORMATS));
  const all = formats.flatMap((format) =>
    WEIGHTS.flatMap((weight) => CHANGES.map((change) => sentence({ weight, change, format }))),
  );
  return dialled(
    { model, el, name: "rounding" },
    {
      title: "A weight that adds a small step, a thousand times",
      caption:
        "The number line has all numbers of the format near the weight, and what the first sum is " +
        "rounded to. The curve is the weight over 1,000 steps, rounded after each; dashed, without " +
        "rounding.",
      dials: [
        { name: "weight", label: "Weight w", values: WEIGHTS },
        { name: "change", label: "Step Δ", values: CHANGES },
        { name: "format", label: "Kept as", options: formats.map((name) => [name, name]) },
      ],
      says: (now) => sentence(/** @type {Now} */ (now)),
      longest: [all.reduce((long, next) => (next.length > long.length ? next : long))],
      panes: [
        { name: "line", draw: (room, now) => numberLine(room, /** @type {Now} */ (now)) },
        { name: "chart", draw: (room, now) => weightChart(room, /** @type {Now} */ (now)) },
      ],
    },
  );
}

export default { render };
