// What the drawing of squares depends on: temperature, top-k and the seed.

import { button, element } from "../parts/elements.js";
import { slider } from "../parts/slider.js";

const STOPS = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89]; // of the top-k dial, and all
const SEEDS = 2 ** 31;

/** @typedef {{temperature?: number, top_k?: number, seed?: number}} Dials traits of the widget */

/**
 * A slider on one line: label, value, and the slider below.
 * @param {import("../parts/slider.js").Slider} dial
 */
const dialNode = ({ label, output, input }) =>
  element("div", { class: "bw-dial" }, label, output, input);

/**
 * The field for the seed, and the button that takes the next one.
 * @param {string} id
 * @param {string} another what the button says
 * @param {(seed: number) => void} onChange
 */
function seedField(id, another, onChange) {
  const input = element("input", {
    id: `${id}-seed`,
    type: "number",
    class: "bw-seed",
    min: 0,
    max: SEEDS - 1,
    step: 1,
    on: {
      change: () => {
        const whole = Math.round(Number(input.value)) || 0;
        onChange(Math.min(SEEDS - 1, Math.max(0, whole)));
      },
    },
  });
  let shown = 0;
  const node = element(
    "div",
    { class: "bw-luck" },
    element("label", { for: input.id, text: "Seed" }),
    input,
    button(another, () => onChange((shown + 1) % SEEDS), { class: "bw-another" }),
  );
  return {
    node,
    /** @param {number} seed */
    show(seed) {
      shown = seed;
      input.value = String(seed);
    },
  };
}

/**
 * The dials. Returns {node, show(dials)}.
 * @param {string} id
 * @param {object} options
 * @param {number} options.codes how many codes there are
 * @param {number} options.topK at the beginning, which is one of the slider's stops
 * @param {number} options.lanes how many pictures are painted
 * @param {(change: Dials) => void} options.onChange
 */
export function paintingDials(id, { codes, topK, lanes, onChange }) {
  const few = STOPS.filter((k) => k < codes);
  const stops = [...new Set([...few, topK, codes])].sort((a, b) => a - b);
  const heat = slider(`${id}-temperature`, {
    label: "Temperature",
    min: 0,
    max: 2,
    step: 0.05,
    onInput: (temperature) => onChange({ temperature }),
  });
  const most = slider(`${id}-top_k`, {
    label: "Top-k",
    min: 0,
    max: stops.length - 1,
    onInput: (stop) => onChange({ top_k: stops[stop] }),
  });
  const another = lanes > 1 ? `another ${lanes}` : "another one";
  const seed = seedField(id, another, (chosen) => onChange({ seed: chosen }));

  /** @param {number} k */
  const nearest = (k) =>
    stops.reduce((best, stop, n) => (Math.abs(stop - k) < Math.abs(stops[best] - k) ? n : best), 0);
  return {
    node: element("div", { class: "bw-dials" }, dialNode(heat), dialNode(most), seed.node),
    /** @param {Required<Dials>} dials */
    show({ temperature, top_k: k, seed: now }) {
      heat.show(
        temperature,
        temperature === 0 ? "0, always the likeliest" : temperature.toFixed(2),
      );
      most.show(nearest(k), k >= codes ? `all ${codes}` : `${k} of ${codes}`);
      seed.show(now);
    },
  };
}
