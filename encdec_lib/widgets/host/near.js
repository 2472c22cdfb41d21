// When a figure is mounted: as it comes near what can be seen, so that the first is there as soon as
// the text is. Those far away follow one after the other, when the page has nothing else to do.
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

  /** Does something once: when an element comes near, or when its turn comes. */
  page.bookWhenNear ??= (element, work) => {
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
    if (page.bookFarAway) page.bookFarAway.push(once);
    else {
      page.bookFarAway = [once];
      if (document.readyState === "complete") whenIdle(goThrough);
      else window.addEventListener("load", () => whenIdle(goThrough));
    }
  };
}
