// What a beam search went through: its places at each step, and the way back from one of them.

/**
 * A beginning in a place of the beam, or the best that found none.
 * @typedef {{token: string | null, parent: number, share: number, ended: boolean, kept: boolean,
 *   over: boolean}} Place `token` is null for the end; `over`: it had ended before
 * @typedef {Place[][]} Search the places of each step
 */

/** @param {number} share */
export const percent = (share) => {
  if (share > 0.995) return ">99%";
  if (share >= 0.0995) return `${Math.round(100 * share)}%`;
  return share < 0.0005 ? "<0.1%" : `${(100 * share).toFixed(1)}%`;
};

/**
 * The places that lead to one, from the first step on.
 * @param {Search} search
 * @param {number} t the step, from 0
 * @param {number} place
 */
export function way(search, t, place) {
  const places = [place];
  for (let back = t; back > 0; back -= 1) places.unshift(search[back][places[0]].parent);
  return places;
}

/**
 * The sounds of a beginning.
 * @param {Search} search
 * @param {number} t
 * @param {number} place
 * @returns {string[]}
 */
export const beginning = (search, t, place) =>
  way(search, t, place).flatMap((k, step) => search[step][k].token ?? []);

/** The best place of the last step, of those that have ended if there are any. @param {Search} search */
export function winner(search) {
  const last = search[search.length - 1];
  const some = last.some(({ kept, ended }) => kept && ended);
  const worth = last.map(({ kept, ended, share }) => (kept && (ended || !some) ? share : -1));
  return worth.indexOf(Math.max(...worth));
}
