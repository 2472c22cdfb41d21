// The way to the engine: starts it, sends it the data that a task needs, keeps orders in order.

import { lazily } from "../lazily.js";
import { startEngine } from "./start_engine.js";

/** @typedef {import("./types.js").Order} Order */
/** @typedef {import("./types.js").Planned} Planned */
/** @typedef {import("./start_engine.js").Source} Source */
/** @typedef {Record<string, DataView | import("../lazily.js").Lazy>} Data of the tasks, by name */

const NO_DATA = "The data could not be loaded: reload the page, or open the chapter's notebook.";

export class Posting {
  /**
   * @param {object} options
   * @param {Source} options.source of the engine
   * @param {Data} options.data
   * @param {(report: import("./types.js").Report) => void} options.hear
   * @param {(sentence: string) => void} options.fail
   */
  constructor({ source, data, hear, fail }) {
    this.data = data;
    this.fail = fail;
    /** @type {Set<string>} data that the engine has */
    this.sent = new Set();
    /** @type {Order[] | null} orders that wait for data */
    this.waiting = null;
    this.engine = startEngine({ source, hear, fail });
  }

  /** @param {Order} order */
  post(order) {
    if (this.waiting) this.waiting.push(order);
    else this.engine.post(order);
  }

  /**
   * Builds runs, after the data of their tasks.
   * @param {Planned[]} runs
   */
  build(runs) {
    const names = runs.map(({ config: { task } }) => String(task.data ?? task.name));
    const missing = [...new Set(names)].filter((name) => name in this.data && !this.sent.has(name));
    if (missing.length) this.load(missing);
    for (const { name, config } of runs) this.post({ type: "build", run: name, config });
  }

  /** @param {string[]} names */
  async load(names) {
    for (const name of names) this.sent.add(name);
    const first = this.waiting === null;
    this.waiting ??= [];
    try {
      for (const name of names) {
        const view = await lazily(this.data[name]).load();
        const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
        this.engine.post({ type: "data", name, bytes });
      }
    } catch {
      for (const name of names) this.sent.delete(name);
      this.waiting = null;
      this.fail(NO_DATA);
      return;
    }
    if (!first || !this.waiting) return;
    const orders = this.waiting;
    this.waiting = null;
    for (const order of orders) this.engine.post(order);
  }

  stop() {
    this.engine.stop();
  }
}
