// One attention map with its numbers: who looks down the side, who is looked at along the top.

import { element, spoken } from "../parts/page.js";
import { percent } from "../parts/weight_grid.js";

/** The name of one of several tokens, with its place where there are others like it; places count
 *  from `first`. */
export function placed({ names, first = 1 }, k) {
  const alone = names.indexOf(names[k]) === names.lastIndexOf(names[k]);
  return alone ? names[k] : `${names[k]} (place ${first + k})`;
}

/** Marks how much green stands behind the text of an element, so that it can be read: in dark
 *  mode white is legible up to `strong`, black beyond it. */
function tint(node, share, strong = 0.62) {
  node.style.setProperty("--share", percent(share));
  node.classList.toggle("is-middle", share > 0.2 && share <= strong);
  node.classList.toggle("is-strong", share > strong);
}

function square(share, hidden, label) {
  const cell = element("div", {
    role: "gridcell",
    tabindex: -1,
    class: hidden ? "bw-cell is-hidden" : "bw-cell",
    "aria-label": hidden ? `${label}: hidden, it comes later` : `${label}: ${percent(share)}`,
  });
  tint(cell, share);
  if (share >= 0.05) cell.append(element("span", { text: Math.round(100 * share) }));
  return cell;
}

/** The grid. `rows` and `columns` are {side, names, first?} and, for rows, glosses, a map from a
 *  name; side is "source" or "target". shares[i] are the weights of row i, hidden(i, j) says what a mask
 *  hides. Arrow keys move through it; `read(i, j)` hears what is pointed at or focused (−1 is the
 *  names), and read(null) that nothing is. `kept` is the cell that stays lit: the last one focused.
 *  Returns {node, light(position)}. */
export function mapGrid({ label, rows, columns, shares, hidden, kept, read }) {
  const cells = []; // cells[i + 1][j + 1]
  const vertical = columns.names.some((name) => [...name].length > 2);
  const header = element(
    "div",
    { role: "row", class: "bw-row" },
    element("div", { role: "columnheader", class: "bw-corner" }, spoken("looks")),
  );
  cells.push([
    null,
    ...columns.names.map((name, j) =>
      element(
        "div",
        {
          role: "columnheader",
          class: `bw-letter is-${columns.side}`,
          tabindex: -1,
          "aria-label": `${placed(columns, j)}, looked at`,
        },
        element("span", { text: name }),
      ),
    ),
  ]);
  header.append(...cells[0].slice(1));
  const lines = rows.names.map((name, i) => {
    const who = placed(rows, i),
      gloss = rows.glosses[name];
    const head = element(
      "div",
      {
        role: "rowheader",
        class: `bw-phoneme is-${rows.side}`,
        tabindex: -1,
        "aria-label": `${who}${gloss ? `, ${gloss}` : ""}, looks`,
      },
      element("b", { text: name }),
    );
    if (gloss) head.append(element("small", { text: gloss }));
    const line = [
      head,
      ...columns.names.map((_, j) =>
        square(shares[i][j], hidden(i, j), `${who} looks at ${placed(columns, j)}`),
      ),
    ];
    cells.push(line);
    return element("div", { role: "row", class: "bw-row" }, ...line);
  });
  const node = element(
    "div",
    {
      role: "grid",
      class: vertical ? "bw-heat is-vertical" : "bw-heat",
      "aria-label":
        `${label}: ${rows.names.length} rows by ${columns.names.length} columns. ` +
        "Arrow keys move.",
    },
    header,
    ...lines,
  );
  node.style.setProperty("--letters", columns.names.length);

  const positionOf = (target) => {
    const cell = target.closest?.("[tabindex]");
    for (let i = 0; i < cells.length; i++) {
      const j = cells[i].indexOf(cell);
      if (j >= 0) return [i - 1, j - 1];
    }
    return null;
  };

  /** Lights a row, or a column where i is −1; tokens that are looked at by their share. */
  function light(position) {
    const [i, j] = position ?? [-2, -2];
    node.classList.toggle("is-lit", position !== null);
    cells.forEach((line, r) =>
      line.forEach((cell, c) => {
        if (!cell) return;
        cell.classList.toggle("is-here", r - 1 === i && c - 1 === j);
        cell.classList.toggle("is-chosen", i >= 0 ? r - 1 === i : c - 1 === j);
        if (r && c) return;
        const share =
          r === 0 && i >= 0 ? shares[i][c - 1] : c === 0 && i === -1 ? shares[r - 1][j] : 0;
        tint(cell, share, 0.69);
      }),
    );
    read(position);
  }

  let stop = cells[1 + Math.max(kept?.[0] ?? 0, -1)]?.[1 + (kept?.[1] ?? -1)] ?? cells[1][0];
  stop.tabIndex = 0; // the one cell that Tab reaches
  node.addEventListener("pointerover", (event) => {
    const position = positionOf(event.target);
    if (position) light(position);
  });
  node.addEventListener("pointerleave", () => light(kept));
  node.addEventListener("focusin", (event) => {
    kept = positionOf(event.target);
    stop.tabIndex = -1;
    stop = event.target;
    stop.tabIndex = 0;
    light(kept);
    node.dispatchEvent(new CustomEvent("keep", { detail: kept }));
  });
  node.addEventListener("keydown", (event) => {
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
        j = columns.names.length - 1;
      },
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
    cells[i + 1]?.[j + 1]?.focus();
  });
  return { node, light };
}
