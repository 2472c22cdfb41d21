// A pad to draw digits on, or to place them on, with mouse, finger, stylus or keyboard.
//
// Ink is 0 to 1, row by row, and is shown dark on white as in the book's figures. A digit is a square list of ink; it is placed as
// encdec_lib/data/scenes.py places it, by the rectangle that holds its ink. The pad sets its own
// layout, so that a widget needs no style for it.

import { element } from "./page.js";

export const INK = 0.3; // from here a pixel belongs to a digit, as in data/scenes.py
const PEN = 0.8,
  ERASER = 1.6; // radius in pixels; the edge is grey, as in the data
const LIFTED = "#0072b2",
  DOWN = "#d55e00"; // frame of the keyboard's cursor

/** The images of a Bytes trait, one byte a pixel, as lists of ink from 0 to 1. */
export function imagesFrom(bytes, side) {
  const size = side * side,
    count = bytes.byteLength / size;
  return Array.from({ length: count }, (_, n) =>
    Float32Array.from({ length: size }, (_, k) => bytes.getUint8(n * size + k) / 255),
  );
}

/** A canvas of one dot a pixel, enlarged by its style; `paint` fills it from ink, 0 to 1. */
export function picture(side, attributes = {}) {
  const node = element("canvas", { width: side, height: side, ...attributes });
  node.style.cssText = "display:block;width:100%;aspect-ratio:1;image-rendering:pixelated";
  return node;
}

export function paint(canvas, ink) {
  const context = canvas.getContext("2d");
  const dots = context.createImageData(canvas.width, canvas.height);
  for (let k = 0; k < ink.length; k++) {
    dots.data.fill(255 * (1 - Math.min(1, Math.max(0, ink[k]))), 4 * k, 4 * k + 3);
    dots.data[4 * k + 3] = 255;
  }
  context.putImageData(dots, 0, 0);
}

/** The rectangle of a digit's ink: {data, height, width}; null if it has none. */
export function cropped(digit) {
  const side = Math.sqrt(digit.length);
  let top = side,
    bottom = -1,
    left = side,
    right = -1;
  digit.forEach((ink, k) => {
    if (ink <= INK) return;
    const row = Math.floor(k / side),
      column = k % side;
    top = Math.min(top, row);
    bottom = Math.max(bottom, row);
    left = Math.min(left, column);
    right = Math.max(right, column);
  });
  if (bottom < 0) return null;
  const height = bottom - top + 1,
    width = right - left + 1;
  const data = Float32Array.from(
    { length: height * width },
    (_, k) => digit[(top + Math.floor(k / width)) * side + left + (k % width)],
  );
  return { data, height, width };
}

/** How far a pixel's middle lies from the line between two points, in pixels. */
function distance(x, y, from, to) {
  const dx = to.x - from.x,
    dy = to.y - from.y,
    length = dx * dx + dy * dy;
  const share = length ? ((x - from.x) * dx + (y - from.y) * dy) / length : 0;
  const t = Math.min(1, Math.max(0, share));
  return Math.hypot(x - from.x - t * dx, y - from.y - t * dy);
}

/** A pad of `side` × `side` pixels.
 *
 *    label              its name, for a screen reader
 *    onChange()         after every change of the ink
 *    onPoint(at)        the pixel {row, column} that is pointed at or stood on; null when it is left
 *    view(pixels)       what it shows, if not the ink itself (such as ink with noise)
 *    pen                radius of the pen in pixels
 *
 *  Returns {node, canvas, pixels, cursor, isEmpty(), clear(), set(ink), stamp(digit, top, left),
 *  use(tool), refresh(), point(row, column), penIsDown()}. A tool is "pen", "eraser" or a digit
 *  (a list of ink), which then follows the pointer until it is let go. Arrow keys move the
 *  cursor (with Shift by four), the space bar sets the pen down or lifts it, or places the digit. */
