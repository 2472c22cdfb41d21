// Numbers in a trainer's sentences and tables.

/** @param {number} share */
export const percent = (share) => {
  if (share > 0 && share < 0.005) return "<1%";
  if (share < 1 && share > 0.995) return ">99%";
  return `${Math.round(100 * share)}%`;
};

/** @param {number} count */
export const thousands = (count) => count.toLocaleString("en-US");

/** @param {number} seconds */
export const inSeconds = (seconds) => (seconds < 9.95 ? seconds.toFixed(1) : seconds.toFixed(0));

/** @param {number} count */
export const stepsOf = (count) => `${thousands(count)} ${count === 1 ? "step" : "steps"}`;
