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
// web/engine/engine.js reads them. A figure for which more is another with them, such as what they
// read and write, is mounted again: lent.js. Each figure is a program of its own: what they share stands at
// the window under one name, and an event of that name says that it is another.

import { button, element } from "../elements.js";
import { stepsOf, thousands } from "./words.js";

/** @typedef {import("../../../web/engine/types.js").Exported} Exported */
/** @typedef {import("./types.js").Planned} Planned */
/** @typedef {import("./types.js").ReportOf<"weights">} Weights */

/**
 * What was trained, by the names of its runs: each model, the steps that it has taken and what its
 * last scoring said; and the task that all of them learned.
 * @typedef {object} Trained
 * @property {Record<string, Exported>} models
 * @property {Record<string, number>} steps
 * @property {Record<string, import("./types.js").Track["scored"]>} scored
 * @property {import("./types.js").Config["task"]} task
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
  const nothing = () =>
    /** @type {Omit<Trained, "task">} */ ({ models: {}, steps: {}, scored: {} });
  let collected = nothing();
  return {
    /** @param {import("./control.js").Control} control */
    look({ state, tracks, engine }) {
      const still = ["paused", "solved", "stopped"].includes(state);
      if (!still) given = ""; // another training may come to the same steps
      const now = tracks.map(({ name, steps }) => `${name} ${steps}`).join();
      if (!kind || !still || !engine || now === given || tracks.some(({ steps }) => !steps)) return;
      given = now;
      collected = nothing();
      for (const { name } of tracks) engine.post({ type: "weights", run: name });
    },
    /** @param {import("./control.js").Control} control @param {Weights} weights */
    take({ plan, tracks }, weights) {
      const planned = plan.runs.find(({ name }) => name === weights.run);
      const track = tracks.find(({ name }) => name === weights.run);
      if (!kind || !planned || !track) return;
      collected.models[weights.run] = exported(planned, weights);
      collected.steps[weights.run] = track.steps;
      collected.scored[weights.run] = track.scored;
      if (Object.keys(collected.models).length < plan.runs.length) return;
      offer(kind, { ...collected, task: planned.config.task });
    },
  };
}

/**
 * Whether a model reads and writes so many symbols.
 * @param {Exported} model
 * @param {number} source
 * @param {number} target
 */
export function readsAndWrites({ manifest }, source, target) {
  const rows = (/** @type {"encoder" | "decoder"} */ side) =>
    Object.entries(manifest).find(
      ([path]) => path.startsWith(`${side}.`) && path.endsWith("embedding.embedding"),
    )?.[1].shape[0];
  return rows("encoder") === source && rows("decoder") === target;
}

/** "400 steps", or "380 to 400 steps" where they are not the same. @param {number[]} steps */
function stepsOfAll(steps) {
  const [least, most] = [Math.min(...steps), Math.max(...steps)];
  return least === most ? stepsOf(most) : `${thousands(least)} to ${stepsOf(most)}`;
}

/** @param {string[]} needs */
const wordsFor = ({ length }) =>
  length > 1
    ? { press: "Use the ones I trained", what: "these models", own: "These are the models" }
    : { press: "Use the one I trained", what: "this model", own: "This is the model" };

const OURS = "Use the book’s again";

/**
 * The other side: a line with a button, which is there as soon as the reader has trained such
 * models. Returns {node, stop}.
 * @param {string} kind
 * @param {string[]} needs names of the models without which it cannot be used
 * @param {(trained: Trained | null) => void} use
 * @param {object} [more]
 * @param {(trained: Trained) => boolean} [more.fits] where not all models of the kind can be used
 * @param {string} [more.what] the reader has trained: "a Transformer"; "this model" if not told
 * @param {(trained: Trained) => string} [more.does] what they do, a sentence
 */
export function ownModel(kind, needs, use, { fits = () => true, what, does = () => "" } = {}) {
  /** @type {Trained | undefined} */
  let trained;
  let used = false;
  const words = wordsFor(needs);
  const said = element("span", { role: "status" });
  const press = button(words.press, () => {
    used = !used;
    tell();
    use((used && trained) || null);
  });
  const node = element("p", { class: "bw-own-model" }, said);

  function tell() {
    if (!trained) return;
    const { steps } = trained;
    const after = stepsOfAll(needs.map((name) => steps[name]));
    press.textContent = used ? OURS : words.press;
    said.textContent = `${
      used
        ? `${words.own} that you trained, after ${after}.`
        : `You have trained ${what ?? words.what} on this page, for ${after}.`
    } ${does(trained)}`.trim();
    if (node.hidden) node.append(press); // no button is there before it can do something
    node.hidden = false;
  }
  function heard() {
    const now = shelf().get(kind);
    if (!now || now === trained || needs.some((name) => !now.models[name]) || !fits(now)) return;
    trained = now;
    tell();
    if (used) use(trained);
  }
  node.hidden = true;
  window.addEventListener(NAME, heard);
  heard();
  return { node, stop: () => window.removeEventListener(NAME, heard) };
}
