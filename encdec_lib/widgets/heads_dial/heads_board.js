// The maps of all heads as small pictures, and the one row that is looked at in words.

import { PAD, entropy } from "./heads_maths.js";
import { element } from "../parts/page.js";

const MOST = 16; // heads
const percent = (share) => (share > 0 && share < 0.005 ? "<1%" : `${Math.round(100 * share)}%`);
const sum = (values) => values.reduce((a, b) => a + b, 0);

/** How green a weight is: its root, so that one of 3% can be seen and one of 100% is the most. */
export const shade = (weight) => Math.sqrt(weight);

const name = (token) => (token === PAD ? "padding" : token);

/** A colour of the style sheet as three numbers. */
function colour(el, variable) {
  const canvas = element("canvas", { width: 1, height: 1 });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = getComputedStyle(el).getPropertyValue(variable).trim();
  context.fillRect(0, 0, 1, 1);
  return context.getImageData(0, 0, 1, 1).data;
}

/** N × N dots, each the mixture of two colours that its weight asks for. */
function paint(canvas, rows, [from, to]) {
  const N = rows.length;
  if (canvas.width !== N) canvas.width = canvas.height = N;
  const context = canvas.getContext("2d"),
    dots = context.createImageData(N, N);
  rows.forEach((row, t) =>
    row.forEach((weight, s) => {
      const at = 4 * (t * N + s),
        part = shade(weight);
      for (let c = 0; c < 3; c++) dots.data[at + c] = from[c] + part * (to[c] - from[c]);
      dots.data[at + 3] = 255;
    }),
  );
  context.putImageData(dots, 0, 0);
}

/** How far apart two rows are: the largest difference of two weights. */
const apart = (one, other) => one.reduce((most, w, s) => Math.max(most, Math.abs(w - other[s])), 0);

/** The board: {nodes, draw(tokens, weights), reading(), fit()}. One row of one head is chosen, by
 *  arrow keys or a click; while the pointer is on a map, the row under it. */
