// Chapter 2: the reader draws, and two U-Nets give every pixel its class while he draws, one with
// skip connections and one without. Everything is computed in the page.

import { softmax } from "../../web/engine/arithmetic.js";
import { loadModel } from "../../web/engine/engine.js";
import { imagesFrom, makePad, paint, picture } from "../parts/drawing.js";
import { eachFrame, element, prepare } from "../parts/page.js";
import { classesOf, inWords, regionsOf } from "./segments.js";

const MODELS = [
  { key: "with_skips", name: "With skips" },
  { key: "without_skips", name: "Without skips" },
];
const EMPTY = "Draw a digit or place one: there is none yet.";
const MOST_NOISE = 0.4;
const nameOf = (label) => (label ? String(label - 1) : "background");
const percent = (share) => `${(100 * share).toFixed(share > 0.995 || share < 0.005 ? 1 : 0)}%`;

/** `count` normal numbers, the same at every call. */
function normals(count) {
  let state = 20250;
  const uniform = () => {
    // a linear congruential generator; its high bits are even enough here
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return Float32Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}

function render({ model: shared, el }) {
  const id = prepare(el, "segmenter"),
    side = shared.get("side"),
    colors = shared.get("colors");
  const labels = shared.get("labels"),
    scenes = imagesFrom(shared.get("scenes"), side);
  const digits = imagesFrom(shared.get("digits"), shared.get("digit_side"));
  const models = Object.fromEntries(MODELS.map(({ key }) => [key, loadModel(shared.get(key))]));
  const grain = normals(side * side);
  const rgb = colors.map((color) => [1, 3, 5].map((k) => parseInt(color.slice(k, k + 2), 16)));
  let pointed,
    logits = null; // {row, column}; what each model says, null of an empty canvas

  // ---------------------------------------------------------------- the canvas and its tools

  const read = (ink) => {
    const noise = shared.get("noise");
    return noise ? ink.map((value, k) => Math.min(1, Math.max(0, value + noise * grain[k]))) : ink;
  };
  const pad = makePad({
    side,
    label:
      `Canvas of ${side} by ${side} pixels. Arrow keys move the cursor, with Shift by four ` +
      "pixels. The space bar sets the pen down or lifts it, or places the chosen digit.",
    view: read,
    onChange: () => soon(),
    onPoint: (at) => at && point(at),
  });
  const tools = [
    { tool: "pen", inside: ["pen"] },
    { tool: "eraser", inside: ["eraser"] },
    ...digits.map((digit, k) => {
      const drawn = picture(shared.get("digit_side"), { "aria-hidden": "true" });
      paint(drawn, digit);
      return { tool: digit, inside: [drawn], label: `place a ${labels[k]} of the test set` };
    }),
  ].map(({ tool, inside, label }) => ({
    tool,
    node: element(
      "button",
      {
        type: "button",
        "aria-label": label,
        class: label ? "bw-digit" : "bw-tool",
        on: { click: () => choose(tool) },
      },
      ...inside,
    ),
  }));
  function choose(tool) {
    pad.use(tool);
    for (const { tool: own, node } of tools) node.setAttribute("aria-pressed", own === tool);
  }
  const button = (text, click) => element("button", { type: "button", text, on: { click } });
  const noise = element("input", {
    id: `${id}-noise`,
    type: "range",
    class: "bw-slider",
    min: 0,
    max: MOST_NOISE,
    step: 0.02,
    on: { input: () => keep({ noise: Number(noise.value) }) },
  });
  const noiseValue = element("output", { for: noise.id });
  const another = scenes.length
    ? button(scenes.length > 1 ? "another scene" : "the scene", () => {
        keep({ scene: (shared.get("scene") + 1) % scenes.length });
        openScene();
      })
    : null;

  function keep(change) {
    shared.set(change);
    shared.save_changes();
  }
  function openScene() {
    const number = shared.get("scene");
    if (number >= 0) pad.set(scenes[number]);
    else pad.clear();
  }

  // ---------------------------------------------------------------- what the networks say

  const maps = MODELS.map(({ key, name }) => {
    const canvas = picture(side, { class: "bw-map", role: "img" });
    const names = element("div", { class: "bw-names", "aria-hidden": "true" });
    const dot = element("span", { class: "bw-spot", "aria-hidden": "true" });
    const found = element("span", { class: "bw-found" });
    const frame = element("div", { class: "bw-frame" }, canvas, names, dot);
    for (const event of ["pointermove", "pointerdown"]) {
      canvas.addEventListener(event, ({ clientX, clientY }) => {
        const box = canvas.getBoundingClientRect();
        const inside = (share) => Math.min(side - 1, Math.max(0, Math.floor(side * share)));
        point(
          {
            row: inside((clientY - box.top) / box.height),
            column: inside((clientX - box.left) / box.width),
          },
          true,
        );
      });
    }
    const node = element(
      "figure",
      { class: `is-${key}` },
      frame,
      element("figcaption", {}, element("b", { text: name }), " ", found),
    );
    return { key, name, node, canvas, names, dot, found };
  });
  const bars = colors.map((color, label) => {
    const cells = MODELS.map(({ key }) => {
      const bar = element("span", { class: "bw-share" }),
        share = element("span");
      bar.style.background = color;
      return {
        key,
        bar,
        share,
        node: element(
          "td",
          {},
          element("span", { class: "bw-bar-room", "aria-hidden": "true" }, bar),
          share,
        ),
      };
    });
    const node = element(
      "tr",
      {},
      element("th", { scope: "row", text: nameOf(label) }),
      ...cells.map((cell) => cell.node),
    );
    return { node, cells };
  });
  const caption = element("caption");
  const table = element(
    "table",
    { class: "bw-classes" },
    caption,
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        element("th", { scope: "col", text: "class" }),
        ...MODELS.map(({ name }) => element("th", { scope: "col", text: name.toLowerCase() })),
      ),
    ),
    element("tbody", {}, ...bars.map(({ node }) => node)),
  );
  const hint = element("span", { class: "bw-empty" });
  const spot = element("span", { class: "bw-spot", "aria-hidden": "true", hidden: "" });
  pad.node.append(spot); // where a map is pointed at
  const announce = element("p", { class: "bw-spoken", "aria-live": "polite" });

  el.append(
    element(
      "div",
      { class: "bw-tools", role: "group", "aria-label": "What to draw with" },
      ...tools.map(({ node }) => node),
    ),
    element(
      "div",
      { class: "bw-maps" },
      element(
        "figure",
        { class: "is-drawn" },
        pad.node,
        element("figcaption", {}, element("b", { text: "Your canvas" }), hint),
      ),
      ...maps.map(({ node }) => node),
    ),
    element(
      "div",
      { class: "bw-bar" },
      button("clear", () => pad.clear()),
      another,
      element(
        "span",
        { class: "bw-noise" },
        element("label", { for: noise.id, text: "Noise" }),
        noise,
        noiseValue,
      ),
    ),
    table,
    announce,
  );

  function point(at, onMap = false) {
    pointed = at;
    spot.hidden = !onMap;
    showPixel();
  }

  /** The distribution of the pixel that is pointed at, from both models. */
  function showPixel() {
    el.classList.toggle("is-empty", !logits);
    if (!logits) return;
    const { row, column } = pointed,
      V = colors.length,
      p = row * side + column;
    caption.textContent = `The pixel in row ${row + 1}, column ${column + 1}`;
    for (const marker of [spot, ...maps.map(({ dot }) => dot)]) {
      marker.style.cssText =
        `left:${(100 * column) / side}%;top:${(100 * row) / side}%;` +
        `width:${100 / side}%;height:${100 / side}%`;
    }
    maps.forEach(({ key }, m) => {
      const shares = softmax(logits[key].data.subarray(p * V, (p + 1) * V));
      const best = shares.indexOf(Math.max(...shares));
      bars.forEach(({ cells }, label) => {
        cells[m].bar.style.setProperty("--share", shares[label].toFixed(6));
        cells[m].share.textContent = percent(shares[label]);
        cells[m].node.classList.toggle("is-best", label === best);
      });
    });
    speak();
  }

  let later = 0,
    summary = "";
  function speak() {
    clearTimeout(later);
    later = setTimeout(() => {
      const pixel = logits && document.activeElement === pad.canvas ? bestOfPixel() : "";
      announce.textContent = [summary, pixel].filter(Boolean).join(" ");
    }, 700);
  }
  function bestOfPixel() {
    const said = MODELS.map(({ name }, m) => {
      const label = bars.findIndex(({ cells }) => cells[m].node.classList.contains("is-best"));
      return label < 0
        ? ""
        : `${name.toLowerCase()} ${nameOf(label)}, ` + bars[label].cells[m].share.textContent;
    });
    return `${caption.textContent}: ${said.join("; ")}.`;
  }

  function fill(canvas, classes) {
    const context = canvas.getContext("2d"),
      dots = context.createImageData(side, side);
    classes.forEach((label, p) => dots.data.set([...rgb[label], 255], 4 * p));
    context.putImageData(dots, 0, 0);
  }

  /** Both maps, once before the next frame; nothing is computed of an empty canvas. */
  function draw() {
    const empty = pad.isEmpty();
    noise.value = shared.get("noise");
    noiseValue.textContent = `±${shared.get("noise").toFixed(2)}`;
    hint.textContent = empty ? EMPTY : "";
    const source = { data: read(pad.pixels), height: side, width: side, channels: 1 };
    logits = empty
      ? null
      : Object.fromEntries(
          MODELS.map(({ key }) => [key, models[key].paint(models[key].encode(source))]),
        );
    const said = maps.map(({ key, name, canvas, names, found }) => {
      const classes = empty ? new Uint8Array(side * side) : classesOf(logits[key]);
      const regions = regionsOf(classes, side);
      fill(canvas, classes);
      names.replaceChildren(
        ...regions.map(({ digit, top, right }) => {
          const label = element("span", { text: digit });
          label.style.left = `${(100 * Math.min(side - 3, right + 1)) / side}%`;
          label.style.top = `${(100 * top) / side}%`;
          return label;
        }),
      );
      const words = empty ? "" : inWords(regions, side);
      found.textContent = words;
      canvas.setAttribute(
        "aria-label",
        `The class of every pixel, ${name.toLowerCase()}: ${words || "nothing yet"}`,
      );
      return `${name}, ${words}.`;
    });
    summary = empty ? EMPTY : said.join(" ");
    showPixel();
    speak();
  }

  const soon = eachFrame(draw);
  const redraw = () => {
    pad.refresh();
    soon();
  };
  shared.on("change:noise", redraw);
  shared.on("change:scene", openScene);
  choose("pen");
  openScene();
  const darkest = pad.pixels.indexOf(Math.max(...pad.pixels));
  pointed = { row: Math.floor(darkest / side), column: darkest % side };
  draw();
  return () => {
    soon.cancel();
    clearTimeout(later);
    shared.off("change:noise", redraw);
    shared.off("change:scene", openScene);
  };
}

export default { render };
