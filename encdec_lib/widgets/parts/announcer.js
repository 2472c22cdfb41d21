// What a screen reader is told: one polite live region for each widget, once the reader rests.

import { element } from "./elements.js";

/**
 * A live region. say() waits until nothing else was to be said for `pause` milliseconds, so that a
 * slider being dragged is not read out at every step; sayNow() does not wait; stop() takes back
 * what is still waiting.
 * @param {number} [pause]
 */
export function announcer(pause = 700) {
  const node = element("p", { class: "bw-spoken", "aria-live": "polite" });
  let waiting = 0;

  /** @param {string} text */
  function sayNow(text) {
    clearTimeout(waiting);
    if (node.textContent !== text) node.textContent = text;
  }
  return {
    node,
    sayNow,
    /**
     * @param {string | (() => string | null)} words a function is asked when it is time to speak;
     *   null leaves what was said last
     */
    say(words) {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        const text = typeof words === "string" ? words : words();
        if (text !== null) sayNow(text);
      }, pause);
    },
    stop: () => clearTimeout(waiting),
  };
}
