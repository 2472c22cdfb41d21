// Places told by sines and cosines, as in encdec_lib/layers/positions.py; layers/places.js has what
// is made of them.

const LONGEST = 10000; // wavelengths of positions go from 2π to 2π times this

/** @type {Map<string, {sin: number[], cos: number[]}>} */
const KNOWN = new Map(); // what turns() gave before: training asks for the same at every step

/**
 * sin and cos of (place · frequency) for each pair of `width` numbers.
 * @param {number} place
 * @param {number} width
 */
function turns(place, width) {
  const name = `${place} ${width}`,
    known = KNOWN.get(name);
  if (known) return known;
  const pairs = Array.from({ length: width / 2 }, (_, m) => place * LONGEST ** ((-2 * m) / width));
  const both = { sin: pairs.map(Math.sin), cos: pairs.map(Math.cos) };
  KNOWN.set(name, both);
  return both;
}

/**
 * The fixed vector of a place: sine and cosine in turn.
 * @param {number} place
 * @param {number} width
 */
export function sinusoidal(place, width) {
  const { sin, cos } = turns(place, width);
  return Float32Array.from({ length: width }, (_, k) => (k % 2 ? cos : sin)[k >> 1]);
}

/**
 * Turns each pair of numbers of every head by an angle that grows with the place, in place; `back`
 * turns the other way round.
 * @template {import("./types.js").Floats} Numbers
 * @param {Numbers} x
 * @param {number} N
 * @param {number} heads
 */
export function rotate(x, N, heads, first = 0, back = false) {
  const width = x.length / N,
    K = width / heads;
  for (let t = 0; t < N; t++) {
    const { sin, cos } = turns(back ? -first - t : first + t, K);
    for (let k = 0; k < width; k += 2) {
      const at = t * width + k,
        m = (k % K) / 2,
        even = x[at],
        odd = x[at + 1];
      x[at] = even * cos[m] - odd * sin[m];
      x[at + 1] = even * sin[m] + odd * cos[m];
    }
  }
  return x;
}
