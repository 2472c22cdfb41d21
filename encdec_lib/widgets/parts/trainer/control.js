// What a trainer does, without what it looks like: states, orders to the engine, its reports.

import { Posting } from "./posting.js";
import { Questions } from "./questions.js";
import { Standing } from "./standing.js";
import { freshTrack, progressed, scored } from "./tracks.js";

/** @typedef {import("./types.js").Plan} Plan */
/** @typedef {import("./types.js").Track} Track */
/** @typedef {import("./types.js").Report} Report */

const BEAT = 250; // ms between steps that are to be seen one by one
const SETTLED = 120; // ms after which a dial that moves is taken to stand

export class Control extends Standing {
  /**
   * @param {object} options
   * @param {import("./start_engine.js").Source} options.source of the engine
   * @param {import("./posting.js").Data} [options.data]
   * @param {"time" | "steps"} [options.race] what is equal in a race, until the reader says else
   * @param {() => void} options.onChange of state or numbers
   * @param {(track: Track) => void} options.onScored
   * @param {(track: Track, answers: import("./types.js").Answer[], sources: number[][]) => void}
   *   options.onLooked
   * @param {(outcome: "solved" | "stopped") => void} options.onEnd
   * @param {(report: import("./types.js").ReportOf<"weights">) => void} options.onWeights
   */
  constructor({ source, data = {}, race = "time", ...hears }) {
    super();
    this.hears = hears;
    this.from = { source, data };
    /** @type {Posting | null} */
    this.engine = null;
    this.over = false; // the figure is gone
    this.begun = false; // somebody wanted the engine
    this.dirty = true; // what stands in the figure is not built yet
    /** @type {Map<string, number>} builds that are not ready, by run */
    this.building = new Map();
    this.questions = new Questions();
    this.speed = Infinity; // steps a beat
    /** @type {"time" | "steps"} */
    this.race = race;
    this.owed = 0; // single steps that were asked for and are not done
    this.limit = 0; // seconds at which it stops
    this.timer = 0; // of a beat
    this.settling = 0; // of a dial
  }

  // ---------------------------------------------------------------- what the reader does

  /**
   * Begins again; with a sentence instead of a plan nothing can be trained.
   * @param {Plan | string} plan
   * @param {number[][]} sources that the models are asked for
   */
  reset(plan, sources) {
    this.halt();
    this.questions.sources = sources;
    this.why = typeof plan === "string" ? plan : "";
    this.state = this.why ? "fault" : "ready";
    this.plan = typeof plan === "string" ? { runs: [] } : plan;
    this.tracks = this.plan.runs.map(freshTrack);
    this.questions.forget();
    this.dirty = true;
    this.owed = 0;
    clearTimeout(this.settling);
    if (this.begun) this.settling = setTimeout(() => this.build(), SETTLED);
    this.hears.onChange();
  }

  /** Starts the engine and builds the models, if that is not done yet. */
  start() {
    if (this.over) return;
    this.begun = true;
    if (!this.engine || this.dirty) this.build();
  }

  build() {
    clearTimeout(this.settling);
    this.dirty = false;
    if (!this.plan.runs.length) return;
    const fail = (/** @type {string} */ sentence) => this.fail(sentence);
    this.engine ??= new Posting({ ...this.from, hear: (report) => this.hear(report), fail });
    for (const name of this.names) this.building.set(name, (this.building.get(name) ?? 0) + 1);
    this.engine.build(this.plan.runs);
    this.look(this.questions.sources);
    if (!this.plan.scoresFirst) return;
    for (const run of this.names) this.engine.post({ type: "score", run });
  }

  /** Stops whatever moves. */
  halt() {
    clearTimeout(this.timer);
    if (this.state === "running") this.engine?.post({ type: "pause" });
  }

  train() {
    this.start();
    this.owed = 0;
    this.why = "";
    this.state = "running";
    this.limit = this.seconds + this.allowance;
    this.goOn();
    this.hears.onChange();
  }

