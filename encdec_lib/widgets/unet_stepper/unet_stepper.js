// Chapter 2: one scene on its way down through a U-Net and up again.

import { styleColor, whenThemeChanges } from "../parts/pixels.js";
import { stepper } from "../parts/stepper/stepper.js";
import { draw, picturesOf } from "./unet_picture.js";
import { says, stepsOf } from "./unet_words.js";

/** @typedef {import("./unet_words.js").Network} Network */

/** @param {string} hex such as #e69f00 */
const fromHex = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

/**
 * What the picture shows, for those who do not see it.
 * @param {Network} network
 * @param {number} step
 */
function label({ name, skips, down, up }, step) {
  const shown = [
    "the scene",
    ...down.map(({ side, channels }) => `${channels} maps of ${side} by ${side} on the way down`),
    ...up.map(({ side, channels }) => `${channels} maps of ${side} by ${side} on the way up`),
    "the class of every pixel",
  ].slice(0, step + 1);
  return `The network ${name}${skips ? "" : ", nothing is handed across"}. Shown: ${shown.join("; ")}.`;
}

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  /** @type {Network[]} */
  const networks = model.get("networks");
  const classes = model.get("colors").map(fromHex);
  classes[0] = [0, 0, 0, 0]; // of the background nothing is drawn
  /** @type {import("./unet_picture.js").Pictures[] | null} painted when the page has colours */
  let pictures = null;
  const painted = () => {
    const colors = {
      encoder: styleColor(el, "--bw-encoder"),
      decoder: styleColor(el, "--bw-decoder"),
      classes,
    };
    pictures ??= networks.map((network) => picturesOf(network, model.get("scene"), colors));
    return pictures;
  };
  const cells = Math.max(...networks.map(({ down }) => down[down.length - 1].side)) ** 2;
  const frame = stepper(
    { model, el, name: "unet-stepper" },
    {
      title: `Down to ${cells} cells, and up again`,
      caption:
        "Three maps of each block, those that vary most; each is drawn from its lowest number, " +
        "pale, to its highest.",
      ...(networks.length > 1
        ? {
            cases: {
              legend: "Network",
              names: networks.map(({ name }) => name),
              next: "Other network",
              first: 0,
            },
          }
        : {}),
      steps: (chosen) => stepsOf(networks[chosen]),
      says: (step, chosen) => says(networks[chosen], step),
      label: (step, chosen) => label(networks[chosen], step),
      draw: (at) => draw(at, networks[at.chosen], painted()[at.chosen]),
    },
  );
  const ends = whenThemeChanges(() => {
    pictures = null;
    frame.again();
  });
  return () => {
    ends();
    frame.stop();
  };
}

export default { render };
