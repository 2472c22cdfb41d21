// Chapter 1: a slider for the width of H. Encoder and decoder of every width run in the page, on
// digits of the test set and on one that the reader draws.

import { loadModel } from "../../web/engine/engine.js";
import { emptySheet, movedRight, normalised, stroke } from "../parts/handwriting.js";
import { eachFrame, element, prepare } from "../parts/page.js";

const SHEET = 56,
  PEN = 2.6; // cells of the drawing sheet, and the pen's radius in cells
const FARTHEST = 4; // pixels by which a digit may be moved
const TALLEST = 0.3; // the error of a full bar
const PLANE = 200; // side of the plane of H, for width 2

const sigmoid = (x) => 1 / (1 + Math.exp(-x));
const percent = (share) => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)}%`;

/** The root of the mean squared difference of two images, 0 to 1. */
function difference(one, other) {
  let sum = 0;
  for (let k = 0; k < one.length; k++) sum += (one[k] - other[k]) ** 2;
  return Math.sqrt(sum / one.length);
}

/** A canvas of one dot a pixel; its style sheet enlarges it. */
function picture(side, kind, label) {
  return element("canvas", {
    class: `bw-picture ${kind}`,
    width: side,
    height: side,
    role: "img",
    "aria-label": label,
  });
}

function paintOn(canvas, values) {
  const context = canvas.getContext("2d");
  const dots = context.createImageData(canvas.width, canvas.height);
  values.forEach((value, k) => {
    const level = Math.round(255 * value);
    dots.data.set([level, level, level, 255], 4 * k);
  });
  context.putImageData(dots, 0, 0);
}

/** H as bars, one a number. */
function barsOf(vector, scale) {
  const step = 100 / vector.length;
  return [
    ...[...vector].map((value, k) => {
      const height = 46 * Math.min(1, Math.abs(value) / scale);
      return element("rect", {
        x: k * step + step * 0.1,
        width: step * 0.8,
        y: value > 0 ? 50 - height : 50,
        height,
      });
    }),
    element("line", { x1: 0, x2: 100, y1: 50, y2: 50 }),
  ];
}

function render({ model: shared, el }) {
  const id = prepare(el, "widths"),
    side = shared.get("side");
  const models = shared.get("models").map((exported) => loadModel(exported));
  const widths = shared.get("widths"),
    typical = shared.get("errors");
  const scales = shared.get("scales"),
    plane = shared.get("plane");
  const digits = readDigits(shared.get("images"), shared.get("labels"), side);
  const flat = plane ? widths.indexOf(2) : -1;

  let drawing = false,
    chosen = 0,
    byHand = null; // byHand: a place in the plane of width 2
  const sheet = emptySheet(SHEET),
    pen = { x: SHEET / 2, y: SHEET / 2, down: false };

  // ---------------------------------------------------------------- what is read

  const thumbs = digits.map(({ label, pixels }, k) => {
    const canvas = picture(side, "is-thumb", "");
    canvas.setAttribute("aria-hidden", "true");
    paintOn(canvas, pixels);
    return element(
      "button",
      {
        type: "button",
        class: "bw-digit",
        "aria-label": `test digit ${label}`,
        on: { click: () => choose(k) },
      },
      canvas,
    );
  });
  const draw = element("button", {
    type: "button",
    class: "bw-digit bw-own",
    text: "draw",
    on: { click: () => choose(null) },
  });
  const clear = element("button", {
    type: "button",
    class: "bw-small",
    text: "clear the sheet",
    on: {
      click: () => {
        sheet.fill(0);
        pen.down = false;
        soon();
      },
    },
  });
  const canvas = element("canvas", {
    class: "bw-sheet",
    width: SHEET,
    height: SHEET,
    tabindex: 0,
    role: "application",
    "aria-label":
      "Sheet to draw a digit on. Arrow keys move the pen, the space bar sets it " +
      "down or lifts it.",
  });
  const shift = element("input", {
    id: `${id}-shift`,
    type: "range",
    class: "bw-slider",
    min: -FARTHEST,
    max: FARTHEST,
    step: 1,
    value: 0,
    on: {
      input: () => {
        byHand = null;
        soon();
      },
    },
  });
  const shiftValue = element("output", { for: shift.id });

  // ---------------------------------------------------------------- what happens to it

  const slider = element("input", {
    id: `${id}-width`,
    type: "range",
    class: "bw-slider",
    min: 0,
    max: widths.length - 1,
    step: 1,
    on: { input: () => keep(widths[Number(slider.value)]) },
  });
  const sliderValue = element("output", { for: slider.id, class: "bw-chosen" });
  const read = picture(side, "is-read", "The digit that the encoder reads");
  const painted = picture(side, "is-painted", "");
  const bars = element("svg", {
    class: "bw-bars",
    viewBox: "0 0 100 100",
    preserveAspectRatio: "none",
    role: "img",
  });
  const pad =
    flat < 0
      ? null
      : planeOf(plane, (place) => {
          byHand = place;
          soon();
        });
  const back = element("button", {
    type: "button",
    class: "bw-small",
    text: "back to the digit’s own H",
    hidden: "",
    on: {
      click: () => {
        byHand = null;
        soon();
      },
    },
  });
  const error = element("p", { class: "bw-error" });
  const columns = widths.map((width, k) => {
    const small = picture(side, "is-small", "");
    small.setAttribute("aria-hidden", "true");
    const bar = element("span", { class: "bw-level" });
    const tick = element("span", { class: "bw-tick" });
    tick.style.bottom = `${100 * height(typical[k])}%`;
    const number = element("span", { class: "bw-number" });
    const node = element(
      "button",
      {
        type: "button",
        class: "bw-column",
        on: { click: () => keep(width) },
      },
      element("span", { class: "bw-levels", "aria-hidden": "true" }, bar, tick),
      small,
      element("span", { class: "bw-name", text: width }),
      number,
    );
    return { node, small, bar, number };
  });
  const announce = element("p", { class: "bw-spoken", "aria-live": "polite" });

  const flow = element(
    "div",
    { class: "bw-flow" },
    figure("X", "encoder reads", read),
    element("span", { class: "bw-arrow is-encoder", "aria-hidden": "true", text: "→" }),
    figure("H", "one vector", bars, pad?.node ?? null),
    element("span", { class: "bw-arrow is-decoder", "aria-hidden": "true", text: "→" }),
    figure("Y", "decoder paints", painted),
  );
  const inked = element(
    "div",
    { class: "bw-drawing", hidden: "" },
    canvas,
    element(
      "div",
      {},
      element("p", {
        class: "bw-hint",
        text: "Draw one digit. It is scaled and centred as those " + "of the data were.",
      }),
      clear,
    ),
  );
  el.append(
    element("p", { class: "bw-title", text: "Which digit?" }),
    element("div", { class: "bw-digits" }, ...thumbs, draw),
    inked,
    element(
      "div",
      { class: "bw-bar" },
      element("label", { for: slider.id, text: "Width of H" }),
      sliderValue,
    ),
    slider,
    flow,
    element("div", { class: "bw-below" }, error, back),
    element("p", { class: "bw-title", text: "Every width, and its error" }),
    element("div", { class: "bw-columns" }, ...columns.map(({ node }) => node)),
    element("p", { class: "bw-hint", text: "Bar: this digit. Line: mean of the test digits." }),
    element(
      "div",
      { class: "bw-bar" },
      element("label", { for: shift.id, text: "Move the digit to the right by" }),
      shiftValue,
    ),
    shift,
    announce,
  );

  function figure(letter, words, ...inside) {
    return element(
      "figure",
      {},
      ...inside.filter(Boolean),
      element("figcaption", {}, element("i", { text: letter }), ` ${words}`),
    );
  }

  /** The share of the tallest bar, for an error from 0 to 1. */
  function height(value) {
    return Math.min(1, value / TALLEST);
  }

  function keep(width) {
    byHand = null;
    shared.set("width", width);
    shared.save_changes();
    soon();
  }

  function choose(k) {
    drawing = k === null;
    chosen = k ?? chosen;
    byHand = null;
    shift.value = 0;
    soon();
    inked.hidden = !drawing;
    if (drawing) canvas.focus({ preventScroll: true });
  }

  // ---------------------------------------------------------------- drawing

  function place(event) {
    const box = canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) * SHEET) / box.width,
      ((event.clientY - box.top) * SHEET) / box.height,
    ];
  }
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    [pen.x, pen.y] = place(event);
    pen.held = true;
    moveTo(pen.x, pen.y, true);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (pen.held) moveTo(...place(event), true);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      pen.held = false;
    });
  }
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-2, 0], ArrowRight: [2, 0], ArrowUp: [0, -2], ArrowDown: [0, 2] };
    if (event.key === " ") {
      pen.down = !pen.down;
      if (pen.down) moveTo(pen.x, pen.y, true);
      soon();
    } else if (step[event.key]) {
      moveTo(pen.x + step[event.key][0], pen.y + step[event.key][1], pen.down);
    } else {
      return;
    }
    event.preventDefault();
  });

  function moveTo(x, y, down) {
    const [toX, toY] = [x, y].map((value) => Math.min(SHEET, Math.max(0, value)));
    if (down) stroke(sheet, SHEET, pen.x, pen.y, toX, toY, PEN);
    [pen.x, pen.y] = [toX, toY];
    byHand = null;
    soon();
  }

  // ---------------------------------------------------------------- all of it, once a frame

  let later = 0;
  function show() {
    const k = Math.max(0, widths.indexOf(shared.get("width")));
    const own = drawing ? normalised(sheet, SHEET, side) : null;
    const origin = drawing ? (own ?? new Float32Array(side * side)) : digits[chosen].pixels;
    const moved = Number(shift.value),
      image = movedRight(origin, side, moved);
    const source = { data: image, height: side, width: side, channels: 1 };
    const encodings = models.map((model) => model.encode(source));
    if (byHand && k === flat) encodings[k] = { M: 1, vectors: Float32Array.from(byHand) };
    const images = models.map((model, j) => model.paint(encodings[j]).data.map(sigmoid));
    const errors = images.map((values) => difference(values, image));
    const empty = drawing && !own,
      free = Boolean(byHand) && k === flat;

    thumbs.forEach((thumb, j) => thumb.setAttribute("aria-pressed", !drawing && j === chosen));
    draw.setAttribute("aria-pressed", drawing);
    if (drawing) drawSheet();
    slider.value = k;
    sliderValue.textContent = widths[k];
    shiftValue.textContent = `${moved} ${Math.abs(moved) === 1 ? "pixel" : "pixels"}`;
    const result = empty
      ? "Draw a digit on the sheet."
      : free
        ? "This H was set by hand: the picture belongs to no digit of yours."
        : `Error ${percent(errors[k])} for this digit, ${percent(typical[k])} over the test digits.`;
    error.textContent = result;
    back.hidden = !free;
    slider.setAttribute("aria-valuetext", `width ${widths[k]}. ${result}`);

    paintOn(read, image);
    read.classList.toggle("is-stale", free);
    paintOn(painted, images[k]);
    painted.setAttribute("aria-label", `What the decoder paints from ${widths[k]} numbers`);
    flow.classList.toggle("is-flat", k === flat);
    bars.toggleAttribute("hidden", k === flat);
    pad?.node.toggleAttribute("hidden", k !== flat);
    if (k === flat) {
      pad.draw(encodings[k].vectors);
    } else {
      bars.replaceChildren(...barsOf(encodings[k].vectors, scales[k]));
      bars.setAttribute("aria-label", `H, ${widths[k]} numbers`);
    }
    columns.forEach(({ node, small, bar, number }, j) => {
      const shown = empty ? "–" : percent(errors[j]);
      paintOn(small, images[j]);
      bar.style.height = `${empty || (free && j === k) ? 0 : 100 * height(errors[j])}%`;
      number.textContent = free && j === k ? "–" : shown;
      node.setAttribute("aria-pressed", j === k);
      node.setAttribute("aria-label", `width ${widths[j]}, error ${number.textContent}`);
    });
    el.dataset.width = widths[k];
    el.dataset.error = errors[k];
    clearTimeout(later);
    later = setTimeout(() => {
      announce.textContent = `Width ${widths[k]}. ${result}`;
    }, 700);
  }

  function drawSheet() {
    const values = Float32Array.from(sheet, (ink) => (ink ? 1 : 0));
    paintOn(canvas, values);
    const context = canvas.getContext("2d");
    context.strokeStyle = pen.down ? "#d55e00" : "#56b4e9"; // where the pen is, for the keyboard
    context.strokeRect(Math.floor(pen.x) - 1.5, Math.floor(pen.y) - 1.5, 4, 4);
  }

  const soon = eachFrame(show);
  shared.on("change:width", soon);
  show();
  return () => {
    soon.cancel();
    clearTimeout(later);
    shared.off("change:width", soon);
  };
}

/** The test digits: one byte a pixel, one image after another. */
function readDigits(bytes, labels, side) {
  const size = side * side;
  return labels.map((label, n) => ({
    label,
    pixels: Float32Array.from({ length: size }, (_, k) => bytes.getUint8(n * size + k) / 255),
  }));
}

/** The plane of H for width 2, with test digits where the encoder puts them. */
function planeOf({ x: [left, right], y: [low, high], points }, onMove) {
  const toScreen = ([x, y]) => [
    (PLANE * (x - left)) / (right - left),
    (PLANE * (high - y)) / (high - low),
  ];
  const node = element("svg", {
    class: "bw-plane",
    viewBox: `0 0 ${PLANE} ${PLANE}`,
    tabindex: 0,
    role: "application",
  });
  for (const [x, y, label] of points) {
    const [h, v] = toScreen([x, y]);
    node.append(element("text", { x: h, y: v, text: label }));
  }
  const point = element("circle", { r: 7, class: "bw-point" });
  node.append(point);
  let now = [0, 0],
    held = false;

  function move(x, y) {
    onMove([Math.min(right, Math.max(left, x)), Math.min(high, Math.max(low, y))]);
  }
  function follow(event) {
    const box = node.getBoundingClientRect();
    move(
      left + ((right - left) * (event.clientX - box.left)) / box.width,
      high - ((high - low) * (event.clientY - box.top)) / box.height,
    );
  }
  node.addEventListener("pointerdown", (event) => {
    node.setPointerCapture(event.pointerId);
    held = true;
    follow(event);
  });
  node.addEventListener("pointermove", (event) => {
    if (held) follow(event);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    node.addEventListener(end, () => {
      held = false;
    });
  }
  node.addEventListener("keydown", (event) => {
    const [dx, dy] = [(right - left) / 40, (high - low) / 40];
    const step = {
      ArrowLeft: [-dx, 0],
      ArrowRight: [dx, 0],
      ArrowUp: [0, dy],
      ArrowDown: [0, -dy],
    };
    if (!step[event.key]) return;
    move(now[0] + step[event.key][0], now[1] + step[event.key][1]);
    event.preventDefault();
  });
  return {
    node,
    draw(vector) {
      now = [...vector];
      const [h, v] = toScreen(now).map((at) => Math.min(PLANE, Math.max(0, at)));
      point.setAttribute("cx", h);
      point.setAttribute("cy", v);
      node.setAttribute(
        "aria-label",
        "The plane of H. Arrow keys move the point. It is at " +
          `${now.map((value) => value.toFixed(1)).join(" and ")}.`,
      );
    },
  };
}

export default { render };
