// Apart from the other sentences, so that a figure has it before the engine is there.

/** What is said where the browser computes without SIMD, and settings with which it is as quick. */
export const WITHOUT_SIMD =
  "This browser computes without SIMD, seven to ten times slower: choose a shorter length and a " +
  "width of 16 to 32.";
