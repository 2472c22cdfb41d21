// The reader's runs: those that were finished, and the curves of the last three in any case.

/** @typedef {import("./types.js").RunRecord} RunRecord */
/** @typedef {import("./control.js").Control} Control */

const GREY = 3;

/**
 * @param {Pick<import("./types.js").Figure, "measure">} figure
 */
export function pastRuns({ measure }) {
  /** @type {RunRecord[]} */
  const runs = [];
  /** @type {[number, number][][][]} curves of a run's models, run after run */
  const curves = [];
  /** @type {RunRecord | null} of the run that stands in the figure now */
  let current = null;
  return {
    runs,
    /** @type {false | ((record: RunRecord) => number | null)} */
    measure: measure ?? (({ outcome, lead }) => (outcome === "solved" ? lead.steps : null)),
    curves: () => curves.slice(-GREY).flat(),

    /**
     * A run has come to its end; if it went on after one, its row changes.
     * @param {Control} control
     * @param {import("./types.js").Settings} settings
     * @param {number} seed
     * @param {"solved" | "stopped"} outcome
     */
    finish({ tracks, lead }, settings, seed, outcome) {
      if (!lead) return;
      const number = current?.number ?? runs.length + 1;
      const kept = tracks.map((track) => ({ ...track }));
      const leads = kept[tracks.indexOf(lead)];
      const record = { number, settings, seed, outcome, tracks: kept, lead: leads };
      runs[number - 1] = record;
      current = record;
    },

    /**
     * The figure begins another run.
     * @param {Control} control
     */
    leave({ tracks }) {
      current = null;
      if (tracks.some(({ curve }) => curve.length > 1)) {
        curves.push(tracks.map(({ curve }) => curve));
      }
    },

    /**
     * The first seed that these settings were not finished with.
     * @param {import("./types.js").Settings} settings
     */
    freshSeed(settings) {
      const setting = JSON.stringify(settings);
      const same = runs.filter((record) => JSON.stringify(record.settings) === setting);
      const used = new Set(same.map(({ seed }) => seed));
      let seed = 0;
      while (used.has(seed)) seed++;
      return seed;
    },
  };
}
