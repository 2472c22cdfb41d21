// Random numbers by their place: the n-th number of a stream depends on the stream's key and n
// alone, so that NumPy draws the same as one vector (encdec_lib/web/same_numbers.py).
//
// A stream is mulberry32, whose n-th number is a hash of key + n · STRIDE modulo 2³². The key of a
// stream is a hash (FNV-1a, then murmur3's last steps) of what it is for, such as a seed and the
// path of a parameter. Streams of a few thousand numbers may overlap by chance; for weights and
// examples that does no harm.

const STRIDE = 0x6d2b79f5;

/**
 * The key of the stream for `names`, such as a seed and a path.
 * @param {(string | number)[]} names joined by "/", which no name should hold but a path's end
 */
export function keyOf(...names) {
  let key = 0x811c9dc5;
  for (const letter of names.join("/")) {
    key = Math.imul(key ^ /** @type {number} */ (letter.codePointAt(0)), 0x01000193);
  }
  key = Math.imul(key ^ (key >>> 16), 0x85ebca6b);
  key = Math.imul(key ^ (key >>> 13), 0xc2b2ae35);
  return (key ^ (key >>> 16)) >>> 0;
}

/**
 * Number n = 0, 1, ... of a stream: from 0 up to, and without, 1, in steps of 2⁻³².
 * @param {number} key
 * @param {number} n
 */
export function numberAt(key, n) {
  const seed = (key + Math.imul(n + 1, STRIDE)) | 0;
  let z = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
  return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
}

/**
 * Number n of a stream of normal numbers: mean 0, variance 1 (Box and Muller 1958).
 * @param {number} key
 * @param {number} n
 */
export function normalAt(key, n) {
  const radius = Math.sqrt(-2 * Math.log(1 - numberAt(key, 2 * n)));
  return radius * Math.cos(2 * Math.PI * numberAt(key, 2 * n + 1));
}

/**
 * A draw without end: each call gives the next whole number from 0 to below `count`.
 * @param {number} key
 * @returns {(count: number) => number}
 */
export function drawing(key) {
  let n = 0;
  return (count) => Math.floor(numberAt(key, n++) * count);
}

/**
 * The numbers 0 to count - 1 in the order of a stream's numbers.
 * @param {number} key
 * @param {number} count
 */
export function shuffled(key, count) {
  const numbers = Float64Array.from({ length: count }, (_, n) => numberAt(key, n));
  return Array.from(numbers, (_, n) => n).sort((a, b) => numbers[a] - numbers[b] || a - b);
}
