// How far each model of a run has come.

/** @typedef {import("./types.js").Track} Track */

/**
 * @param {import("./types.js").Planned} planned
 * @returns {Track}
 */
export const freshTrack = ({ name, label, line = "you" }) => ({
  ...{ name, label, line, parameters: 0, product: "", steps: 0, seconds: 0, loss: NaN },
  ...{ score: null, scored: null, curve: [] },
});

/**
 * @param {Track} track
 * @param {import("./types.js").ReportOf<"progress">} report
 */
export function progressed(track, { steps, loss, seconds }) {
  if (steps > track.steps) track.curve.push([steps, loss]);
  Object.assign(track, { steps, loss, seconds });
}

/**
 * @param {Track} track
 * @param {import("./types.js").ReportOf<"scored">} report
 */
export function scored(track, report) {
  const { steps, seconds, score } = report;
  Object.assign(track, { steps: Math.max(steps, track.steps), seconds, score, scored: report });
}
