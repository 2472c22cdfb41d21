// Whether anybody can see the figure: hidden, it trains for nobody.

const MINUTE = 60_000;

/** Later, when the page has nothing better to do; Safari cannot tell. @param {() => void} work */
const whenIdle = (work) =>
  "requestIdleCallback" in window
    ? requestIdleCallback(work, { timeout: 1000 })
    : setTimeout(work, 200);

/**
 * Watches an element. Returns what ends it.
 * @param {HTMLElement} el
 * @param {object} hear
 * @param {() => void} hear.onNear once, when it comes near what can be seen
 * @param {() => void} hear.onHidden the page was hidden
 * @param {() => void} hear.onAway it was out of view for a minute
 */
export function watch(el, { onNear, onHidden, onAway }) {
  let away = 0;
  const seen = new IntersectionObserver(([entry]) => {
    clearTimeout(away);
    if (!entry.isIntersecting) away = setTimeout(onAway, MINUTE);
  });
  const near = new IntersectionObserver(
    ([entry]) => {
      if (!entry.isIntersecting) return;
      near.disconnect();
      whenIdle(onNear);
    },
    { rootMargin: "300px" },
  );
  const visibility = () => {
    if (document.hidden) onHidden();
  };
  seen.observe(el);
  near.observe(el);
  document.addEventListener("visibilitychange", visibility);
  return () => {
    clearTimeout(away);
    seen.disconnect();
    near.disconnect();
    document.removeEventListener("visibilitychange", visibility);
  };
}
