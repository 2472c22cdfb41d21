// Whose turn it is when one run trains, or several against each other, and when they stop.
//
// In a race all train on until each has solved its task, so that they end at equal steps, or at
// equal time, and can be compared.

/** @typedef {import("./types.js").Going} Going */
/** @typedef {import("./types.js").Lane} Lane */

/**
 * What is to be done until "paused". Without `seconds` the shortest at_most_seconds of the runs
 * holds; with `steps` there is no limit of time.
 * @param {Lane[]} lanes
 * @param {{race?: "steps" | "time", seconds?: number, steps?: number}} limits
 * @returns {Going}
 */
export function going(lanes, { race = "steps", seconds, steps = Infinity }) {
  const most = Math.min(...lanes.map(({ run }) => run.config.scoring.at_most_seconds));
  const from = new Map(
    lanes.map((lane) => [lane, { seconds: lane.seconds, steps: lane.run.steps }]),
  );
  const limit = steps < Infinity ? Infinity : (seconds ?? most);
  return { lanes, race, seconds: limit, steps, from, stopping: null };
}

/** Steps of a lane since this began. @type {(now: Going, lane: Lane) => number} */
const stepsOf = (now, lane) => lane.run.steps - (now.from.get(lane)?.steps ?? 0);
/** Whether a lane has all the steps that its config grants it. @type {(lane: Lane) => boolean} */
const full = ({ run }) => run.steps >= (run.config.scoring.at_most_steps ?? Infinity);
/** Seconds of training since this began. @type {(now: Going, lane: Lane) => number} */
const secondsOf = (now, lane) => lane.seconds - (now.from.get(lane)?.seconds ?? 0);

/**
 * Whose turn it is; null when all is done, to the score of the last step. A score that was begun
 * is finished first.
 * @param {Going} now
 * @returns {Lane | null}
 */
export function next(now) {
  const scoring = now.lanes.find((lane) => lane.scoring);
  if (scoring) return scoring;
  now.stopping ??= whyStop(now);
  if (now.stopping) {
    const late = now.lanes.find((lane) => behind(now, lane));
    if (late) return late;
    const unscored = now.lanes.find((lane) => lane.scored !== lane.run.steps) ?? null;
    if (unscored) unscored.scoring = unscored.run.scoring();
    return unscored;
  }
  const spent = now.race === "time" ? secondsOf : stepsOf;
  const on = now.lanes.filter((lane) => now.steps < Infinity || !full(lane));
  return on.reduce((least, lane) => (spent(now, lane) < spent(now, least) ? lane : least));
}

/** Whether a lane has steps to catch up, so that a race by steps ends at equal ones; one that has
 *  all that its config grants it has none.
 *  @type {(now: Going, lane: Lane) => boolean} */
const behind = (now, lane) =>
  now.race === "steps" &&
  (now.steps < Infinity || !full(lane)) &&
  stepsOf(now, lane) < Math.max(...now.lanes.map((other) => stepsOf(now, other)));

/**
 * Why it is time to stop, or null. A race by time is over when the last has had its time, one by
 * steps when the slowest has.
 * @param {Going} now
 */
function whyStop(now) {
  const { lanes, steps, seconds } = now;
  if (lanes.every((lane) => stepsOf(now, lane) >= steps)) return "asked";
  if (steps === Infinity && lanes.every((lane) => lane.solved)) return "solved";
  if (steps === Infinity && lanes.every(full)) return "steps";
  const spent = lanes.map((lane) => secondsOf(now, lane));
  const over = now.race === "time" ? Math.min(...spent) : Math.max(...spent);
  return over >= seconds ? "time" : null;
}
