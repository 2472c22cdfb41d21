// Chapter 3: a slider for the spectral radius, and how far back gradient and state then reach.

import { eachFrame, element, prepare } from "../parts/page.js";
import { distances, forward, gradientReach, unpack } from "./recurrence.js";

const LEFT = 46,
  RIGHT = 12,
  TOP = 10,
  BOTTOM = 38,
  HEIGHT = 230; // a plot's margins and height
const LOW = -15,
  HIGH = 6; // powers of ten on the vertical axis
const SMALLEST = 0,
  LARGEST = 1.6,
  STEP = 0.05; // of the spectral radius

/** 0.00034 as "3.4·10⁻⁴"; numbers of an everyday size as they are. */
function readable(value) {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return "too large";
  if (value >= 100 && value < 1000) return value.toFixed(0);
  if (value >= 0.01 && value < 100) return value.toPrecision(2).replace(/\.0$/, "");
  const [digits, exponent] = value.toExponential(1).split("e");
  return `${digits}·10${raised(Number(exponent))}`;
}

const raised = (power) =>
  [...String(power)].map((sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]).join("");

/** One plot of curves against n on a logarithmic axis; returns {node, resize(width), draw}. */
function chart(title, steps) {
  const node = element("svg", { class: "bw-chart", role: "img", height: HEIGHT });
  let width = 0,
    inside = null,
    shown = null;
  const x = (n) => ((width - LEFT - RIGHT) * n) / steps;
  const y = (power) => ((HEIGHT - TOP - BOTTOM) * (HIGH - power)) / (HIGH - LOW);

  function path(values) {
    let d = "";
    for (let n = 0; n < values.length; n++) {
      const power = Math.log10(values[n]);
      if (!(Math.abs(power) < 60)) break; // nothing more to see: far outside, or 0
      d += `${d ? "L" : "M"}${x(n).toFixed(1)} ${y(power).toFixed(1)}`;
    }
    return d;
  }

  function resize(space) {
    if (Math.abs(space - width) < 1) return;
    width = space;
    node.setAttribute("width", width);
    node.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    node.replaceChildren();
    for (let power = LOW; power <= HIGH; power += 3) {
      const level = { y1: TOP + y(power), y2: TOP + y(power) };
      const kind = power === 0 ? "bw-rule is-one" : "bw-rule";
      node.append(
        element("line", { class: kind, x1: LEFT, x2: width - RIGHT, ...level }),
        element("text", {
          x: LEFT - 6,
          y: TOP + y(power) + 4,
          "text-anchor": "end",
          text: power ? `10${raised(power)}` : "1",
        }),
      );
    }
    for (let n = 0; n <= steps; n += steps > 60 ? 20 : 10) {
      node.append(
        element("text", {
          x: LEFT + x(n),
          y: HEIGHT - 20,
          "text-anchor": "middle",
          text: n,
        }),
      );
    }
    node.append(
      element("text", {
        class: "bw-axis",
        x: LEFT + x(steps / 2),
        y: HEIGHT - 4,
        "text-anchor": "middle",
        text: "steps n",
      }),
    );
    inside = element("svg", {
      // cuts off what leaves the plot
      x: LEFT,
      y: TOP,
      width: Math.max(width - LEFT - RIGHT, 1),
      height: HEIGHT - TOP - BOTTOM,
    });
    node.append(inside);
    if (shown) draw(...shown);
  }

  function draw(curves, chosen, label) {
    shown = [curves, chosen, label];
    node.setAttribute("aria-label", `${title}. ${label}`);
    if (!inside) return;
    const order = [...curves.keys()].sort((a, b) => (a === chosen) - (b === chosen));
    inside.replaceChildren(
      ...order.map((k) =>
        element("path", {
          class: `bw-curve is-${k}${k === chosen ? " is-chosen" : ""}`,
          d: path(curves[k]),
        }),
      ),
    );
  }
  return { node, resize, draw };
}

