// Where a trainer stands: its state, its models, and what can be said of all of them.

/** @typedef {import("./types.js").Plan} Plan */
/** @typedef {import("./types.js").Track} Track */
/** @typedef {import("./types.js").State} State */

export const MOST_SECONDS = 60; // nothing trains longer than that without being asked again

export class Standing {
  constructor() {
    /** @type {State} */
    this.state = "ready";
    this.why = ""; // it paused or failed
    /** @type {Plan} */
    this.plan = { runs: [] };
    /** @type {Track[]} */
    this.tracks = [];
  }

  /** @returns {Track | undefined} */
  get lead() {
    return this.tracks.find(({ name }) => name === this.plan.leads) ?? this.tracks[0];
  }

  get seconds() {
    return Math.max(0, ...this.tracks.map(({ seconds }) => seconds));
  }

  /** The seconds that a press of the button buys. */
  get allowance() {
    const given = this.plan.runs.map(({ config }) => config.scoring.at_most_seconds);
    return Math.min(MOST_SECONDS, ...given);
  }

  get names() {
    return this.tracks.map(({ name }) => name);
  }

  /** The models that have not taken all the steps that their configurations grant them. */
  get unfinished() {
    return this.tracks.filter((track) => track.steps < this.granted(track)).map(({ name }) => name);
  }

  /** The steps that a model may take. @param {Track} track */
  granted({ name }) {
    const planned = this.plan.runs.find((run) => run.name === name);
    return planned?.config.scoring.at_most_steps ?? Infinity;
  }

  /** Every model has reached what its configuration calls solved. */
  get solved() {
    return this.tracks.every(({ scored }) => scored?.solved);
  }

  /** Every model has taken the steps that its configuration grants. */
  get full() {
    return this.tracks.length > 0 && !this.unfinished.length;
  }
}
