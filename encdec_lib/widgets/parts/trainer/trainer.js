// The frame of every figure that trains in the page. To make a new one:
//
// 1. Python: a class on TrainerWidget (host/trainer_widget.py) with one synced trait a dial, checked
//    in __init__; `_css = (*TRAINER_CSS, _HERE / "mine.css")`. `engine` and `seed` come from there.
// 2. mine.js: export default { render }, where render({ model, el }) ends with
//    `return trainer({ model, el, name: "mine" }, figure).stop;`.
// 3. `figure` (types.d.ts has every field): title, caption, `dials` (choices of segments, sliders;
//    `live: true` if one applies while training goes on, else moving it resets), `plan(settings,
//    seed)` -> { runs: [{ name, label, line, config }] }, one model or two that race, or a sentence
//    that says what cannot be and what to choose; `says`, one sentence a state; `data` of the task.
// 4. `view`: { node, settings, scored, looked, fit }: what is drawn of the model. `sources(settings)`
//    are asked while it learns, and looked(track, answers, sources) gets tokens and maps.
//    Parts for it: tapes.js (strings, wrong symbols struck through), head_maps.js (a map a head),
//    series_chart.js (curves of error against something, the last five fading), own_string.js.
// 5. `offers: "letters to sounds"` hands the models to the page's other figures: handover.js.
// 6. The frame does the rest: buttons, speed, seed, loss, numbers, runs, status, screen reader, stop
//    rules, faults, data-trains/-state/-steps/-loss/-score on the root. Draw for clientWidth in
//    fit(); no fixed element ids; colours by var(--bw-…). tests/browser/training.py drives any of them.

import { eachFrame, prepare, whenResized } from "../elements.js";
import { whenThemeChanges } from "../pixels.js";
import { stateOf } from "../state.js";
import { buttonBar, runSettings } from "./buttons.js";
import { Control } from "./control.js";
import { dialsOf } from "./dials.js";
import { givesAway } from "./handover.js";
import { arrange, bigNumbers } from "./layout.js";
import { lossChart } from "./loss_chart.js";
import { pastRuns } from "./past_runs.js";
import { runTable } from "./run_table.js";
import { longer, sentence, statusLine } from "./status_line.js";
import { watch } from "./watch.js";
import { inSeconds, percent, thousands } from "./words.js";

/** @typedef {import("./types.js").Figure} Figure */
/** @typedef {import("../state.js").Host & {name: string}} Host */

const HIDDEN = "Paused, because the page was hidden.";
const AWAY = "Paused, because nobody could see it for a minute.";

/** How often a model that trains is asked for its answers, in ms. */
const lookEvery = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? 1000 : 120);

class Trainer {
  /** @param {Host} host @param {Figure} figure */
  constructor({ model, el, name }, figure) {
    const id = prepare(el, name);
    el.classList.add("bw-trains");
    el.dataset.trains = "";
    this.el = el;
    this.figure = figure;
    this.state = stateOf(model);
    this.past = pastRuns(figure);
    this.gives = givesAway(figure.offers);
    this.soon = eachFrame(() => this.draw());
    this.control = this.makeControl();
    const moved = (/** @type {boolean} */ live) => this.moved(live);
    this.dials = dialsOf(id, figure.dials, this.state, moved, figure.view.slot);
    this.buttons = buttonBar({
      train: () => this.train(),
      more: () => this.control.train(),
      pause: () => this.control.pause(),
      step: () => this.control.step(),
      reset: () => this.begin(),
    });
    this.loss = figure.curves ?? lossChart();
    this.numbers = bigNumbers();
    this.table = runTable(figure.columns, this.past.measure);
    this.status = statusLine();
    this.run = this.makeRunSettings(id);
    this.ownSeed = false; // it is we who change the seed
    this.looked = 0; // when the model was asked last
    this.steps = -1; // and after how many steps
  }

  makeControl() {
    const { figure, state } = this;
    return new Control({
      source: state.get("engine"),
      data: figure.data,
      race: figure.race,
      onChange: () => this.changed(),
      onScored: (track) => figure.view.scored?.(track),
      onLooked: (track, answers, sources) => figure.view.looked?.(track, answers, sources),
      onWeights: (weights) => this.gives.take(this.control, weights),
      onEnd: (outcome) => {
        this.past.finish(this.control, this.dials.fixed(), state.get("seed"), outcome);
      },
    });
  }

  /** @param {string} id */
  makeRunSettings(id) {
    const plan = this.figure.plan(this.dials.settings(), this.state.get("seed"));
    const races = typeof plan !== "string" && plan.runs.length > 1;
    return runSettings(id, {
      onSpeed: (steps) => this.control.setSpeed(steps),
      onSeed: (seed) => this.begin(seed),
      race: this.control.race,
      onRace: races ? (kind) => this.raceAt(kind) : null,
    });
  }