  /** Goes on at the speed that is set now. */
  goOn() {
    clearTimeout(this.timer);
    const runs = this.names;
    if (this.speed !== Infinity) {
      this.engine?.post({ type: "step", runs: this.unfinished, count: this.speed });
      return;
    }
    const at_most_seconds = Math.max(0.1, this.limit - this.seconds);
    this.engine?.post({ type: "go", runs, race: this.race, at_most_seconds });
  }

  /** @param {number} speed steps a beat */
  setSpeed(speed) {
    const before = this.speed;
    this.speed = speed;
    if (this.state !== "running" || before === speed) return;
    if (before === Infinity) this.engine?.post({ type: "pause" });
    this.goOn();
  }

  /** @param {string} [why] a sentence, if not the reader asked for it */
  pause(why = "") {
    if (this.state !== "running") return;
    this.halt();
    this.state = "paused";
    this.why = why;
    this.hears.onChange();
  }

  step() {
    if (!["ready", "paused"].includes(this.state)) return;
    this.start();
    this.state = "paused";
    this.why = "";
    this.owed += 1;
    if (this.owed === 1) this.engine?.post({ type: "step", runs: this.unfinished, count: 1 });
    this.hears.onChange();
  }

  /**
   * Asks every model for its answers to some sources.
   * @param {number[][]} sources
   */
  look(sources) {
    const able = this.engine !== null && !this.dirty;
    for (const order of this.questions.ask(sources, this.names, able)) this.engine?.post(order);
  }

  /** @param {string} sentence */
  fail(sentence) {
    clearTimeout(this.timer);
    this.state = "fault";
    this.why = sentence;
    this.engine?.stop();
    this.engine = null; // another one is started when it is needed
    this.building.clear();
    this.questions.forget();
    this.hears.onChange();
  }

  stop() {
    this.over = true;
    clearTimeout(this.timer);
    clearTimeout(this.settling);
    this.engine?.stop();
  }

  // ---------------------------------------------------------------- what the engine says

  /** @param {Report} report */
  hear(report) {
    if (report.type === "failed") return this.fail(report.sentence);
    if (report.type === "paused") return this.paused(report.why);
    const track = this.tracks.find(({ name }) => name === report.run);
    if (report.type === "ready") this.ready(track, report);
    else if (!track || this.dirty || this.building.get(track.name))
      return; // of a run that is gone
    else if (report.type === "progress") progressed(track, report);
    else if (report.type === "scored") {
      scored(track, report);
      this.hears.onScored(track);
    } else if (report.type === "looked") this.looked(track, report);
    else if (report.type === "weights") this.hears.onWeights(report);
    this.hears.onChange();
  }

  /** @param {Track | undefined} track @param {import("./types.js").ReportOf<"ready">} report */
  ready(track, { run, parameters, product }) {
    const left = (this.building.get(run) ?? 1) - 1;
    this.building.set(run, left);
    if (track && !left && !this.dirty) Object.assign(track, { parameters, product });
  }

  /** @param {Track} track @param {import("./types.js").ReportOf<"looked">} report */
  looked(track, { answers, steps }) {
    track.lookedAt = steps;
    this.questions.open.delete(track.name);
    this.hears.onLooked(track, answers, this.questions.asked);
    if (this.questions.due) this.look(this.questions.sources);
  }

  /** The engine stands still. @param {string} why */
  paused(why) {
    const building = [...this.building.values()].some((left) => left > 0);
    if (building || this.dirty) return;
    if (this.owed) this.stepped();
    if (this.state !== "running") return;
    if (this.speed !== Infinity) this.beaten();
    else if (why === "solved") this.end("solved");
    else if (why === "time" || why === "steps") this.end("stopped");
  }

  /** A step that the reader asked for is done; there may be more of them. */
  stepped() {
    this.owed -= 1;
    if (this.owed) this.engine?.post({ type: "step", runs: this.unfinished, count: 1 });
  }

  /** The steps of a beat are done. */
  beaten() {
    clearTimeout(this.timer);
    if (this.solved) this.end("solved");
    else if (this.full || this.seconds >= this.limit) this.end("stopped");
    else this.timer = setTimeout(() => this.goOn(), BEAT);
  }

  /** @param {"solved" | "stopped"} outcome */
  end(outcome) {
    this.state = outcome;
    this.hears.onEnd(outcome);
    this.hears.onChange();
  }
}
