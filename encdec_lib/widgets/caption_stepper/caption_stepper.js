// Chapter 5: a caption, one word at a time, out of one vector.

import { addressOf } from "../parts/picture.js";
import { imagesFrom, ink } from "../parts/pixels.js";
import { decoder, encoder, italic } from "../parts/stepper/marks.js";
import { stepper } from "../parts/stepper/stepper.js";
import { states, two } from "./states.js";

/** @typedef {import("./states.js").Trace} Trace */

const ORDER = ["first", "second", "third", "fourth"];

/**
 * @param {Trace} trace
 * @param {number} step
 * @param {number} side
 * @param {number} width
 * @returns {(string | Node)[]}
 */
function sentence({ steps }, step, side, width) {
  if (step === 0) {
    return [
      ...[encoder("The encoder"), ` has made one vector of ${width} numbers out of `],
      ...[
        `${(side * side).toLocaleString("en-US")} pixels. The decoder never sees the picture: it `,
      ],
      "starts from this vector, and has nothing else.",
    ];
  }
  const { cosine, bets } = steps[step - 1];
  const [[word, share], [other, less]] = bets;
  const writes = word === "end" ? ["it ends the caption"] : ["it writes ", decoder(word)];
  const sure = [
    ` with probability ${two(share)}`,
    ...(less < 0.005 ? [] : [" (", italic(other), `: ${two(less)})`]),
  ];
  const kept = `Its state has a cosine of ${two(cosine)} with H`;
  if (step === 1) {
    return [
      "The decoder begins: ",
      ...writes,
      ...sure,
      `. ${kept}; before this step it was H itself.`,
    ];
  }
  const before = steps[step - 2].bets[0][0];
  return ["Having written ", italic(before), ", ", ...writes, ...sure, `. ${kept}.`];
}

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  /** @type {Trace[]} */
  const traces = model.get("traces");
  const [side, width] = [model.get("side"), model.get("width")];
  /** @type {DataView[]} */
  const pictures = model.get("pictures");
  const addresses = pictures.map((dots) => addressOf(imagesFrom(dots, side)[0], ink));
  const most = Math.max(...traces.map(({ steps }) => steps.length));
  const several = traces.length > 1;
  return stepper(
    { model, el, name: "caption" },
    {
      title: "A sentence out of one vector",
      caption:
        `The first ${traces[0].vector.length} of ${width} numbers of H and of each state. Filled cells are ` +
        "positive, hollow ones negative, and the stronger the colour, the further from 0. A cosine of 1 " +
        "means the same direction, 0 nothing in common.",
      ...(several
        ? {
            cases: {
              legend: "Picture",
              names: ORDER.slice(0, traces.length),
              next: "Next picture",
            },
          }
        : {}),
      steps: (chosen) => traces[chosen].steps.length + 1,
      says: (step, chosen) => sentence(traces[chosen], step, side, width),
      label(step, chosen) {
        const written = traces[chosen].steps.slice(0, step).map(({ bets }) => bets[0][0]);
        return `A scene of digits. ${step ? `Written so far: ${written.join(" ")}.` : "Nothing is written yet."}`;
      },
      draw: (at) => states(at, traces[at.chosen], addresses[at.chosen], most),
    },
  ).stop;
}

export default { render };
