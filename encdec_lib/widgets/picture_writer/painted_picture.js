// A picture that is painted square by square, and in which a square can be pointed at.

import { element } from "../parts/page.js";

const GREEN = [0, 158, 115]; // of attention, as in every figure of the book

/** `columns`² squares of `patch`² pixels. `codes` holds the ink of every code, a byte a pixel.
 *  onHover(square | null), onKeep(square | null) hear of a square pointed at, and one chosen by a
 *  tap, a click or the keyboard; a square is its number, row by row.
 *  Returns {node, set(square, code | null), show(), tint(weights | null), frame(square | null),
 *  label(text)}; set() is seen after show(). */
export function paintedPicture({ columns, patch, codes, onHover, onKeep }) {
  const side = columns * patch;
  const canvas = element("canvas", {
    width: side,
    height: side,
    class: "bw-ink",
    tabindex: 0,
    role: "application",
  });
  const tinted = element("canvas", {
    width: columns,
    height: columns,
    class: "bw-tint",
    "aria-hidden": "true",
  });
  const mark = element("span", { class: "bw-frame", "aria-hidden": "true", hidden: "" });
  mark.style.width = mark.style.height = `${100 / columns}%`;
  const node = element("div", { class: "bw-painting" }, canvas, tinted, mark);
  const context = canvas.getContext("2d"),
    dots = context.createImageData(side, side);
  let kept = null;

  const at = ({ clientX, clientY }) => {
    const box = canvas.getBoundingClientRect();
    const cell = (distance, length) =>
      Math.max(0, Math.min(columns - 1, Math.floor((distance * columns) / length)));
    return cell(clientY - box.top, box.height) * columns + cell(clientX - box.left, box.width);
  };
  const keep = (square) => {
    kept = square;
    onKeep(square);
  };
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch") onHover(at(event));
  });
  canvas.addEventListener("pointerleave", () => onHover(null));
  canvas.addEventListener("click", (event) => keep(kept === at(event) ? null : at(event)));
  canvas.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 4 : 1,
      last = columns - 1;
    const now = kept ?? Math.floor(columns / 2) * columns + Math.floor(columns / 2);
    const [down, across] = {
      ArrowUp: [-step, 0],
      ArrowDown: [step, 0],
      ArrowLeft: [0, -step],
      ArrowRight: [0, step],
      " ": [0, 0],
      Enter: [0, 0],
    }[event.key] ?? [null];
    if (event.key === "Escape" && kept !== null) keep(null);
    else if (down === null) return;
    else {
      const within = (n) => Math.max(0, Math.min(last, n));
      const row = within(Math.floor(now / columns) + down),
        column = within((now % columns) + across);
      keep(kept === null ? now : row * columns + column);
    }
    event.preventDefault();
  });

  return {
    node,
    canvas,
    /** Paints a square with a code, or, with null, makes it a hole again. */
    set(square, code) {
      const top = Math.floor(square / columns) * patch,
        left = (square % columns) * patch;
      for (let k = 0; k < patch * patch; k++) {
        const to = 4 * ((top + Math.floor(k / patch)) * side + left + (k % patch));
        const level = code === null ? 0 : 255 - codes.getUint8(code * patch * patch + k);
        dots.data[to] = dots.data[to + 1] = dots.data[to + 2] = level;
        dots.data[to + 3] = code === null ? 0 : 255;
      }
    },
    show() {
      context.putImageData(dots, 0, 0);
    },
    /** Lays green over the squares, the more the larger their weight; null takes it away. */
    tint(weights) {
      const layer = tinted.getContext("2d");
      layer.clearRect(0, 0, columns, columns);
      if (!weights?.length) return;
      const most = Math.max(...weights),
        shade = layer.createImageData(columns, columns);
      weights.forEach((weight, square) =>
        shade.data.set([...GREEN, Math.round((190 * weight) / most)], 4 * square),
      );
      layer.putImageData(shade, 0, 0);
    },
    frame(square) {
      mark.hidden = square === null;
      if (square === null) return;
      mark.style.top = `${(100 * Math.floor(square / columns)) / columns}%`;
      mark.style.left = `${(100 * (square % columns)) / columns}%`;
    },
    /** Forgets which square was chosen here, because one in another picture was. */
    forget() {
      kept = null;
    },
    label(text) {
      canvas.setAttribute("aria-label", text);
    },
  };
}
