// A model that the reader has trained in one figure, for the other figures of the same page.
//
// A trainer whose figure says `offers: "letters to sounds"` gives its models away whenever it
// stands still. Any other figure takes them with a few lines:
//
//     const own = ownModel("letters to sounds", ["attention"], (trained) => {
//       models = trained ? loaded(trained.models) : ours; // null: the reader wants the book's again
//       draw();
//     });
//     el.append(own.node);
//     state.atEnd(own.stop);
//
// `trained.models` are as encdec_lib.web.export_model gives them, so loadModel of
// web/engine/engine.js reads them. Each figure is a program of its own: what they share stands at
// the window under one name, and an event of that name says that it is another.

import { button, element } from "../elements.js";
import { stepsOf } from "./words.js";

/** @typedef {import("../../../web/engine/types.js").Exported} Exported */
/** @typedef {import("./types.js").Planned} Planned */
/** @typedef {import("./types.js").ReportOf<"weights">} Weights */

/**
 * What was trained: by the names of its runs, each model and the steps that it has taken.
 * @typedef {{models: Record<string, Exported>, steps: Record<string, number>}} Trained
 */

const NAME = "bookTrainedModels";

/** The models of this page by their kind. @returns {Map<string, Trained>} */
function shelf() {
  const page = /** @type {any} */ (window);
  page[NAME] ??= new Map();
  return page[NAME];
}

/**
 * Lays a model out for the others.
 * @param {string} kind what it does: "letters to sounds"
 * @param {Trained} trained
 */
export function offer(kind, trained) {
  shelf().set(kind, trained);
  window.dispatchEvent(new CustomEvent(NAME, { detail: kind }));
}

/**
 * A run's weights as a model that loadModel reads.
 * @param {Planned} planned
 * @param {Weights} weights
 * @returns {Exported}
 */
const exported = ({ config: { model } }, { manifest, data }) => ({
  encoder: model.encoder,
  decoder: model.decoder,
  settings: model.settings,
  manifest,
  data,
});

/**
 * A trainer's side: asks for the weights when all stands still, and offers them once all have come.
 * @param {string | undefined} kind without one nothing is offered
 */
export function givesAway(kind) {
  let given = ""; // the runs that were asked for last, and their steps
  /** @type {Trained} */
  let collected = { models: {}, steps: {} };
  return {
    /** @param {import("./control.js").Control} control */
    look({ state, tracks, engine }) {
      const still = ["paused", "solved", "stopped"].includes(state);
      if (!still) given = ""; // another training may come to the same steps
      const now = tracks.map(({ name, steps }) => `${name} ${steps}`).join();
      if (!kind || !still || !engine || now === given || tracks.some(({ steps }) => !steps)) return;
      given = now;
      collected = { models: {}, steps: {} };
      for (const { name } of tracks) engine.post({ type: "weights", run: name });
    },
    /** @param {import("./control.js").Control} control @param {Weights} weights */
    take({ plan, tracks }, weights) {
      const planned = plan.runs.find(({ name }) => name === weights.run);
      const track = tracks.find(({ name }) => name === weights.run);
      if (!kind || !planned || !track) return;
      collected.models[weights.run] = exported(planned, weights);
      collected.steps[weights.run] = track.steps;
      if (Object.keys(collected.models).length === plan.runs.length) offer(kind, collected);
    },
  };
}

/**
 * Whether a model reads and writes so many symbols.
 * @param {Exported | undefined} model
 * @param {number[]} sizes
 */
function fits(model, [source, target]) {
  if (!model || source === undefined) return Boolean(model);
  const rows = (/** @type {"encoder" | "decoder"} */ side) =>
    Object.entries(model.manifest).find(
      ([path]) => path.startsWith(`${side}.`) && path.endsWith("embedding.embedding"),
    )?.[1].shape[0];
  return rows("encoder") === source && rows("decoder") === target;
}

const THEIRS = "Use the one I trained";
const OURS = "Use the book’s again";

/**
 * The other side: a line with a button, which is there as soon as the reader has trained such
 * models. Returns {node, stop}.
 * @param {string} kind
 * @param {string[]} needs names of the models without which it cannot be used; the first one's
 *   steps are told
 * @param {(trained: Trained | null) => void} use
 * @param {number[]} [sizes] symbols that they must read and write, where that is not sure
 */
export function ownModel(kind, needs, use, sizes = []) {
  /** @type {Trained | undefined} */
  let trained;
  let used = false;
  const said = element("span", { role: "status" });
  const press = button(THEIRS, () => show(!used), { class: "bw-button" });
  const node = element("p", { class: "bw-own-model" }, said, press);

  /** @param {boolean} own */
  function show(own) {
    used = own;
    const steps = stepsOf(trained?.steps[needs[0]] ?? 0);
    press.textContent = own ? OURS : THEIRS;
    said.textContent = own
      ? `This is the model that you trained, after ${steps}. `
      : `You have trained this model on this page, for ${steps}. `;
    node.hidden = false;
    use(own && trained ? trained : null);
  }
  function heard() {
    const now = shelf().get(kind);
    if (!now || needs.some((name) => !fits(now.models[name], sizes))) return;
    const fresh = trained !== now;
    trained = now;
    if (fresh) show(used);
  }
  node.hidden = true;
  window.addEventListener(NAME, heard);
  heard();
  return { node, stop: () => window.removeEventListener(NAME, heard) };
}
