// Chapter 6: a sentence grows with a slider; both models translate it in the page, and a point
// moves along the measured curve of quality against length.

import { greedy, loadModel } from "../../web/engine/engine.js";
import { compare, compareNearest } from "../parts/compare.js";
import { eachFrame, element, markedTokens, prepare, verdict, vocabulary } from "../parts/page.js";

const MODELS = [
  { key: "attention", name: "With attention" },
  { key: "fixed", name: "One fixed vector" },
];
const LEFT = 44,
  RIGHT = 16,
  TOP = 12,
  BOTTOM = 26,
  HEIGHT = 210; // the plot's margins and height

/** The value of a curve at x: straight lines between the measured points. */
function along(xs, ys, x) {
  const k = xs.findIndex((right) => right >= x);
  if (k === 0) return ys[0];
  if (k < 0) return ys[ys.length - 1];
  return ys[k - 1] + ((ys[k] - ys[k - 1]) * (x - xs[k - 1])) / (xs[k] - xs[k - 1]);
}

/** Quality against length for both models; returns {node, resize(width), moveTo(length)}. */
function chart({ lengths, curves, quality, from, to }) {
  const top = Math.max(...Object.values(curves).flat()) <= 1 ? 1 : 100;
  const node = element("svg", { class: "bw-chart", role: "img", height: HEIGHT });
  const format = (value) => (top === 1 ? value.toFixed(2) : value.toFixed(1));
  let width = 0,
    points = {},
    guide = null,
    at = from;
  const x = (length) => LEFT + ((width - LEFT - RIGHT) * (length - from)) / (to - from || 1);
  const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top);

  function resize(space) {
    if (Math.abs(space - width) < 1) return;
    width = space;
    node.setAttribute("width", width);
    node.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    node.replaceChildren();
    for (const tick of [0, 0.25, 0.5, 0.75, 1].map((share) => share * top)) {
      const level = { y1: y(tick), y2: y(tick) };
      node.append(
        element("line", { class: "bw-rule", x1: LEFT, x2: width - RIGHT, ...level }),
        element("text", { x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end", text: tick }),
      );
    }
    const step = to - from > 30 ? 10 : 5;
    for (let tick = Math.ceil(from / step) * step; tick <= to; tick += step) {
      node.append(
        element("text", {
          x: x(tick),
          y: HEIGHT - 8,
          "text-anchor": "middle",
          text: tick,
        }),
      );
    }
    node.append(
      element("text", {
        class: "bw-axis",
        x: -(TOP + (HEIGHT - TOP - BOTTOM) / 2),
        y: 11,
        text: quality,
        transform: "rotate(-90)",
        "text-anchor": "middle",
      }),
    );
    guide = element("line", { class: "bw-guide", y1: TOP, y2: HEIGHT - BOTTOM });
    node.append(guide);
    for (const { key } of MODELS) {
      const path = lengths.map((l, k) => `${k ? "L" : "M"}${x(l)} ${y(curves[key][k])}`).join("");
      node.append(element("path", { class: `bw-curve is-${key}`, d: path }));
      lengths.forEach((l, k) =>
        node.append(
          element("circle", { class: `bw-dot is-${key}`, cx: x(l), cy: y(curves[key][k]), r: 2.5 }),
        ),
      );
    }
    for (const { key } of MODELS) {
      points[key] = element(
        "g",
        { class: `bw-point is-${key}` },
        key === "fixed"
          ? element("rect", { x: -6, y: -6, width: 12, height: 12, rx: 2 })
          : element("circle", { r: 7 }),
        element("text", { y: -12 }),
      );
      node.append(points[key]);
    }
    moveTo(at);
  }

  function moveTo(length) {
    at = length;
    if (!guide) return;
    guide.setAttribute("x1", x(length));
    guide.setAttribute("x2", x(length));
    const values = {};
    for (const { key } of MODELS) values[key] = along(lengths, curves[key], length);
    for (const { key } of MODELS) {
      const other = values[key === "fixed" ? "attention" : "fixed"];
      const label = points[key].querySelector("text");
      points[key].setAttribute("transform", `translate(${x(length)} ${y(values[key])})`);
      label.textContent = format(values[key]);
      // Beside the point, inwards; below it for the upper curve, above it for the lower.
      const late = x(length) > width - 80;
      label.setAttribute("x", late ? -11 : 11);
      label.setAttribute("text-anchor", late ? "end" : "start");
      label.setAttribute("y", values[key] >= other ? 18 : -9);
    }
    node.setAttribute(
      "aria-label",
      `${quality} against source length. At ${length} tokens: ` +
        MODELS.map(({ key, name }) => `${name.toLowerCase()} ${format(values[key])}`).join(", "),
    );
  }
  return { node, resize, moveTo };
}

function render({ model: shared, el }) {
  const id = prepare(el, "dial");
  const english = vocabulary(shared.get("source_symbols"));
  const korean = vocabulary(shared.get("target_symbols"));
  const models = Object.fromEntries(MODELS.map(({ key }) => [key, loadModel(shared.get(key))]));
  const sentences = shared.get("sentences"),
    gloss = shared.get("gloss");
  const curve = shared.get("curve"),
    maxTokens = shared.get("max_tokens");
  const known = sentences.map(({ source }) => source.length);
  const from = Math.min(...known, ...curve.lengths),
    to = Math.max(...known, ...curve.lengths);

  const plot = chart({
    lengths: curve.lengths,
    curves: curve,
    quality: shared.get("quality"),
    from,
    to,
  });
  const slider = element("input", {
    id: `${id}-length`,
    type: "range",
    min: from,
    max: to,
    step: 1,
    class: "bw-slider",
  });
  const value = element("output", { for: slider.id, class: "bw-length" });
  const rows = element("div", { class: "bw-answers" });
  const announce = element("p", { class: "bw-spoken", "aria-live": "polite" });
  const frame = element("div", { class: "bw-plot" }, plot.node);
  el.append(
    element(
      "div",
      { class: "bw-key" },
      ...MODELS.map(({ key, name }) =>
        element("span", { class: `is-${key}`, text: name.toLowerCase() }),
      ),
    ),
    frame,
    element("div", { class: "bw-track" }, slider),
    element(
      "div",
      { class: "bw-bar" },
      element("label", { for: slider.id, text: "Source length" }),
      value,
      glossBox(),
    ),
    rows,
    announce,
  );

  function glossBox() {
    if (!Object.keys(gloss).length) return null;
    const box = element("input", {
      type: "checkbox",
      on: { change: () => el.classList.toggle("is-plain", !box.checked) },
    });
    box.checked = true;
    return element("label", { class: "bw-gloss-switch" }, box, " meaning under each word");
  }

  const nearest = (length) =>
    known.reduce(
      (best, candidate, k) =>
        Math.abs(candidate - length) < Math.abs(known[best] - length) ? k : best,
      0,
    );

  const translated = new Map(); // position of a sentence -> both answers, marked
  function translate(k) {
    if (translated.has(k)) return translated.get(k);
    const { source, references } = sentences[k],
      ids = english.encode(source);
    const answers = MODELS.map((entry) => {
      const { tokens, finished } = greedy(models[entry.key], ids, maxTokens);
      return { ...entry, finished, pairs: compareNearest(korean.decode(tokens), references) };
    });
    translated.set(k, answers);
    return answers;
  }

  function row(kind, name, note, tokens) {
    return element(
      "div",
      { class: `bw-answer is-${kind}` },
      element(
        "span",
        { class: "bw-who" },
        name,
        element("span", { class: "bw-verdict", text: note }),
      ),
      tokens,
    );
  }

  let shown = null,
    later = 0;
  function draw() {
    const k = nearest(shared.get("length")),
      length = known[k];
    slider.value = length; // always at a sentence
    slider.setAttribute("aria-valuetext", `${length} tokens`);
    plot.moveTo(length);
    if (k === shown) return;
    const { source, references } = sentences[k];
    value.textContent = `${length} tokens`;
    const before = shown === null || known[shown] > length ? source : sentences[shown].source;
    const words = element("span", { class: "bw-tokens" });
    for (const { kind, answer } of compare(source, before)) {
      const fresh = kind === "right" ? null : "bw-new"; // a word that was not there before
      if (answer !== null) words.append(element("span", { class: fresh, text: answer }), " ");
    }
    const answers = translate(k);
    const right = references[0].map((answer) => ({ kind: "right", answer }));
    rows.replaceChildren(
      row("source", "English", `${length} tokens`, words),
      row(
        "reference",
        "Right answer",
        `Korean, ${right.length} tokens`,
        markedTokens(right, " ", gloss),
      ),
      ...answers.map(({ key, name, pairs, finished }) =>
        row(
          key,
          name,
          verdict(pairs) + (finished ? "" : `; stopped after ${maxTokens}`),
          markedTokens(pairs, " ", gloss),
        ),
      ),
    );
    shown = k;
    el.dataset.length = length;
    clearTimeout(later);
    later = setTimeout(() => {
      // once the slider rests
      announce.textContent =
        `${length} tokens. ` +
        answers.map(({ name, pairs }) => `${name}: ${verdict(pairs)}.`).join(" ");
    }, 700);
  }

  const soon = eachFrame(draw);
  function choose(k) {
    const length = known[Math.min(Math.max(k, 0), known.length - 1)];
    slider.value = length;
    shared.set("length", length);
    shared.save_changes();
  }
  slider.addEventListener("input", () => choose(nearest(Number(slider.value))));
  slider.addEventListener("keydown", (event) => {
    // a key goes to the next sentence there is
    const k = nearest(Number(slider.value));
    const target = {
      ArrowRight: k + 1,
      ArrowUp: k + 1,
      ArrowLeft: k - 1,
      ArrowDown: k - 1,
      PageUp: k + 3,
      PageDown: k - 3,
      Home: 0,
      End: known.length - 1,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    choose(target);
  });
  shared.on("change:length", soon);
  draw();

  const fit = new ResizeObserver(() => plot.resize(frame.clientWidth));
  fit.observe(frame);
  return () => {
    fit.disconnect();
    soon.cancel();
    clearTimeout(later);
    shared.off("change:length", soon);
  };
}

export default { render };
