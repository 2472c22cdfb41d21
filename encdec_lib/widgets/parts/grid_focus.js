// Moving through a grid of cells with pointer and keyboard: Tab reaches one cell, arrows the others.

/** @typedef {[number, number]} Position row and column; −1 is the row or column of the names */

/**
 * What a key does to a position in a grid whose last column is `last`; null if nothing.
 * @param {string} key
 * @param {Position} position
 * @param {number} last
 * @returns {Position | null}
 */
function moved(key, [i, j], last) {
  switch (key) {
    case "ArrowUp":
      return [i - 1, j];
    case "ArrowDown":
      return [i + 1, j];
    case "ArrowLeft":
      return [i, j - 1];
    case "ArrowRight":
      return [i, j + 1];
    case "Home":
      return [i, i < 0 ? 0 : -1];
    case "End":
      return [i, last];
    default:
      return null;
  }
}

/**
 * Listens to a grid. `cells[i + 1][j + 1]` is the cell at row i and column j; the corner is null.
 * @param {HTMLElement} node
 * @param {(HTMLElement | null)[][]} cells
 * @param {object} options
 * @param {(position: Position | null) => void} options.show hears of the cell that is pointed at,
 *   or else of the one that is kept
 * @param {Position | null} [options.kept] the cell that is kept at the beginning
 * @param {(position: Position) => void} [options.onKeep] hears of a cell that was focused and stays
 *   kept; without it a cell is kept as long as it has the focus
 */
export function gridFocus(node, cells, { show, kept = null, onKeep }) {
  /** @param {EventTarget | null} target @returns {Position | null} */
  const positionOf = (target) => {
    const cell = target instanceof Element ? target.closest("[tabindex]") : null;
    for (let i = 0; cell && i < cells.length; i++) {
      const j = cells[i].indexOf(/** @type {HTMLElement} */ (cell));
      if (j >= 0) return [i - 1, j - 1];
    }
    return null;
  };

  const [row, column] = kept ?? [0, -1];
  let stop = cells[Math.max(row, -1) + 1]?.[column + 1] ?? cells[1]?.[0]; // what Tab reaches
  if (stop) stop.tabIndex = 0;

  node.addEventListener("pointerover", (event) => {
    const position = positionOf(event.target);
    if (position) show(position);
  });
  node.addEventListener("pointerleave", () => show(kept));
  node.addEventListener("focusin", (event) => {
    kept = positionOf(event.target);
    if (stop) stop.tabIndex = -1;
    stop = /** @type {HTMLElement} */ (event.target);
    stop.tabIndex = 0;
    show(kept);
    if (kept) onKeep?.(kept);
  });
  node.addEventListener("focusout", (event) => {
    if (onKeep || node.contains(/** @type {Node | null} */ (event.relatedTarget))) return;
    kept = null;
    show(null);
  });
  node.addEventListener("keydown", (event) => {
    const from = positionOf(event.target);
    const to = from && moved(event.key, from, cells[0].length - 2);
    if (!to) return;
    event.preventDefault();
    cells[to[0] + 1]?.[to[1] + 1]?.focus();
  });
}
