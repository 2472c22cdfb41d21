// Letters across, phonemes down, one square a weight: the heat map of the widgets that pronounce.

import { element, spoken } from "./page.js";

export const percent = (share) => `${Math.round(100 * share)}%`;

const largest = (values) => values.reduce((best, v, k) => (v > values[best] ? k : best), 0);

/** One square: row {name, weights, window}, the letter's place k and its name. */
function square({ name, weights, window }, k, letter) {
  const share = weights[k],
    outside = window && (k < window.first || k > window.last);
  const cell = element("div", {
    role: "gridcell",
    class: share > 0.8 ? "bw-cell is-strong" : "bw-cell",
    tabindex: -1,
    "aria-label":
      `${name} reads ${letter}: ${percent(share)}` + (outside ? ", outside the window" : ""),
  });
  cell.style.setProperty("--share", percent(share));
  if (share >= 0.05) cell.append(element("span", { text: Math.round(100 * share) }));
  if (!window) return cell;
  cell.classList.toggle("is-outside", outside);
  cell.classList.toggle("is-first", k === window.first);
  cell.classList.toggle("is-last", k === window.last);
  if (k === Math.round(window.centre)) {
    // a notch where the centre is
    cell.classList.add("is-centre");
    cell.style.setProperty("--centre", percent(window.centre - k + 0.5));
  }
  return cell;
}

/** The grid. A row is {name, gloss?, sure, weights} and, where a widget has them, `mark` (text in
 *  front of the name) and `markSpoken`, `window` {first, last, centre} with its borders, `end` and
 *  `endSpoken` (what stands at its right, under `endTitle`). Arrow keys move through it, and
 *  `read(row, column)` hears what is pointed at or focused: -1 is the letters or the phonemes. */
