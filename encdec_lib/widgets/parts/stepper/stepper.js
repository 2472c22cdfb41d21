// The frame of every figure that is gone through step by step. To make a new one:
//
// 1. Python: a class on StepperWidget (host/stepper_widget.py), which has the traits `step` and
//    `chosen`; `_css = STEPPER_CSS`, or `(*STEPPER_CSS, _HERE / "mine.css")`. Numbers come from the
//    models or from Python as traits: none is typed in here.
// 2. mine.js: export default { render }, where render({ model, el }) computes what it shows and ends
//    with `return stepper({ model, el, name: "mine" }, figure).stop;`.
// 3. `figure` (types.d.ts has every field): title; steps(chosen); says(step, chosen), a sentence made
//    of the numbers, as ["The ", encoder("encoder"), " reads …"]; draw(at) -> { height, nodes }, SVG
//    drawn for at.width and never scaled; label(step, chosen) for a screen reader; caption; `cases`.
// 4. In draw(), at.row(k, nodes) is seen from step k on and stays; put a row's name outside of it.
//    marks.js has text, vectors of cells, bars and arrows in the roles' colours.
// 5. The frame does the rest: room for the longest sentence, ← · 1…n · Next →, the keys on the
//    picture, the next case at the end, data-stepper/-step/-case. tests/browser/stepping.py drives it.

import { choice } from "../choices.js";
import { eachFrame, element, prepare, whenResized } from "../elements.js";
import { stateOf } from "../state.js";
import { bar } from "./bar.js";

/** @typedef {import("./types.js").Figure} Figure */
/** @typedef {import("./types.js").At} At */

const PHONE = 560; // pixels

/**
 * Room for the longest sentence, and the one of this step. Returns {node, show, reserve}.
 * @param {Figure} figure
 */
function sentenceOf(figure) {
  const now = element("p", { class: "bw-say", "aria-live": "polite" });
  const node = element("div", { class: "bw-says" }, now);
  let said = "";
  return {
    node,
    /** @param {number} step @param {number} chosen */
    show(step, chosen) {
      const made = element("p", {}, ...figure.says(step, chosen));
      if (said === made.innerHTML) return; // a live region that is filled again is read again
      said = made.innerHTML;
      now.replaceChildren(...made.childNodes);
    },
    /** Unseen copies of every sentence in the same place: nothing below ever moves. */
    reserve() {
      const unseen = [];
      for (let chosen = 0; chosen < (figure.cases?.names.length ?? 1); chosen += 1) {
        for (let step = 0; step < figure.steps(chosen); step += 1) {
          const copy = { class: "bw-say is-unseen", "aria-hidden": "true" };
          unseen.push(element("p", copy, ...figure.says(step, chosen)));
        }
      }
      node.replaceChildren(now, ...unseen);
    },
  };
}

/**
 * The group of nodes that at.row() makes.
 * @param {number} step where the reader stands
 * @param {boolean} onward whether the step before was the one before it
 * @returns {At["row"]}
 */
const rowsAt =
  (step, onward) =>
  (k, nodes, until = Infinity) => {
    const when = step < k ? "later" : step > until ? "past" : "now";
    const fresh = onward && step === k ? " is-fresh" : "";
    return element("g", { class: `bw-row is-${when}${fresh}` }, ...nodes);
  };

class Stepper {
  /** @param {import("../state.js").Host & {name: string}} host @param {Figure} figure */
  constructor({ model, el, name }, figure) {
    const id = prepare(el, name);
    el.classList.add("bw-steps");
    el.dataset.stepper = "";
    this.el = el;
    this.figure = figure;
    this.state = stateOf(model);
    this.before = -1; // the step that was drawn last
    this.soon = eachFrame(() => this.draw());
    this.sentence = sentenceOf(figure);
    this.picture = element("svg", { role: "img" });
    this.stage = element(
      "div",
      {
        class: "bw-stage",
        tabindex: 0,
        role: "group",
        "aria-label": "The picture of this step. Arrow keys go on and back.",
      },
      this.picture,
    );
    this.bar = bar((step) => this.go(step));
    this.cases = this.makeCases(id);
    this.put();
    el.addEventListener("keydown", (event) => this.key(event));
    const end = whenResized([this.stage], this.soon);
    this.state.follow(["step", "chosen"], this.soon);
    this.state.atEnd(end, this.soon.cancel);
    this.sentence.reserve();
    this.draw();
  }

