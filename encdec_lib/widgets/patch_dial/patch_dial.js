// Chapter 14: a slider for the side of a patch. More patches, and what they cost.

import { announcer } from "../parts/announcer.js";
import { choice } from "../parts/choices.js";
import { eachFrame, element, prepare } from "../parts/elements.js";
import { counted } from "../parts/numbers.js";
import { patchMap } from "../parts/patch_map.js";
import { digitPicture } from "../parts/picture.js";
import { imagesFrom } from "../parts/pixels.js";
import { slider } from "../parts/slider.js";
import { stateOf } from "../parts/state.js";
import { cost, short } from "./cost.js";
import { costTable } from "./cost_table.js";

const LINE = "0 0 0 0.7px #0072b2"; // where the picture is cut

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const id = prepare(el, "cuts");
  el.classList.add("bw-looking");
  const state = stateOf(model);
  /** @type {string[]} */
  const names = state.get("names");
  /** @type {(import("./cost.js").Sizes & {patches: number[], patch: number})[]} */
  const configs = state.get("configs");
  const steps = configs.map(({ patches, patch }) => patches.indexOf(patch)); // of each model's slider
  let chosen = 0;

  const soon = eachFrame(draw);
  const models = choice(
    `${id}-model`,
    "Which model",
    names.map((name, k) => [k, name]),
    (k) => {
      chosen = k;
      soon();
    },
  );
  models.node.hidden = names.length < 2;
  const sides = slider(`${id}-patch`, {
    label: "Side P of a patch",
    min: 0,
    max: 0,
    valueClass: "bw-chosen",
    onInput: (step) => {
      steps[chosen] = step;
      soon();
    },
  });
  const [image] = imagesFrom(state.get("image"), state.get("side"));
  const shown = digitPicture(image, { role: "img" });
  const map = patchMap(LINE);
  const table = costTable();
  const voice = announcer(500);
  const cut = element("div", { class: "bw-cut" }, shown, map.node);
  const desk = element("div", { class: "bw-desk" }, cut, table.node);
  el.append(models.node, sides.bar(), sides.input, desk, voice.node);

  function draw() {
    const config = configs[chosen];
    const patch = config.patches[steps[chosen]];
    const columns = config.side / patch;
    const found = cost(config, patch);
    const patches = found.patches === 1 ? "1 patch" : `${found.patches} patches`;
    models.show(chosen);
    sides.input.max = String(config.patches.length - 1);
    sides.show(
      steps[chosen],
      `${patch} of ${config.side} pixels`,
      `${counted(patch, "pixel")}, ${patches}`,
    );
    shown.setAttribute("aria-label", `A digit, cut into ${columns} by ${columns} squares`);
    map.draw(null, columns);
    const total = table.show(config.side, patch, found);
    Object.assign(el.dataset, { patch, ...found });
    voice.say(`${patches}, ${short(total)} multiplications.`);
  }

  draw();
  state.atEnd(soon.cancel, voice.stop);
  return state.stop;
}

export default { render };