export function board(el) {
  let tokens = [],
    weights = [],
    kept = { head: 0, row: 1 },
    pointed = null,
    columns = 0;
  const grid = element("div", {
    class: "bw-maps",
    role: "radiogroup",
    "aria-label": "Head. Left and right choose a head, up and down a row.",
  });
  const figures = Array.from({ length: MOST }, (_, n) => figure(n));
  const labels = Array.from({ length: MOST }, () =>
    element("div", { class: "bw-rows", "aria-hidden": "true" }),
  );
  const chips = element("div", {
    class: "bw-chips",
    role: "radiogroup",
    "aria-label": "The word that looks. Left and right choose another.",
  });
  const said = element("p", { class: "bw-reading" });
  const sums = element("p", { class: "bw-hint bw-sums" });
  const twins = element("p", { class: "bw-hint bw-twins" });
  const key = element(
    "p",
    { class: "bw-hint bw-key", "aria-hidden": "true" },
    ...[0, 0.01, 0.05, 0.2, 0.5, 1].map((weight) => {
      const swatch = element("i");
      swatch.style.setProperty("--share", `${100 * shade(weight)}%`);
      return element("span", {}, swatch, percent(weight));
    }),
  );
  const hint = element("p", {
    class: "bw-hint",
    text:
      "A row is a word that looks, a column a word that is looked at. Point at a row of a map, " +
      "or use the arrow keys; a click keeps it.",
  });

  function figure(n) {
    const canvas = element("canvas"),
      mark = element("div", { class: "bw-mark" });
    const frame = element("div", { class: "bw-frame" }, canvas, mark);
    const title = element("b", { text: `head ${n + 1}` }),
      bits = element("span");
    const node = element(
      "div",
      { role: "radio", class: "bw-head", tabindex: -1 },
      frame,
      element("div", { class: "bw-caption" }, title, bits),
    );
    const rowAt = ({ clientY }) => {
      const box = frame.getBoundingClientRect();
      const row = Math.floor(((clientY - box.top) / box.height) * tokens.length);
      return Math.max(0, Math.min(tokens.length - 1, row));
    };
    frame.addEventListener("pointermove", (event) => {
      if (event.pointerType === "touch") return;
      pointed = { head: n, row: rowAt(event) };
      light();
    });
    frame.addEventListener("pointerleave", () => {
      pointed = null;
      light();
    });
    node.addEventListener("click", (event) => {
      if (frame.contains(event.target)) kept.row = rowAt(event);
      choose({ head: n });
    });
    node.addEventListener("keydown", (event) =>
      arrows(
        event,
        {
          ArrowLeft: { head: (n - 1 + weights.length) % weights.length },
          ArrowRight: { head: (n + 1) % weights.length },
          ArrowUp: { row: Math.max(kept.row - 1, 0) },
          ArrowDown: { row: Math.min(kept.row + 1, tokens.length - 1) },
          Home: { head: 0 },
          End: { head: weights.length - 1 },
        },
        () => figures[kept.head].node,
      ),
    );
    return { node, frame, canvas, mark, bits };
  }

  function arrows(event, moves, target) {
    if (!moves[event.key]) return;
    event.preventDefault();
    pointed = null;
    choose(moves[event.key]);
    target().focus();
  }

  function choose(changes) {
    Object.assign(kept, changes);
    light();
  }

  /** Paints, with as many maps side by side as suit their number and the room. */
  function fit() {
    const narrow = el.clientWidth < 560,
      count = weights.length;
    columns = narrow ? { 1: 1, 2: 2, 4: 2, 8: 4, 16: 4 }[count] : Math.min(count, 4);
    grid.style.setProperty("--columns", columns);
    grid.dataset.columns = columns;
    const shown = [];
    figures.slice(0, count).forEach(({ node }, n) => {
      if (n % columns === 0) shown.push(labels[n / columns]);
      shown.push(node);
    });
    const there = [...grid.children];
    if (there.length !== shown.length || shown.some((node, k) => node !== there[k])) {
      grid.replaceChildren(...shown);
    }
    const height = figures[0].frame.clientHeight / Math.max(tokens.length, 1);
    grid.classList.toggle("is-tight", height < 8.5);
    grid.style.setProperty("--text", `${Math.min(13, height * 0.85)}px`);
    const colours = [colour(el, "--bw-raised"), colour(el, "--bw-attention")];
    weights.forEach((rows, n) => paint(figures[n].canvas, rows, colours));
  }

  function draw(newTokens, newWeights) {
    const same = tokens.length === newTokens.length && tokens.every((t, k) => t === newTokens[k]);
    [tokens, weights] = [newTokens, newWeights];
    kept = {
      head: Math.min(kept.head, weights.length - 1),
      row: Math.min(kept.row, tokens.length - 1),
    };
    if (pointed && !(pointed.head < weights.length && pointed.row < tokens.length)) pointed = null;
    if (!same) nameRows();
    fit();
    weights.forEach((rows, n) => {
      const bits = sum(rows.map(entropy)) / rows.length;
      figures[n].bits.textContent = `${bits.toFixed(1)} bits`;
      figures[n].node.setAttribute("aria-label", `head ${n + 1}, ${bits.toFixed(1)} bits`);
    });
    const totals = weights.flatMap((rows) => rows.map(sum));
    const [least, most] = [Math.min(...totals), Math.max(...totals)].map((one) => one.toFixed(3));
    sums.textContent =
      `Sums of all ${totals.length} rows: ${least} to ${most}.` +
      (most === "0.000" ? " There is nothing to look at." : "");
    twins.textContent = alike();
    light();
  }

  /** The tokens beside the maps, and under them as buttons. */
  function nameRows() {
    for (const label of labels) {
      label.replaceChildren(...tokens.map((token) => element("span", { text: name(token) })));
    }
    chips.replaceChildren(
      ...tokens.map((token, t) =>
        element(
          "div",
          {
            role: "radio",
            class: token === PAD ? "bw-chip is-padding" : "bw-chip",
            tabindex: -1,
            on: {
              click: () => choose({ row: t }),
              keydown: (event) =>
                arrows(
                  event,
                  {
                    ArrowLeft: { row: (t - 1 + tokens.length) % tokens.length },
                    ArrowRight: { row: (t + 1) % tokens.length },
                    Home: { row: 0 },
                    End: { row: tokens.length - 1 },
                  },
                  () => chips.children[kept.row],
                ),
            },
          },
          element("span", { text: name(token) }),
          element("small"),
        ),
      ),
    );
  }

  /** What a word that stands twice shows: whether its rows differ. */
  function alike() {
    const real = tokens.filter((token) => token !== PAD);
    const twice = real.find((token, t) => real.indexOf(token) < t);
    if (twice === undefined) return "No word stands twice, so there are no rows to compare.";
    const [one, other] = real.flatMap((token, t) => (token === twice ? [t] : []));
    const difference = Math.max(...weights.map((rows) => apart(rows[one], rows[other])));
    const verdict =
      difference < 1e-6
        ? "the same in every head."
        : `different: by up to ${percent(difference)} in one weight.`;
    return `“${twice}” stands at places ${one + 1} and ${other + 1}. Its two rows are ${verdict}`;
  }

  const here = () => pointed ?? kept;

  function reading() {
    const { head, row } = here(),
      shares = weights[head]?.[row];
    if (!shares) return "";
    const first = `Head ${head + 1}, row ${row + 1}: ${name(tokens[row])} looks at `;
    const best = [...shares]
      .map((share, s) => [share, s])
      .sort((a, b) => b[0] - a[0])
      .slice(0, 3)
      .filter(([share]) => share > 0)
      .map(([share, s]) => `${name(tokens[s])} (${s + 1}) ${percent(share)}`);
    return `${first}${best.join(", ") || "nothing"}. Its row adds up to ${sum(shares).toFixed(3)}.`;
  }

  /** Shows the row that is pointed at or chosen. */
  function light() {
    const { head, row } = here(),
      shares = weights[head]?.[row];
    if (!shares) return;
    const N = tokens.length;
    figures.slice(0, weights.length).forEach(({ node, mark }, n) => {
      node.setAttribute("aria-checked", String(n === kept.head));
      node.tabIndex = n === kept.head ? 0 : -1;
      node.classList.toggle("is-chosen", n === head);
      mark.style.top = `${(100 * row) / N}%`;
      mark.style.height = `${100 / N}%`;
    });
    for (const label of labels) {
      [...label.children].forEach((one, t) => one.classList.toggle("is-chosen", t === row));
    }
    [...chips.children].forEach((chip, t) => {
      const share = shares[t];
      chip.style.setProperty("--share", `${100 * shade(share)}%`);
      chip.classList.toggle("is-strong", shade(share) > 0.62);
      chip.classList.toggle("is-chosen", t === row);
      chip.setAttribute("aria-checked", String(t === kept.row));
      chip.tabIndex = t === kept.row ? 0 : -1;
      chip.setAttribute("aria-label", `${name(tokens[t])}, place ${t + 1}, gets ${percent(share)}`);
      chip.lastChild.textContent = percent(share);
    });
    said.textContent = reading();
  }

  const nodes = [grid, key, hint, said, chips, sums, twins];
  return { nodes, draw, fit, reading };
}
