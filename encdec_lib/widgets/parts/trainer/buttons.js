// Train, One step, Reset, and in a fold how fast and from which seed.

import { choice } from "../choices.js";
import { button, element } from "../elements.js";

/** @typedef {import("./types.js").State} State */

/** @type {Record<State, string>} */
const MAIN = {
  ready: "Train",
  running: "Pause",
  paused: "Go on",
  solved: "Train again",
  stopped: "Train again",
  fault: "Train",
};

/**
 * The bar. Returns {node, show(state, more)}: `more` is what a few seconds more are called, or null.
 * @param {Record<"train" | "pause" | "step" | "reset" | "more", () => void>} does
 */
export function buttonBar(does) {
  const main = button(
    MAIN.ready,
    () => {
      if (main.getAttribute("aria-disabled") === "true") return;
      does[/** @type {"train" | "pause"} */ (main.dataset.action)]();
    },
    { class: "bw-button is-main", "data-action": "train" },
  );
  const more = button("", does.more, { class: "bw-button", "data-action": "more", hidden: "" });
  const step = button("One step", does.step, { class: "bw-button", "data-action": "step" });
  const reset = button("Reset", does.reset, { class: "bw-button", "data-action": "reset" });
  return {
    node: element("div", { class: "bw-buttons" }, main, more, step, reset),
    /** @param {State} state @param {string | null} longer */
    show(state, longer) {
      if (more.ownerDocument.activeElement === more && longer === null) main.focus();
      main.textContent = MAIN[state];
      main.dataset.action = state === "running" ? "pause" : "train";
      main.setAttribute("aria-disabled", String(state === "fault"));
      more.hidden = longer === null;
      more.textContent = longer;
      step.disabled = !["ready", "paused"].includes(state);
    },
  };
}

/** @type {[number, string][]} */
const SPEEDS = [
  [1, "one step"],
  [10, "ten"],
  [Infinity, "flat out"],
];

/**
 * Speed, seed, and for two models what is equal in their race.
 * @param {string} id
 * @param {object} hear
 * @param {(steps: number) => void} hear.onSpeed steps a beat
 * @param {(seed: number) => void} hear.onSeed
 * @param {"time" | "steps"} hear.race what is equal at first
 * @param {((race: "time" | "steps") => void) | null} hear.onRace null for one model
 */
export function runSettings(id, { onSpeed, onSeed, race: equally, onRace }) {
  const speed = choice(`${id}-speed`, "Steps at a time", SPEEDS, (steps) => {
    speed.show(steps);
    onSpeed(steps);
  });
  speed.show(Infinity);
  /** @type {[("time" | "steps"), string][]} */
  const equal = [
    ["time", "equal time"],
    ["steps", "equal steps"],
  ];
  const race = choice(`${id}-race`, "Race at", equal, (kind) => {
    race.show(kind);
    onRace?.(kind);
  });
  race.show(equally);
  const seed = element("input", {
    class: "bw-seed",
    type: "number",
    min: 0,
    max: 9999,
    step: 1,
    on: {
      change: () => {
        const typed = Math.round(Number(seed.value));
        onSeed(Math.min(Math.max(Number.isFinite(typed) ? typed : 0, 0), 9999));
      },
    },
  });
  const seedLabel = element("label", { class: "bw-seed-label" }, "Seed", seed);
  return {
    nodes: [speed.node, onRace ? race.node : null, seedLabel],
    /** @param {number} value */
    showSeed: (value) => {
      seed.value = String(value);
    },
  };
}
