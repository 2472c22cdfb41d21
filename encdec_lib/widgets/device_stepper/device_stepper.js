// Chapter 17: one step of training on several devices, with its numbers.

import { stepper } from "../parts/stepper/stepper.js";
import { columns, number } from "./columns.js";
import { trainStep } from "./step.js";

/** @typedef {import("./columns.js").Done} Done */

const STEPS = 6;

/** How far two gradients are apart, in words. @param {number} apart */
const near = (apart) =>
  apart === 0
    ? "the same, to the last bit"
    : `the same up to ${apart.toExponential(0).replace(/e-(\d+)/, "·10^−$1")}, which is rounding`;

/**
 * @param {number} step
 * @param {Done} done
 * @param {number} K weights
 * @param {number} rate
 * @returns {string}
 */
function sentence(step, done, K, rate) {
  const [D, N] = [done.rows.length, done.rows.flat().length];
  const firsts = done.own.map((g) => g[0]);
  const [low, high] = [Math.min(...firsts), Math.max(...firsts)];
  const weights = K === 1 ? "its one weight" : `all ${K} weights`;
  return [
    `A batch of ${N} examples is waiting. One device would work out the gradient of all ${N} by itself.`,
    `With ${D} devices, each gets ${N / D} examples and a copy of ${weights}.`,
    `Each works out the gradient of its own examples. They do not agree: for the first weight they ` +
      `say ${number(low)} to ${number(high)}.`,
    `Now they must talk, once: all put their gradient in, and all get the sum, ` +
      `${number(done.sum[0])} for the first weight. In JAX this is psum.`,
    `Divided by ${N}, the sum is the gradient of the mean loss. One device with all ${N} examples ` +
      `has ${near(done.apart)}.`,
    `All take the same step, learning rate ${rate}, so the copies stay equal and nobody has to ` +
      `send weights. The loss goes from ${done.before.toFixed(2)} to ${done.later.toFixed(2)}.`,
  ][step];
}

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const [x, y, w, rate] = ["x", "y", "w", "rate"].map((name) => model.get(name));
  /** @type {number[]} */
  const devices = model.get("devices");
  const all = devices.map((D) => trainStep({ x, y, w, rate }, D));
  return stepper(
    { model, el, name: "devices" },
    {
      title: "One step of training, shared out",
      caption:
        `A linear model with ${w.length === 1 ? "one weight" : `${w.length} weights`} and the ` +
        "squared error, worked out in this page in 32 bits. Filled cells are positive, hollow ones " +
        "negative, and the stronger the colour, the further from 0.",
      cases: { legend: "Devices", names: devices.map(String), next: "More devices", first: 1 },
      steps: () => STEPS,
      says: (step, chosen) => [sentence(step, all[chosen], w.length, rate)],
      label: (step, chosen) => `${devices[chosen]} devices, step ${step + 1} of ${STEPS}.`,
      draw: (at) => columns(at, all[at.chosen], w),
    },
  ).stop;
}

export default { render };
