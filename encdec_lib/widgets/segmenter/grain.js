// The noise of the page: the same at every visit, and at every strength.

/**
 * `count` normal numbers, by the Box-Muller transform.
 * @param {number} count
 */
export function normals(count) {
  let state = 20250;
  /** A linear congruential generator; its high bits are even enough here. */
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return Float32Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}
