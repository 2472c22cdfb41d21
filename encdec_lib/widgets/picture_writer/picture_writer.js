// Chapter 16: a caption put together, and the pictures that a decoder-only model paints for it,
// square by square. Model, random numbers and pictures are all computed in the page.

import { BOS, EOS, loadModel } from "../../web/engine/engine.js";
import { drawToken, randomOf, shares } from "../../web/engine/sampling.js";
import { captionChoice } from "./caption_choice.js";
import { eachFrame, element, prepare, vocabulary } from "../parts/page.js";
import { paintedPicture } from "./painted_picture.js";
import { percent, squareDetails } from "./square_details.js";

const FIRST = 4; // the token of code 0: specials come before
const SLICE = 10; // milliseconds of painting in one frame
const STOPS = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89]; // of the top-k dial, and all

function render({ model: shared, el }) {
  const id = prepare(el, "writer"),
    columns = shared.get("columns"),
    patch = shared.get("patch");
  const words = vocabulary(shared.get("symbols")),
    model = loadModel(shared.get("model"));
  const bytes = shared.get("codes"),
    lanes = shared.get("pictures"),
    cells = columns * columns;
  const codes = model.vocab - FIRST,
    session = model.open(lanes);
  const stops = [...new Set([...STOPS.filter((k) => k < codes), shared.get("top_k"), codes])].sort(
    (a, b) => a - b,
  );
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  const painted = Array.from({ length: lanes }, () => new Int32Array(cells)); // tokens
  const next = new Int32Array(lanes); // what every lane reads in the next step
  let caption = [],
    dials = {},
    random = [],
    done = cells,
    worked = 0,
    frame = 0,
    later = 0;
  let hovered = null,
    kept = null,
    last = null; // [picture, square]

  // ---------------------------------------------------------------- elements

  const composer = captionChoice({
    text: shared.get("text"),
    seen: shared.get("relations"),
    others: shared.get("others"),
    onChange: (text) => keep({ text }),
  });
  const unseen = element("p", {
    class: "bw-hint bw-unseen",
    text: "No caption of the training says it like this.",
  });
  const examples = shared.get("examples").map((text) =>
    element("button", {
      type: "button",
      class: "bw-example",
      text,
      on: { click: () => keep({ text }) },
    }),
  );
  const dial = (name, label, attributes, read) => {
    const input = element("input", {
      id: `${id}-${name}`,
      type: "range",
      class: "bw-slider",
      ...attributes,
      on: { input: () => keep({ [name]: read(Number(input.value)) }) },
    });
    const value = element("output", { for: input.id });
    const node = element(
      "div",
      { class: "bw-dial" },
      element("label", { for: input.id, text: label }),
      value,
      input,
    );
    return { input, value, node };
  };
  const temperature = dial(
    "temperature",
    "Temperature",
    { min: 0, max: 2, step: 0.05 },
    (value) => value,
  );
  const topK = dial(
    "top_k",
    "Top-k",
    { min: 0, max: stops.length - 1, step: 1 },
    (stop) => stops[stop],
  );
  const seed = element("input", {
    id: `${id}-seed`,
    type: "number",
    class: "bw-seed",
    min: 0,
    max: 2 ** 31 - 1,
    step: 1,
    on: {
      change: () => {
        const whole = Math.round(Number(seed.value)) || 0;
        keep({ seed: Math.min(2 ** 31 - 1, Math.max(0, whole)) });
      },
    },
  });
  const another = element("button", {
    type: "button",
    class: "bw-another",
    text: lanes > 1 ? `another ${lanes}` : "another one",
    on: { click: () => keep({ seed: (shared.get("seed") + 1) % 2 ** 31 }) },
  });
  const pictures = painted.map((_, n) =>
    paintedPicture({
      columns,
      patch,
      codes: bytes,
      onHover: (square) => {
        hovered = square === null ? null : [n, square];
        soon();
      },
      onKeep: (square) => {
        kept = square === null ? null : [n, square];
        pictures.forEach((picture, other) => {
          if (other !== n) picture.forget();
        });
        if (square === null) hovered = last = null;
        soon();
        speak();
      },
    }),
  );
  const status = element("p", { class: "bw-hint bw-status" });
  const details = squareDetails(id, {
    layers: Object.keys(shared.get("model").manifest).reduce(
      (top, path) => Math.max(top, 1 + Number(/blocks\.(\d+)\./.exec(path)?.[1] ?? 0)),
      1,
    ),
    swatch,
    ink,
    onLayer: () => soon(),
  });
  const announce = element("p", { class: "bw-spoken", "aria-live": "polite" });
  el.append(
    composer.node,
    unseen,
    examples.length > 1
      ? element("p", { class: "bw-examples" }, element("span", { text: "or try" }), ...examples)
      : "",
    element(
      "div",
      { class: "bw-dials" },
      temperature.node,
      topK.node,
      element(
        "div",
        { class: "bw-luck" },
        element("label", { for: seed.id, text: "Seed" }),
        seed,
        another,
      ),
    ),
    element("div", { class: "bw-pictures" }, ...pictures.map(({ node }) => node)),
    status,
    details.node,
    announce,
  );
  el.style.setProperty("--pictures", lanes);

  /** The mean ink of a code, 0 to 1. */
  function ink(code) {
    let sum = 0;
    for (let k = 0; k < patch * patch; k++) sum += bytes.getUint8(code * patch * patch + k);
    return sum / (255 * patch * patch);
  }

  /** A code as a small picture. */
  function swatch(code) {
    const canvas = element("canvas", {
      width: patch,
      height: patch,
      class: "bw-swatch",
      "aria-hidden": "true",
    });
    const context = canvas.getContext("2d"),
      dots = context.createImageData(patch, patch);
    for (let k = 0; k < patch * patch; k++) {
      const level = 255 - bytes.getUint8(code * patch * patch + k);
      dots.data.set([level, level, level, 255], 4 * k);
    }
    context.putImageData(dots, 0, 0);
    return canvas;
  }

  function keep(changes) {
    for (const [name, value] of Object.entries(changes)) shared.set(name, value);
    shared.save_changes();
    anew();
  }

  // ---------------------------------------------------------------- painting

  /** Begins all pictures again, with what is chosen now. */
  function begin() {
    cancelAnimationFrame(frame);
    const text = shared.get("text"),
      k = shared.get("top_k"),
      heat = shared.get("temperature");
    composer.text = text;
    unseen.hidden = !composer.unseen;
    caption = [...text.split(" "), ...(shared.get("ends") ? ["end"] : [])];
    dials = { temperature: heat, topK: k, first: FIRST };
    temperature.input.value = heat;
    temperature.value.textContent = heat === 0 ? "0, always the likeliest" : heat.toFixed(2);
    const nearest = stops.reduce(
      (best, stop, n) => (Math.abs(stop - k) < Math.abs(stops[best] - k) ? n : best),
      0,
    );
    topK.input.value = nearest;
    topK.value.textContent = k >= codes ? `all ${codes}` : `${k} of ${codes}`;
    topK.input.setAttribute("aria-valuetext", topK.value.textContent);
    temperature.input.setAttribute("aria-valuetext", temperature.value.textContent);
    seed.value = shared.get("seed");
    for (const button of examples) {
      button.setAttribute("aria-pressed", button.textContent === text);
    }
    random = painted.map((_, n) => randomOf(shared.get("seed"), n));
    const ids = words.encode(text.split(" "));
    session.read(model.encode(shared.get("ends") ? [...ids, EOS] : ids));
    next.fill(BOS);
    done = worked = 0;
    explained = false;
    soon();
    for (const [n, picture] of pictures.entries()) {
      picture.label(
        `Picture ${n + 1} of ${lanes}: ${text}. ${columns} rows of ${columns} squares. ` +
          "Arrow keys choose one.",
      );
      for (let square = 0; square < cells; square++) picture.set(square, null);
    }
    Object.assign(el.dataset, { text, done: 0, tokens: "" });
    paint();
  }

  /** Paints as many squares as one frame has time for. */
  function paint() {
    const start = performance.now();
    while (done < cells && performance.now() - start < SLICE) {
      const logits = session.step(next);
      for (let n = 0; n < lanes; n++) {
        const own = logits.subarray(n * model.vocab, (n + 1) * model.vocab);
        next[n] = painted[n][done] = drawToken(own, random[n], dials);
        pictures[n].set(done, next[n] - FIRST);
      }
      done += 1;
    }
    worked += performance.now() - start;
    const many = lanes === 1 ? "" : ` in each of ${lanes} pictures`;
    if (done < cells) {
      status.textContent = `${done} of ${cells} squares${many} …`;
      frame = requestAnimationFrame(paint);
    } else {
      status.textContent =
        `${cells} squares${many}, one after another: ` +
        `${(worked / 1000).toFixed(1)} s of computing in this page.`;
      el.dataset.tokens = JSON.stringify(painted.map((tokens) => [...tokens]));
      speak();
    }
    if (done === cells || !still.matches) for (const picture of pictures) picture.show();
    el.dataset.done = done;
    const chosen = hovered ?? kept ?? last;
    if (chosen && !explained && chosen[1] < done) soon(); // it has been painted just now
  }

  // ---------------------------------------------------------------- one square

  let explained = false,
    told = ""; // whether the panel tells about a square, and its words

  function explain() {
    const marked = hovered ?? kept,
      chosen = marked ?? last,
      [n, square] = chosen ?? [null, null];
    last = chosen; // its numbers stay when the pointer leaves, so that the page does not jump
    pictures.forEach((picture, other) => {
      picture.frame(other === marked?.[0] ? square : null);
      picture.tint(null);
    });
    el.dataset.square = chosen ? chosen.join() : "";
    if (!chosen) {
      explained = false;
      told = details.show(null);
      return;
    }
    const where =
      `${lanes > 1 ? `Picture ${n + 1}, row` : "Row"} ` +
      `${1 + Math.floor(square / columns)}, column ${1 + (square % columns)}.`;
    if (square >= done) {
      explained = false;
      told = details.show({ where: `${where} Not painted yet.` });
      return;
    }
    explained = true;
    const { logits, maps } = session.again(n, square, square ? painted[n][square - 1] : BOS);
    const cross = mean(maps.cross),
      own = mean(maps.own),
      before = own.subarray(1);
    if (marked) pictures[n].tint(before);
    told = details.show({
      where,
      painted: painted[n][square] - FIRST,
      model: shares(logits, { first: FIRST }).subarray(FIRST),
      drawn: shares(logits, dials).subarray(FIRST),
      looked: [
        ...caption.map((word, s) => [word, cross[s], "word"]),
        ["start", own[0], "start"],
        [
          square === 1 ? "the square before" : `the ${square} squares before`,
          before.reduce((a, b) => a + b, 0),
          "squares",
        ],
      ].slice(0, square ? undefined : -1),
    });
    el.dataset.looked = JSON.stringify([...cross, ...own]);
  }

  /** The mean of the heads of the chosen layer, or of all. */
  function mean(layers) {
    const chosen = details.layer < 0 ? layers : [layers[details.layer]];
    const sums = new Float32Array(chosen[0].columns);
    for (const { heads, weights } of chosen) {
      weights.forEach((weight, k) => {
        sums[k % sums.length] += weight / heads / chosen.length;
      });
    }
    return sums;
  }

  /** Says for a screen reader what is there, once the reader rests. */
  function speak() {
    clearTimeout(later);
    later = setTimeout(() => {
      const inked = painted.map((tokens) =>
        percent(tokens.reduce((sum, token) => sum + ink(Math.max(0, token - FIRST)), 0) / cells),
      );
      const warning = composer.unseen ? ` ${unseen.textContent}` : "";
      const said = kept
        ? told
        : done < cells
          ? ""
          : `Painted: ${shared.get("text")}.${warning} ` + `Ink: ${inked.join(", ")}.`;
      if (said && announce.textContent !== said) announce.textContent = said;
    }, 700);
  }

  const soon = eachFrame(explain),
    anew = eachFrame(begin);
  shared.on("change:text change:temperature change:top_k change:seed", anew);
  begin();
  explain();
  return () => {
    soon.cancel();
    anew.cancel();
    cancelAnimationFrame(frame);
    clearTimeout(later);
    shared.off("change:text change:temperature change:top_k change:seed", anew);
  };
}

export default { render };