  // ---------------------------------------------------------------- what the reader does

  train() {
    const over = ["solved", "stopped"].includes(this.control.state);
    if (over) this.begin(this.past.freshSeed(this.dials.fixed()));
    this.control.train();
  }

  /** @param {boolean} live the dial applies at once */
  moved(live) {
    if (live) this.look(true);
    else this.begin(this.past.freshSeed(this.dials.fixed()));
  }

  /** @param {"time" | "steps"} kind */
  raceAt(kind) {
    this.control.race = kind;
    this.begin();
  }

  /** Resets. @param {number} [seed] */
  begin(seed = this.state.get("seed")) {
    this.past.leave(this.control);
    this.ownSeed = true;
    this.state.keep({ seed });
    this.ownSeed = false;
    const settings = this.dials.settings();
    this.figure.view.settings?.(settings, true);
    this.steps = -1;
    this.control.reset(this.figure.plan(settings, seed), this.figure.sources?.(settings) ?? []);
  }

  /** Asks the models again. @param {boolean} [live] a live dial or the reader's string is another */
  look(live = false) {
    const settings = this.dials.settings();
    if (live) this.figure.view.settings?.(settings, false);
    this.control.questions.temperature = this.figure.temperature?.(settings) ?? 1;
    this.control.look(this.figure.sources?.(settings) ?? []);
    this.soon();
  }

  // ---------------------------------------------------------------- what is shown

  changed() {
    const { state, lead } = this.control;
    Object.assign(this.el.dataset, {
      state,
      steps: String(lead?.steps ?? 0),
      loss: lead?.curve.length ? lead.loss.toFixed(4) : "",
      score: typeof lead?.score === "number" ? lead.score.toFixed(4) : "",
    });
    this.gives.look(this.control);
    this.soon();
  }

  numbersNow() {
    const { lead, tracks, seconds } = this.control;
    if (this.figure.numbers && tracks.length) return this.figure.numbers(tracks);
    const score = lead?.score ?? null;
    return [
      { value: score === null ? "–" : percent(score), label: this.figure.scoreLabel },
      { value: thousands(lead?.steps ?? 0), label: "steps" },
      { value: inSeconds(seconds), label: "seconds" },
    ];
  }

  draw() {
    const { control, past, figure } = this;
    const settings = this.dials.settings();
    this.buttons.show(control.state, longer(control));
    this.run.showSeed(this.state.get("seed"));
    this.numbers.draw(this.numbersNow());
    this.loss.draw(control.tracks, past.curves());
    this.table.draw(past.runs);
    const words = () => sentence(control, figure.says, settings, past.runs);
    this.status.show(control.state, words);
    this.lookIfDue();
  }

  /** The answers are drawn as often as the eye follows; and once more when all stands still. */
  lookIfDue() {
    const { control } = this;
    const steps = control.tracks.reduce((sum, track) => sum + track.steps, 0);
    const now = performance.now();
    const due = control.state !== "running" || now - this.looked > lookEvery();
    if (!control.engine || !due || control.questions.open.size || steps === this.steps) return;
    this.looked = now;
    this.steps = steps;
    this.look();
  }

  fit() {
    this.loss.fit(this.loss.node.clientWidth);
    this.figure.view.fit?.();
  }

  mount() {
    const { el, figure, state, control, status } = this;
    arrange(el, figure, {
      dials: this.dials.node,
      buttons: this.buttons.node,
      numbers: this.numbers.node,
      loss: this.loss.node,
      status: status.node,
      voice: status.voice,
      table: this.table.node,
      run: this.run.nodes,
      extra: figure.extra ?? null,
    });
    state.follow(["seed"], () => {
      if (!this.ownSeed) this.begin();
    });
    this.begin();
    state.atEnd(
      whenResized([el, this.loss.node], () => this.fit()),
      whenThemeChanges(() => figure.view.fit?.()),
      watch(el, {
        onNear: () => {
          if (control.state === "ready" && figure.begins?.()) this.train();
          else control.start();
        },
        onHidden: () => control.pause(HIDDEN),
        onAway: () => control.pause(AWAY),
      }),
      this.soon.cancel,
      status.stop,
      () => control.stop(),
    );
  }
}

/**
 * Builds the frame into `el`. Returns {stop, look, settings}: look() asks the models for their
 * answers to the sources as they are now.
 * @param {Host} host
 * @param {Figure} figure
 */
export function trainer(host, figure) {
  const made = new Trainer(host, figure);
  made.mount();
  return {
    stop: made.state.stop,
    look: () => made.look(true),
    settings: () => made.dials.settings(),
  };
}
