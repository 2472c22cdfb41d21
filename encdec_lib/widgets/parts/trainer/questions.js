// What the models are asked while they learn, one question at a time.

/** @typedef {import("./types.js").Order} Order */

export class Questions {
  constructor() {
    /** @type {number[][]} */
    this.sources = []; // that are to be shown
    /** @type {number[][]} */
    this.asked = []; // that were asked for
    this.temperature = 1; // at which they are asked
    /** @type {Set<string>} runs whose answers are on their way */
    this.open = new Set();
    this.stale = false; // the sources changed while answers were on their way
  }

  /**
   * The orders that ask every model; none while answers are on their way, or nobody can answer.
   * @param {number[][]} sources
   * @param {string[]} runs
   * @param {boolean} able
   * @returns {Order[]}
   */
  ask(sources, runs, able) {
    this.sources = sources;
    if (!sources.length || !able) return [];
    this.stale = this.open.size > 0;
    if (this.stale) return [];
    this.asked = sources;
    this.open = new Set(runs);
    return runs.map((run) => ({ type: "look", run, sources, temperature: this.temperature }));
  }

  /** All have answered, and the sources are others by now. */
  get due() {
    return this.stale && !this.open.size;
  }

  /** The models are gone, and their answers with them. */
  forget() {
    this.open.clear();
  }
}