  /** @param {string} id */
  makeCases(id) {
    const { cases } = this.figure;
    if (!cases) return null;
    return choice(
      `${id}-case`,
      cases.legend,
      cases.names.map((text, k) => [k, text]),
      (chosen) => this.go(this.step, chosen),
    );
  }

  put() {
    const { el, figure } = this;
    el.setAttribute("role", "group");
    el.setAttribute("aria-label", figure.title);
    this.count = element("span", { class: "bw-count" });
    el.append(
      element(
        "p",
        { class: "bw-headline", "aria-hidden": "true" },
        element("b", { text: figure.title }),
        this.count,
      ),
      this.sentence.node,
      this.stage,
      ...(figure.extra ? [figure.extra] : []),
      element("div", { class: "bw-controls" }, this.bar.node, this.cases?.node ?? null),
      element("p", { class: "bw-footline", text: figure.caption }),
    );
  }

  get chosen() {
    return Math.min(this.state.get("chosen"), (this.figure.cases?.names.length ?? 1) - 1);
  }

  /** From 0; the trait counts from 1, as the reader does. */
  get step() {
    return Math.min(this.state.get("step"), this.figure.steps(this.chosen)) - 1;
  }

  /**
   * Goes to a step; behind the last one stands the next case.
   * @param {number} step
   * @param {number} [chosen]
   */
  go(step, chosen = this.chosen) {
    const { cases, steps } = this.figure;
    let [to, which] = [Math.max(0, step), chosen];
    if (to >= steps(chosen)) {
      const more = this.step === steps(chosen) - 1 && chosen === this.chosen;
      const names = cases?.names.length ?? 1;
      which = more ? (chosen + 1) % names : chosen;
      to = more ? (which && cases?.first) || 0 : steps(chosen) - 1;
    }
    this.state.keep({ step: to + 1, chosen: which });
    this.soon();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { target, key } = event;
    if (target instanceof HTMLInputElement || event.altKey || event.ctrlKey || event.metaKey)
      return;
    const last = this.figure.steps(this.chosen) - 1;
    /** @type {Record<string, number>} */
    const to = {
      ArrowRight: Math.min(this.step + 1, last),
      ArrowLeft: this.step - 1,
      Home: 0,
      End: last,
    };
    if (!(key in to)) return;
    event.preventDefault();
    this.go(to[key]);
  }

  draw() {
    const { figure, step, chosen, stage, picture } = this;
    const width = stage.clientWidth;
    this.sentence.show(step, chosen);
    this.cases?.show(chosen);
    const last = figure.steps(chosen) - 1;
    this.bar.show(step, last, this.onward(step === last));
    if (this.count) this.count.textContent = `${last + 1} steps · arrow keys`;
    Object.assign(this.el.dataset, { step: step + 1, case: chosen });
    if (!width) return; // not yet on the page
    const row = rowsAt(step, this.before === step - 1);
    this.before = step;
    const made = figure.draw({ step, chosen, width, phone: width < PHONE, row });
    picture.setAttribute("viewBox", `0 0 ${width} ${made.height}`);
    picture.setAttribute("width", String(width));
    picture.setAttribute("height", String(made.height));
    picture.setAttribute("aria-label", figure.label(step, chosen));
    picture.replaceChildren(...made.nodes.filter((node) => node !== null));
  }

  /** What the main button says. @param {boolean} atEnd */
  onward(atEnd) {
    const { cases } = this.figure;
    if (!atEnd) return "Next →";
    return cases && this.chosen < cases.names.length - 1 ? `${cases.next} →` : "From the start";
  }
}

/**
 * Mounts a figure that is gone through step by step.
 * @param {import("../state.js").Host & {name: string}} host
 * @param {Figure} figure
 * @returns {import("./types.js").Stepper}
 */
export function stepper(host, figure) {
  const made = new Stepper(host, figure);
  return {
    again() {
      made.sentence.reserve();
      made.soon();
    },
    stop: made.state.stop,
  };
}
