// Which vectors there are, what each hears, and the way from the first word to the last.

/** @typedef {"recurrent" | "convolution" | "dilated" | "attention"} Kind */

/** @type {Kind[]} */
export const KINDS = ["recurrent", "convolution", "dilated", "attention"];
const KERNEL = 3; // as in signals.py

/**
 * How the layers are laid whose last output hears the first of N words.
 * @param {number} N
 * @param {boolean} dilated
 */
export function dilations(N, dilated) {
  const laid = [];
  for (let heard = 1; heard < N; heard += (KERNEL - 1) * laid[laid.length - 1]) {
    laid.push(dilated ? KERNEL ** laid.length : 1);
  }
  return laid;
}

/**
 * Steps from the first of N words to the last.
 * @param {Kind} kind
 * @param {number} N
 */
export function distance(kind, N) {
  if (kind === "attention") return 1;
  return kind === "recurrent" ? N - 1 : dilations(N, kind === "dilated").length;
}

/**
 * A place in the picture: which step has made it, and for which word.
 * @typedef {{level: number, at: number}} Place
 */

/**
 * Which places of the level above a place hears, other than by standing under it.
 * @param {Kind} kind
 * @param {number} N
 * @param {Place} place
 * @returns {number[]}
 */
export function hears(kind, N, { level, at }) {
  if (kind === "recurrent") return [at - 1];
  if (kind === "attention") return Array.from({ length: at + 1 }, (_, j) => j);
  const rate = dilations(N, kind === "dilated")[level - 1];
  return [at - 2 * rate, at - rate, at].filter((j) => j >= 0);
}

/**
 * The way that needs the fewest steps, from the first word to the last.
 * @param {Kind} kind
 * @param {number} N
 * @returns {Place[]}
 */
export function way(kind, N) {
  const steps = distance(kind, N);
  if (kind === "recurrent") return Array.from({ length: N }, (_, at) => ({ level: at, at }));
  if (kind === "attention") return [0, N - 1].map((at, level) => ({ level, at }));
  const laid = dilations(N, kind === "dilated");
  const places = [{ level: 0, at: 0 }];
  for (let level = 1; level <= steps; level += 1) {
    const before = places[level - 1].at;
    places.push({ level, at: Math.min(before + 2 * laid[level - 1], N - 1) });
  }
  return places;
}

/**
 * The strength of the first word's signal at a place; 0 where it has not come.
 * @param {Record<string, number[][]>} signals
 * @param {Kind} kind
 * @param {Place} place
 */
export function strength(signals, kind, { level, at }) {
  if (kind === "recurrent") return signals.recurrent[0][at];
  if (level === 0) return at === 0 ? 1 : 0;
  return signals[kind][level - 1][at];
}
