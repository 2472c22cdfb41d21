// What can be wrong with the sizes of a model: whether they fit each other, the task and the memory.

import { MOST_LONG, need, whole } from "./needs.js";

/** @typedef {import("./types.js").FullConfig} FullConfig */
/** @typedef {import("./types.js").Task} Task */

/** The divisors of a number, for advice. @param {number} n */
const divisors = (n) =>
  Array.from({ length: n }, (_, k) => k + 1).filter((k) => n % k === 0 && k <= 16);

/** @type {(config: FullConfig, task: Task) => void} */
export function checkModel({ model }, task) {
  const { sizes, settings = {} } = model;
  const { d_model: D, d_k, max_length = 64, patch, side } = sizes;
  for (const [name, value] of Object.entries(sizes)) {
    if (typeof value === "number") whole(name, value, 1, 65536);
  }
  for (const part of [settings.encoder ?? {}, settings.decoder ?? {}]) {
    const { heads = sizes.heads ?? 1, positions } = part;
    if (D === undefined || part.heads === undefined) continue;
    whole("heads", heads);
    need(
      d_k !== undefined || D % heads === 0,
      `heads must divide the width d_model = ${D}; got ${heads}. Choose one of ` +
        `${divisors(D).join(", ")}.`,
    );
    need(
      positions !== "sinusoidal" || D % 2 === 0,
      `d_model must be even for sinusoidal positions; got ${D}. Choose ${D + 1}.`,
    );
    const wide = d_k ?? D / heads;
    need(
      positions !== "rotary" || wide % 2 === 0,
      `The width of a head, d_model / heads, must be even for rotary positions; got ${wide}. ` +
        `Choose fewer heads or a wider model.`,
    );
    if (positions === "learned" && task.kind === "tokens") checkPlaces(max_length, task);
  }
  if (task.kind === "tokens" || side === undefined) return;
  need(
    side === task.side,
    `The model must read squares of side ${task.side}, as the task cuts them; got ${side}.`,
  );
  need(
    patch === undefined || side % patch === 0,
    `patch must divide the side ${side}; got ${patch}. Choose one of ${divisors(side).join(", ")}.`,
  );
}

/** @type {(max_length: number, task: import("../tasks/types.js").TokenTask) => void} */
function checkPlaces(max_length, task) {
  const longest = Math.max(task.longest, task.most);
  need(
    max_length >= longest,
    `max_length must be at least ${longest}, as the longest sequence of the task; got ` +
      `${max_length}. Learned positions know no place beyond it: raise it, or shorten the task.`,
  );
}

/**
 * Whether the parameters, their gradients and Adam's two moments leave room for a batch; asked
 * before any weight is drawn, which for a model that is far too large would take minutes.
 * @param {import("./types.js").Shapes} shapes
 * @param {number} megabytes
 */
export function checkRoom(shapes, megabytes) {
  const count = Object.values(shapes).reduce(
      (sum, shape) => sum + shape.reduce((a, b) => a * b),
      0,
    ),
    needed = Math.ceil((4 * 4 * count) / 2 ** 20);
  need(
    needed <= megabytes / 2,
    `The model must fit into half of the ${megabytes} MB set aside for it; got ` +
      `${count.toLocaleString("en")} parameters, which need ${needed} MB with their gradients. ` +
      `Choose a narrower model, or fewer layers.`,
  );
}

/**
 * Sources to look at, each short enough and of known symbols.
 * @param {FullConfig} config
 * @param {number[][]} sources
 */
export function checkSources({ model, task }, sources) {
  const V = model.sizes.source_vocab ?? 0;
  need(sources.length > 0, "There must be at least one source to look at; got none.");
  for (const source of sources) {
    need(
      source.length > 0 && source.length <= MOST_LONG,
      `A source of ${task.name} must have 1 to ${MOST_LONG} symbols; got ${source.length}.`,
    );
    const stranger = source.find((id) => !Number.isInteger(id) || id < 0 || id >= V);
    need(
      stranger === undefined,
      `A source must hold ids from 0 to ${V - 1}, which the model has learned; got ${stranger}.`,
    );
  }
}
