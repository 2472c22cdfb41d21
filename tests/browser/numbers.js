// Numbers for tests, the same every time.

/** () -> numbers between -1.2 and 1.2, none within 0.01 of 0, where relu has a corner. */
export function shuffled(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const share = 2 * (state / 2 ** 32) - 1;
    return Math.sign(share) * (0.01 + 1.19 * Math.abs(share));
  };
}
