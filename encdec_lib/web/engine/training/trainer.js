// Trains in slices and reads its post in between: the worker's side of the page. Where a page
// refuses workers the same runs in the page, in shorter slices.

import { EngineError } from "../tape/memory.js";
import { diverged } from "./limits.js";
import { going, next } from "./race.js";
import { createRun } from "./run.js";
import { isSolved } from "./scoring.js";

/** @typedef {import("./types.js").Lane} Lane */
/** @typedef {import("./types.js").Orders} Orders */

const TOLD_EVERY = 0.05; // seconds of training between two progress messages of a run

export class Trainer {
  /**
   * @param {import("./types.js").Post} post
   * @param {import("./types.js").TrainerOptions} [options]
   */
  constructor(post, { slice = 40, now = () => performance.now(), soon = afterPost() } = {}) {
    this.post = post;
    this.slice = slice;
    this.now = now;
    this.soon = soon;
    /** @type {Map<string, Lane>} */
    this.lanes = new Map();
    /** @type {Record<string, ArrayBuffer | ArrayBufferView>} */
    this.data = {};
    /** @type {import("./types.js").Going | null} */
    this.going = null;
    this.waiting = false;
    /** @type {{[Type in keyof Orders]: (order: Orders[Type]) => void}} */
    this.orders = {
      data: ({ name, bytes }) => {
        this.data[name] = bytes;
      },
      build: (order) => this.build(order),
      go: ({ runs, race, at_most_seconds: seconds }) => this.start(runs, { race, seconds }),
      step: ({ runs, count }) => this.start(runs, { steps: count }),
      pause: ({ why = "asked" }) => {
        if (this.going) this.going.stopping ??= why;
        else this.post({ type: "paused", why });
      },
      look: ({ run, sources, temperature }) => {
        const { steps, look } = this.lane(run).run;
        this.post({ type: "looked", run, steps, answers: detached(look(sources, temperature)) });
      },
      score: ({ run }) => {
        const lane = this.lane(run);
        lane.scoring = null;
        this.tellScore(lane, lane.run.score());
      },
      weights: ({ run }) => {
        const { manifest, data } = this.lane(run).run.weights();
        this.post({ type: "weights", run, manifest, data }, [data]);
      },
      drop: ({ run }) => this.drop(run),
    };
  }

  /**
   * Does what it is told, or says in a sentence why not.
   * @param {import("./types.js").Order} order
   */
  take(order) {
    try {
      if (!Object.hasOwn(this.orders, order.type)) {
        throw new EngineError(`The trainer knows no order ${order.type}.`);
      }
      this.orders[order.type](/** @type {any} */ (order));
    } catch (error) {
      this.fail("run" in order ? order.run : null, error);
    }
  }

  /** @param {Orders["build"]} order */
  build({ run: name, config }) {
    this.drop(name);
    const start = this.now(),
      run = createRun(config, this.data),
      ms = this.now() - start;
    const fresh = { seconds: 0, losses: [], told: 0, scored: -1, solved: false, scoring: null };
    this.lanes.set(name, { name, run, ...fresh });
    this.post({ type: "ready", run: name, parameters: run.parameters, product: run.product, ms });
  }

  /** @param {string} name */
  drop(name) {
    const lane = this.lanes.get(name);
    this.lanes.delete(name);
    if (!lane || !this.going?.lanes.includes(lane)) return;
    this.going = null; // a race that lacks a run is over
    this.post({ type: "paused", why: "asked" });
  }

  /** @param {string} name */
  lane(name) {
    const lane = this.lanes.get(name);
    if (!lane) throw new EngineError(`There is no run ${name}; build it first.`);
    return lane;
  }

  /**
   * @param {string[]} names
   * @param {{race?: "steps" | "time", seconds?: number, steps?: number}} limits
   */
  start(names, limits) {
    this.going = going(
      names.map((name) => this.lane(name)),
      limits,
    );
    this.again();
  }

  // ---------------------------------------------------------------- slices

  again() {
    if (!this.going || this.waiting) return;
    this.waiting = true;
    this.soon(() => {
      this.waiting = false;
      this.work();
      this.again();
    });
  }

  /** Trains and scores until a slice is over. */
  work() {
    const end = this.now() + this.slice;
    while (this.going) {
      const lane = next(this.going);
      if (!lane) this.stop(this.going.lanes, this.going.stopping);
      else this.advance(lane);
      if (this.now() >= end) return;
    }
  }

  /** @type {(lanes: Lane[], why: string | null) => void} */
  stop(lanes, why) {
    this.going = null;
    for (const lane of lanes) this.tellProgress(lane);
    this.post({ type: "paused", why });
  }

  /** One step, or one part of a score. @param {Lane} lane */
  advance(lane) {
    try {
      if (!lane.scoring) return this.step(lane);
      const { done, value } = lane.scoring.next();
      if (!done) return;
      lane.scoring = null;
      this.tellScore(lane, value);
    } catch (error) {
      this.going = null;
      lane.scoring = null;
      this.fail(lane.name, error);
    }
  }

  /** @param {Lane} lane */
  step(lane) {
    const { run } = lane,
      start = this.now(),
      loss = run.step();
    lane.seconds += (this.now() - start) / 1000;
    if (!Number.isFinite(loss)) throw new EngineError(diverged(run.config, run.steps));
    lane.losses.push(loss);
    if (lane.seconds - lane.told >= TOLD_EVERY) this.tellProgress(lane);
    if (run.steps % run.config.scoring.every === 0) lane.scoring = run.scoring();
  }

  // ---------------------------------------------------------------- what is told

  /** @param {Lane} lane */
  tellProgress(lane) {
    const { name, seconds, losses, run } = lane;
    if (!losses.length) return;
    const loss = losses.reduce((sum, one) => sum + one, 0) / losses.length;
    this.post({ type: "progress", run: name, steps: run.steps, loss, seconds });
    lane.losses = [];
    lane.told = seconds;
  }

  /** @type {(lane: Lane, score: import("./types.js").Score) => void} */
  tellScore(lane, score) {
    const { name, seconds, run } = lane,
      solved = isSolved(score, run.config.scoring.solved);
    lane.scored = run.steps;
    lane.solved ||= solved;
    this.post({ type: "scored", run: name, steps: run.steps, seconds, ...score, solved });
  }

  /** What is no sentence of ours is a fault of the page.
   *  @type {(run: string | null, error: unknown) => void} */
  fail(run, error) {
    const said = error instanceof Error ? error.message : String(error);
    const sentence =
      error instanceof EngineError ? said : `Training stopped by a fault of this page: ${said}`;
    this.post({ type: "failed", run, sentence });
  }
}

/** A copy in which no array looks into a tape's memory: all of that would go by post.
 *  @type {(value: any) => any} */
function detached(value) {
  if (ArrayBuffer.isView(value)) return /** @type {Float32Array} */ (value).slice();
  if (Array.isArray(value)) return value.map(detached);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, detached(inner)]));
}

/** Calls back when the post that waits has been read, in a hidden tab too, where timers are slow. */
function afterPost() {
  const { port1, port2 } = new MessageChannel();
  /** @type {(() => void)[]} */
  const due = [];
  port1.onmessage = () => due.shift()?.();
  return (/** @type {() => void} */ f) => {
    due.push(f);
    port2.postMessage(null);
  };
}