export function weightGrid({ letters, rows, endTitle, read }) {
  const cells = []; // cells[i + 1][j + 1]; row 0 the letters, column 0 the phonemes
  const place = (j) =>
    letters.indexOf(letters[j]) === letters.lastIndexOf(letters[j])
      ? letters[j]
      : `${letters[j]} (letter ${j + 1})`;

  const header = element(
    "div",
    { role: "row", class: "bw-row" },
    element("div", { role: "columnheader", class: "bw-corner" }, spoken("phoneme")),
  );
  cells.push([
    null,
    ...letters.map((letter, j) => {
      const i = largest(rows.map(({ weights }) => weights[j]));
      return element("div", {
        role: "columnheader",
        class: "bw-letter",
        tabindex: -1,
        text: letter,
        "aria-label":
          `letter ${place(j)}, read most by ${rows[i].name}, ` + percent(rows[i].weights[j]),
      });
    }),
  ]);
  header.append(...cells[0].slice(1));
  const last = (role, text) => (endTitle ? element("div", { role, class: "bw-end", text }) : "");
  header.append(last("columnheader", endTitle));

  const lines = rows.map((row) => {
    const j = largest([...row.weights]);
    const head = element(
      "div",
      {
        role: "rowheader",
        class: "bw-phoneme",
        tabindex: -1,
        "aria-label": [
          `phoneme ${row.name}${row.gloss ? ` as in ${row.gloss}` : ""}`,
          row.markSpoken,
          `${percent(row.sure)} sure`,
          `reads ${place(j)} most, ${percent(row.weights[j])}`,
          row.endSpoken,
        ]
          .filter(Boolean)
          .join(", "),
      },
      element("b", { text: row.name }),
    );
    if (row.mark) head.prepend(element("i", { class: "bw-mark", text: row.mark }));
    if (row.gloss) head.append(element("small", { text: row.gloss }));
    const line = [head, ...letters.map((_, k) => square(row, k, place(k)))];
    cells.push(line);
    return element("div", { role: "row", class: "bw-row" }, ...line, last("gridcell", row.end));
  });

  const grid = element(
    "div",
    {
      role: "grid",
      class: endTitle ? "bw-heat has-end" : "bw-heat",
      "aria-label":
        `Attention weights, ${rows.length} phonemes by ${letters.length} letters. ` +
        "Arrow keys move.",
    },
    header,
    ...lines,
  );
  grid.style.setProperty("--letters", letters.length);

  const positionOf = (target) => {
    for (let i = 0; i < cells.length; i++) {
      const j = cells[i].indexOf(target.closest?.("[tabindex]"));
      if (j >= 0 && cells[i][j]) return [i - 1, j - 1];
    }
    return null;
  };
  let stop = cells[1]?.[0]; // the one cell that Tab reaches
  if (stop) stop.tabIndex = 0;
  let focused = null;

  /** Lights row i and column j (-1: none): letters by their share of i, phonemes by that of j. */
  function light(position) {
    const [i, j] = position ?? [-1, -1];
    grid.classList.toggle("is-lit", position !== null);
    cells.forEach((row, r) =>
      row.forEach((cell, c) => {
        if (!cell) return;
        const here = r - 1 === i && c - 1 === j;
        const chosen = (i >= 0 && r - 1 === i) || (i < 0 && c - 1 === j);
        cell.classList.toggle("is-here", here);
        cell.classList.toggle("is-chosen", position !== null && chosen);
        if (r && c) return;
        const share =
          r === 0 && i >= 0
            ? rows[i].weights[c - 1] // a letter, by the chosen phoneme
            : c === 0 && i < 0 && j >= 0
              ? rows[r - 1].weights[j]
              : 0; // a phoneme, by the letter
        cell.style.setProperty("--share", percent(share));
        cell.classList.toggle("is-strong", share > 0.4);
      }),
    );
    read(position);
  }

  grid.addEventListener("pointerover", (event) => {
    const position = positionOf(event.target);
    if (position) light(position);
  });
  grid.addEventListener("pointerleave", () => light(focused));
  grid.addEventListener("focusin", (event) => {
    focused = positionOf(event.target);
    stop.tabIndex = -1;
    stop = event.target;
    stop.tabIndex = 0;
    light(focused);
  });
  grid.addEventListener("focusout", (event) => {
    if (grid.contains(event.relatedTarget)) return;
    focused = null;
    light(null);
  });
  grid.addEventListener("keydown", (event) => {
    const position = positionOf(event.target);
    if (!position) return;
    let [i, j] = position;
    const moves = {
      ArrowUp: () => i--,
      ArrowDown: () => i++,
      ArrowLeft: () => j--,
      ArrowRight: () => j++,
      Home: () => {
        j = i < 0 ? 0 : -1;
      },
      End: () => {
        j = letters.length - 1;
      },
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
    cells[i + 1]?.[j + 1]?.focus();
  });
  return grid;
}

/** One sentence about what is pointed at, for the line under the grid. */
export function sentence(position, letters, rows) {
  if (!position) {
    return "Point at a phoneme, or reach it by Tab and arrow keys: its letters light up.";
  }
  const [i, j] = position;
  const list = (shares, names) =>
    [...shares]
      .map((share, k) => [share, names[k]])
      .sort((a, b) => b[0] - a[0])
      .slice(0, 3)
      .filter(([share]) => share >= 0.05)
      .map(([share, name]) => `${name} ${percent(share)}`)
      .join(", ");
  if (i < 0) {
    const said = list(
      rows.map(({ weights }) => weights[j]),
      rows.map(({ name }) => name),
    );
    return `The letter ${letters[j]} is read by ${said || "no phoneme much"}.`;
  }
  const { name, gloss, weights, sure } = rows[i];
  return (
    `${name}${gloss ? ` (as in ${gloss})` : ""} reads ` +
    `${list(weights, letters) || "no letter much"}. The model is ${percent(sure)} sure of it.`
  );
}

/** Leaves the numbers out of squares too narrow for them, from now on; disconnect() ends it. */
export function fitCells(el, picture) {
  const fit = new ResizeObserver(() => {
    const cell = picture.querySelector(".bw-cell");
    if (cell) el.classList.toggle("is-tight", cell.getBoundingClientRect().width < 26);
  });
  fit.observe(picture);
  return fit;
}
