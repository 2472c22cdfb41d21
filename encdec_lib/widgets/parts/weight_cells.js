// A weight as a square: its number, its green, and whether the number has room in it.

/** @param {number} share */
export const percent = (share) => `${Math.round(100 * share)}%`;

/**
 * Marks how much green stands behind the text of an element, so that it can be read: in dark mode
 * white is legible up to `strong`, black beyond it.
 * @param {HTMLElement} node
 * @param {number} share
 */
export function tint(node, share, strong = 0.655) {
  node.style.setProperty("--share", percent(share));
  node.classList.toggle("is-middle", share > 0.2 && share <= strong);
  node.classList.toggle("is-strong", share > strong);
}

/**
 * Leaves the numbers out of squares too narrow for them, from now on; disconnect() ends it.
 * @param {HTMLElement} el
 * @param {HTMLElement} picture
 */
export function fitCells(el, picture) {
  const fit = new ResizeObserver(() => {
    const cell = picture.querySelector(".bw-cell");
    if (cell) el.classList.toggle("is-tight", cell.getBoundingClientRect().width < 26);
  });
  fit.observe(picture);
  return fit;
}
