// Shares of the learning signal: where they stand on a logarithmic axis, and how they are said.

import { thousands } from "../parts/trainer/words.js";

const LOWEST = -8; // powers of ten; what is smaller stands on the floor
const FLOOR = "1 in 100 million";

/** @type {[share: number, text: string][]} */
export const LEVELS = [
  [1, "all"],
  [1e-2, "1 in 100"],
  [1e-4, "1 in 10,000"],
  [1e-6, "1 in a million"],
  [1e-8, FLOOR],
];

/** 0 at the bottom, 1 where all of it is left; a little more has room as well. @param {number} share */
export const place = (share) =>
  Math.min(Math.max(1 - Math.log10(Math.max(share, 1e-30)) / LOWEST, 0), 1.06);

/** Less than can be seen. @param {number} share */
export const tiny = (share) => share < 10 ** LOWEST;

/** 40%, or 1 in 20,000. @param {number} share */
export function inWords(share) {
  const percent = Number((100 * share).toPrecision(share >= 0.095 ? 2 : 1));
  if (percent === 100) return "all";
  if (share >= 0.01) return `${thousands(percent)}%`;
  if (tiny(share)) return `less than ${FLOOR}`;
  const one = Number((1 / share).toPrecision(1));
  return one < 1e6 ? `1 in ${thousands(one)}` : `1 in ${one / 1e6} million`;
}
