// When a figure is mounted. The first of a page does not wait; the others are mounted as they come
// near what can be seen, and those far away in turn, when the page has nothing else to do.
{
  /**
   * @type {{
   *   bookWhenNear?: (element: Element, work: () => Promise<void>) => void,
   *   bookFarAway?: (() => Promise<void>)[],
   * }}
   */
  const page = /** @type {any} */ (window);
  const NEAR = "1000px";

  /** Later, when nothing else is to be done; Safari cannot tell. @param {() => void} work */
  const whenIdle = (work) =>
    "requestIdleCallback" in window ? requestIdleCallback(work) : setTimeout(work, 200);

  /** Those that are far away, in their order. */
  const goThrough = async () => {
    for (const next of page.bookFarAway ?? []) {
      await new Promise((done) => whenIdle(() => done(next())));
    }
    page.bookFarAway = undefined;
  };

  /** Does something once: the first at once, others when their element comes near or in turn. */
  page.bookWhenNear ??= (element, work) => {
    if (!page.bookFarAway) {
      page.bookFarAway = [];
      if (document.readyState === "complete") whenIdle(goThrough);
      else window.addEventListener("load", () => whenIdle(goThrough));
      work();
      return;
    }
    /** @type {Promise<void> | null} */
    let done = null;
    const once = () => {
      near.disconnect();
      done ??= work();
      return done;
    };
    const near = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && once(),
      { rootMargin: NEAR },
    );
    near.observe(element);
    page.bookFarAway.push(once);
  };
}
