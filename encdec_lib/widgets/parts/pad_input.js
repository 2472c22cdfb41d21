// How a drawing pad follows the pointer and the keyboard.

import { holdable } from "./dragging.js";

/** @typedef {import("./drawing.js").Pad} Pad */
/** @typedef {import("./ink.js").Point} Point */

/** @type {Record<string, [number, number]>} rows down and columns to the right */
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const STYLUS_TURNED = 32; // a bit of event.buttons

/**
 * Draws while the pointer is down; a digit follows it until it is let go.
 * @param {Pad} pad
 */
export function followPointer(pad) {
  const { canvas, side } = pad;
  /** @type {{id: number, from: Point, before: Float32Array, erase: boolean} | null} */
  let held = null;
  holdable(canvas);

  /** @param {PointerEvent} event */
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return {
      x: (side * (event.clientX - box.left)) / box.width,
      y: (side * (event.clientY - box.top)) / box.height,
    };
  };
  /** @param {Point} point */
  const pointAt = (point) => {
    pad.moveTo(point);
    pad.tellPoint();
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (held || event.button === 2) return;
    event.preventDefault(); // no selection, no scrolling; focus without the keyboard's frame
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    pad.penDown = false;
    pad.showCursor(false);
    const from = at(event);
    const erase = pad.tool === "eraser" || (event.buttons & STYLUS_TURNED) > 0;
    held = { id: event.pointerId, from, before: pad.pixels.slice(), erase };
    if (typeof pad.tool === "string") pad.line(from, from, erase);
    else pad.place(from);
    pointAt(from);
    pad.changed();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!held) return pointAt(at(event));
    if (event.pointerId !== held.id) return;
    const between = event.getCoalescedEvents?.() ?? [];
    const points = (between.length ? between : [event]).map(at);
    const last = points[points.length - 1];
    if (typeof pad.tool === "string") {
      for (const to of points) {
        pad.line(held.from, to, held.erase);
        held.from = to;
      }
    } else {
      pad.pixels.set(held.before);
      pad.place(last);
    }
    pointAt(last);
    pad.changed();
  });
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
    canvas.addEventListener(end, (event) => {
      if (event.pointerId === held?.id) held = null;
    });
  }
  canvas.addEventListener("pointerleave", () => {
    if (!held) pad.onPoint(null);
  });
}

/**
 * Arrow keys move the cursor (with Shift by four); the space bar sets the pen down or lifts it, or
 *  places the digit of the tool.
 * @param {Pad} pad
 */
export function followKeys(pad) {
  const { canvas, cursor } = pad;
  const here = () => ({ x: cursor.column + 0.5, y: cursor.row + 0.5 });

  canvas.addEventListener("focus", () => {
    const byKeyboard = canvas.matches(":focus-visible");
    pad.showCursor(byKeyboard);
    if (byKeyboard) pad.tellPoint();
  });
  canvas.addEventListener("blur", () => {
    pad.showCursor(false);
    pad.penDown = false;
  });
  canvas.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step) {
      const from = here();
      const far = event.shiftKey ? 4 : 1;
      pad.moveTo({ x: from.x + far * step[1], y: from.y + far * step[0] });
      if (pad.penDown) pad.line(from, here());
    } else if (event.key === " " && typeof pad.tool !== "string") {
      pad.place(here());
    } else if (event.key === " ") {
      pad.penDown = !pad.penDown;
      if (pad.penDown) pad.line(here(), here());
    } else if (event.key === "Escape" && pad.penDown) {
      pad.penDown = false;
    } else {
      return;
    }
    event.preventDefault();
    pad.showCursor(true);
    pad.tellPoint();
    if (pad.penDown || event.key === " ") pad.changed();
    else pad.refresh();
  });
}