function render({ model: shared, el }) {
  const id = prepare(el, "forgetting");
  const sizes = shared.get("sizes"),
    { steps } = sizes;
  const { layers, gradient } = unpack(shared.get("data"), sizes, shared.get("layers"));
  const marks = [1, 10, 20, 40, 80].filter((n) => n < steps);

  const titles = ["Last loss: gradient n steps back", "Two states: distance n steps later"];
  const plots = titles.map((title) => chart(title, steps));
  const frames = plots.map(({ node }, k) =>
    element(
      "figure",
      {},
      element("figcaption", { text: titles[k] }),
      element("div", { class: "bw-plot" }, node),
    ),
  );

  const slider = element("input", {
    id: `${id}-radius`,
    type: "range",
    class: "bw-slider",
    min: SMALLEST,
    max: LARGEST,
    step: STEP,
  });
  const value = element("output", { for: slider.id, class: "bw-radius" });
  const buttons = layers.map(({ name }, k) => {
    const input = element("input", {
      type: "radio",
      name: `${id}-layer`,
      value: name,
      id: `${id}-layer-${k}`,
      on: { change: () => keep({ chosen: name }) },
    });
    const line = element(
      "svg",
      { class: "bw-swatch", width: 28, height: 8, "aria-hidden": "true" },
      element("path", { class: `bw-curve is-${k} is-chosen`, d: "M0 4H28" }),
    );
    return element("label", { class: "bw-choice" }, input, line, name);
  });
  const table = element("table", { class: "bw-numbers" });
  const announce = element("p", { class: "bw-spoken", "aria-live": "polite" });
  el.append(
    element(
      "div",
      { class: "bw-bar" },
      element("label", { for: slider.id, text: "Spectral radius of the recurrent matrix" }),
      value,
    ),
    slider,
    element("fieldset", { class: "bw-choices" }, element("legend", { text: "Layer" }), ...buttons),
    element("div", { class: "bw-pair" }, ...frames),
    element("div", { class: "bw-scroll" }, table),
    announce,
  );

  function keep(changes) {
    for (const [name, now] of Object.entries(changes)) shared.set(name, now);
    shared.save_changes();
  }

  let computed = null,
    later = 0;
  function compute(radius) {
    if (computed?.radius === radius) return computed;
    const runs = layers.map((layer) => forward(layer, layer.projected, radius));
    computed = {
      radius,
      reach: layers.map((layer, k) => gradientReach(layer, runs[k], gradient, radius)),
      apart: layers.map((layer, k) => distances(runs[k], forward(layer, layer.changed, radius))),
    };
    return computed;
  }

  function draw() {
    const radius = shared.get("radius"),
      { reach, apart } = compute(radius);
    const chosen = Math.max(
      layers.findIndex(({ name }) => name === shared.get("chosen")),
      0,
    );
    const { name } = layers[chosen],
      n = marks[marks.length - 1];
    slider.value = radius;
    value.textContent = radius.toFixed(2);
    slider.setAttribute("aria-valuetext", `spectral radius ${radius.toFixed(2)}`);
    buttons.forEach((label, k) => {
      label.querySelector("input").checked = k === chosen;
    });
    const about = `${name}, spectral radius ${radius.toFixed(2)}`;
    [reach, apart].forEach((curves, k) =>
      plots[k].draw(curves, chosen, `${about}: ${readable(curves[chosen][n])} at n = ${n}.`),
    );
    table.replaceChildren(
      element("caption", { text: about }),
      row("th", ["n", ...marks]),
      row("td", ["gradient", ...marks.map((m) => readable(reach[chosen][m]))]),
      row("td", ["distance", ...marks.map((m) => readable(apart[chosen][m]))]),
    );
    el.dataset.radius = radius.toFixed(2);
    el.dataset.chosen = name;
    clearTimeout(later);
    later = setTimeout(() => {
      // once the slider rests
      announce.textContent =
        `${about}. After ${n} steps ` +
        `${readable(reach[chosen][n])} of the gradient and ${readable(apart[chosen][n])} of the ` +
        "distance are left.";
    }, 700);
  }

  function row(tag, [first, ...cells]) {
    return element(
      "tr",
      {},
      element("th", { scope: "row", text: first }),
      ...cells.map((text) => element(tag, { scope: tag === "th" ? "col" : null, text })),
    );
  }

  const soon = eachFrame(draw);
  slider.addEventListener("input", () => keep({ radius: Number(slider.value) }));
  shared.on("change:radius change:chosen", soon);
  draw();

  const fit = new ResizeObserver(() =>
    plots.forEach((plot, k) => plot.resize(frames[k].querySelector(".bw-plot").clientWidth)),
  );
  frames.forEach((frame) => fit.observe(frame));
  return () => {
    fit.disconnect();
    soon.cancel();
    clearTimeout(later);
    shared.off("change:radius change:chosen", soon);
  };
}

export default { render };
