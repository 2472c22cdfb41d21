// Chapter 15: a caption word by word, each from its own look at the picture and from the mean of all.

import { loadModel } from "../../web/engine/engine.js";
import { largest } from "../parts/patch_map.js";
import { addressOf } from "../parts/picture.js";
import { imagesFrom, ink } from "../parts/pixels.js";
import { stepper } from "../parts/stepper/stepper.js";
import { lookPicture } from "./look_picture.js";
import { looksOf } from "./looks.js";
import { nameOf, says } from "./story.js";

const ORDER = ["first", "second", "third", "fourth"];

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const exported = model.get("model");
  const run = loadModel(exported);
  const [side, name] = [model.get("side"), nameOf(model.get("symbols"))];
  /** @type {DataView[]} */
  const bytes = model.get("pictures");
  const pictures = bytes.map((one) => imagesFrom(one, side)[0]);
  const addresses = pictures.map((data) => addressOf(data, ink));
  const all = pictures.map((data) =>
    looksOf(run, { data, height: side, width: side, channels: 1 }),
  );
  const most = Math.max(...all.map((looks) => looks.length));
  const rounded = Object.values(exported.manifest).some(({ dtype }) => dtype === "int8");
  return stepper(
    { model, el, name: "look-stepper" },
    {
      title: "Which words need their look?",
      caption:
        "Green: the weights of this word, the largest the darkest. Both bets start from the same " +
        "state; only what the decoder gets of the picture differs. Worked out in this page" +
        `${rounded ? ", with weights rounded to 8 bits" : ""}.`,
      ...(all.length > 1
        ? {
            cases: {
              legend: "Picture",
              names: ORDER.slice(0, all.length),
              next: "Next picture",
              first: 1,
            },
          }
        : {}),
      steps: (chosen) => all[chosen].length + 1,
      says: (step, chosen) => says(all[chosen], step, name),
      label(step, chosen) {
        const looks = all[chosen].slice(0, step);
        if (!looks.length) return "A scene of digits. Nothing is written yet.";
        const { weights } = looks[step - 1];
        const where = largest(weights, Math.sqrt(weights.length));
        return `Written so far: ${looks.map(({ token }) => name(token)).join(" ")}. It looked most at ${where}.`;
      },
      draw: (at) => lookPicture(at, all[at.chosen], { address: addresses[at.chosen], name, most }),
    },
  ).stop;
}

export default { render };