export function makePad({
  side,
  label,
  onChange,
  onPoint = () => {},
  view = (ink) => ink,
  pen = PEN,
}) {
  const pixels = new Float32Array(side * side),
    middle = Math.floor(side / 2);
  const cursor = { row: middle, column: middle };
  let tool = "pen",
    penDown = false; // penDown: of the keyboard's pen
  let held = null; // while a pointer is down: {from, before, erase}

  const canvas = picture(side, {
    class: "bw-ink",
    tabindex: 0,
    role: "application",
    "aria-label": label,
  });
  canvas.style.touchAction = "none";
  canvas.style.cursor = "crosshair";
  const frame = element("span", { class: "bw-cursor", "aria-hidden": "true" });
  frame.style.cssText =
    "position:absolute;pointer-events:none;display:none;" +
    `width:${100 / side}%;height:${100 / side}%;outline:2px solid ${LIFTED}`;
  const node = element("div", { class: "bw-pad" }, canvas, frame);
  node.style.position = "relative";

  function refresh() {
    paint(canvas, view(pixels));
    frame.style.left = `${(100 * cursor.column) / side}%`;
    frame.style.top = `${(100 * cursor.row) / side}%`;
    frame.style.outlineColor = penDown ? DOWN : LIFTED;
  }

  function changed() {
    refresh();
    onChange();
  }

  // ---------------------------------------------------------------- ink

  /** A soft line; `from` and `to` are points {x, y} in pixels from the left and top edge. */
  function line(from, to, erase = false) {
    const radius = erase ? ERASER : pen,
      reach = radius + 0.5;
    const rows = [Math.min(from.y, to.y) - reach, Math.max(from.y, to.y) + reach];
    const columns = [Math.min(from.x, to.x) - reach, Math.max(from.x, to.x) + reach];
    const first = (at) => Math.max(0, Math.floor(at)),
      last = (at) => Math.min(side - 1, at);
    for (let row = first(rows[0]); row <= last(rows[1]); row++) {
      for (let column = first(columns[0]); column <= last(columns[1]); column++) {
        const far = distance(column + 0.5, row + 0.5, from, to),
          k = row * side + column;
        const cover = Math.min(1, Math.max(0, reach - far));
        pixels[k] = erase ? Math.min(pixels[k], 1 - cover) : Math.max(pixels[k], cover);
      }
    }
  }

  /** Puts a digit's ink where its top left corner is at (top, left), moved inside the pad; covers
   *  what is there. Returns the rectangle {top, left, bottom, right}, or null without ink. */
  function stamp(digit, top, left) {
    const crop = cropped(digit);
    if (!crop || crop.height > side || crop.width > side) return null;
    const inside = (at, size) => Math.min(side - size, Math.max(0, Math.round(at)));
    top = inside(top, crop.height);
    left = inside(left, crop.width);
    for (let k = 0; k < crop.data.length; k++) {
      const at = (top + Math.floor(k / crop.width)) * side + left + (k % crop.width);
      pixels[at] = crop.data[k] > INK ? crop.data[k] : Math.max(pixels[at], crop.data[k]);
    }
    return { top, left, bottom: top + crop.height, right: left + crop.width };
  }

  /** The digit of the tool with its middle at a point. */
  function place({ x, y }) {
    const crop = cropped(tool);
    if (crop) stamp(tool, y - crop.height / 2, x - crop.width / 2);
  }

  // ---------------------------------------------------------------- pointer

  const isDigit = () => typeof tool !== "string";
  function at(event) {
    const box = canvas.getBoundingClientRect();
    return {
      x: (side * (event.clientX - box.left)) / box.width,
      y: (side * (event.clientY - box.top)) / box.height,
    };
  }
  const inside = (value) => Math.min(side - 1, Math.max(0, Math.floor(value)));
  function pointAt({ x, y }) {
    cursor.row = inside(y);
    cursor.column = inside(x);
    onPoint({ ...cursor });
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (held || event.button === 2) return;
    event.preventDefault(); // no selection, no scrolling; focus without the keyboard's frame
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    penDown = false;
    frame.style.display = "none";
    const erase = tool === "eraser" || (event.buttons & 32) > 0; // 32: a stylus turned round
    held = { id: event.pointerId, from: at(event), before: pixels.slice(), erase };
    if (isDigit()) place(held.from);
    else line(held.from, held.from, erase);
    pointAt(held.from);
    changed();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!held) return pointAt(at(event));
    if (event.pointerId !== held.id) return;
    const between = event.getCoalescedEvents?.() ?? [];
    const points = (between.length ? between : [event]).map(at);
    if (isDigit()) {
      pixels.set(held.before);
      place(points[points.length - 1]);
    } else {
      for (const to of points) {
        line(held.from, to, held.erase);
        held.from = to;
      }
    }
    pointAt(points[points.length - 1]);
    changed();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, (event) => {
      if (event.pointerId === held?.id) held = null;
    });
  }
  canvas.addEventListener("pointerleave", () => {
    if (!held) onPoint(null);
  });

  // ---------------------------------------------------------------- keyboard

  const middleOf = ({ row, column }) => ({ x: column + 0.5, y: row + 0.5 });
  canvas.addEventListener("focus", () => {
    const byKeyboard = canvas.matches(":focus-visible") && !held;
    frame.style.display = byKeyboard ? "block" : "none";
    if (byKeyboard) onPoint({ ...cursor });
  });
  canvas.addEventListener("blur", () => {
    frame.style.display = "none";
    penDown = false;
  });
  canvas.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    const step = steps[event.key];
    if (step) {
      const from = middleOf(cursor),
        far = event.shiftKey ? 4 : 1;
      cursor.row = inside(cursor.row + far * step[0]);
      cursor.column = inside(cursor.column + far * step[1]);
      if (penDown) line(from, middleOf(cursor), tool === "eraser");
    } else if (event.key === " " && isDigit()) {
      place(middleOf(cursor));
    } else if (event.key === " ") {
      penDown = !penDown;
      if (penDown) line(middleOf(cursor), middleOf(cursor), tool === "eraser");
    } else if (event.key === "Escape" && penDown) {
      penDown = false;
    } else {
      return;
    }
    event.preventDefault();
    frame.style.display = "block";
    onPoint({ ...cursor });
    if (penDown || event.key === " ") changed();
    else refresh();
  });

  refresh();
  return {
    node,
    canvas,
    pixels,
    cursor,
    refresh,
    stamp(digit, top, left) {
      const rectangle = stamp(digit, top, left);
      changed();
      return rectangle;
    },
    isEmpty: () => !pixels.some((ink) => ink > INK),
    penIsDown: () => penDown,
    clear() {
      pixels.fill(0);
      changed();
    },
    set(ink) {
      pixels.set(ink);
      changed();
    },
    use(next) {
      tool = next;
      penDown = false;
      refresh();
    },
    point(row, column) {
      cursor.row = inside(row);
      cursor.column = inside(column);
      refresh();
    },
  };
}
