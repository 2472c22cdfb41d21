// A canvas on which real digits are placed, dragged and moved by arrow keys: what the captioners of
// chapters 5 and 15 look at. Its state is that of encdec_lib/widgets/parts/scene_canvas.py.

import { cropped, imagesFrom, INK, paint, picture } from "./drawing.js";
import { element } from "./page.js";
import { NAMES, touch, trueCaption } from "./scene_rule.js";

const numbers = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

export const EMPTY = "The canvas is empty: choose a digit from the row above to place it here.";
export const UNCLEAR =
  "No caption: seen from one digit, the subject is about as far across as it " + "is up or down.";

/** Tokens as a sentence: no space before a comma. */
export const sentence = (tokens) => tokens.join(" ").replaceAll(" ,", ",");

/** The stage and what belongs to it. `onChange()` hears of every move; `over` lies on the picture,
 *  under the digits that are held. Returns {palette, node, bar, boxes(), seen(), show(image), hint(who),
 *  start(), stop()}: the row of digits to place, the canvas, its buttons; the rectangles of the digits
 *  and the image with its noise; show() brings the page up to date. */
export function sceneStage(shared, el, { onChange, over = null }) {
  el.classList.add("bw-scenes");
  const side = shared.get("side"),
    most = shared.get("most"),
    labels = shared.get("labels");
  const images = imagesFrom(shared.get("digits"), shared.get("digit_side"));
  const inks = images.map(cropped),
    bytes = shared.get("grain");
  const grain = Float32Array.from(
    { length: side * side },
    (_, k) => (bytes.getInt8(k) / 127) * shared.get("largest_grain"),
  );

  let layout = []; // [{k, top, left, node}]: which digit, where its ink begins, its element
  let chosen = null; // the one that the buttons and the keys move
  const turn = {}; // which handwriting of a label comes next

  const place = ({ k, top, left }) => ({
    label: labels[k],
    top,
    left,
    bottom: top + inks[k].height,
    right: left + inks[k].width,
  });
  const within = (k, top, left) => ({
    k,
    top: Math.max(0, Math.min(side - inks[k].height, Math.round(top))),
    left: Math.max(0, Math.min(side - inks[k].width, Math.round(left))),
  });
  const named = (item) => NAMES[labels[item.k]];
  const places = () => layout.map(({ k, top, left }) => [k, top, left]);

  // ---------------------------------------------------------------- elements

  const canvas = picture(side, { class: "bw-scene" });
  const stage = element(
    "div",
    {
      class: "bw-stage",
      role: "group",
      "aria-label": `Canvas of ${side} by ${side} pixels`,
    },
    canvas,
    over,
  );
  const palette = NAMES.map((name, label) => {
    const shown = picture(shared.get("digit_side"), { "aria-hidden": "true" });
    paint(shown, images[labels.indexOf(label)]);
    return element(
      "button",
      {
        type: "button",
        class: "bw-digit",
        "aria-label": `place a ${name}`,
        on: { click: () => add(label) },
      },
      shown,
    );
  });
  const button = (text, click) => element("button", { type: "button", text, on: { click } });
  const remove = button("remove", () => chosen && take(chosen));
  const clear = button("clear", () => {
    set([]);
    palette[0].focus();
  });

  // ---------------------------------------------------------------- placing

  function choose(item) {
    chosen = item;
    for (const { node } of layout) node.classList.toggle("is-chosen", node === item?.node);
    remove.disabled = !item;
    remove.textContent = item ? `remove the ${named(item)}` : "remove";
  }

  function make(k, top, left) {
    const item = within(k, top, left);
    item.node = element("button", { type: "button", class: "bw-placed" });
    stage.append(item.node);
    let grip = null; // where in the digit the pointer holds it, in pixels of the canvas
    const at = ({ clientX, clientY }) => {
      const box = canvas.getBoundingClientRect();
      return [((clientY - box.top) * side) / box.height, ((clientX - box.left) * side) / box.width];
    };
    item.node.addEventListener("focus", () => choose(item));
    item.node.addEventListener("pointerdown", (event) => {
      const [y, x] = at(event);
      grip = [y - item.top, x - item.left];
      item.node.setPointerCapture(event.pointerId);
      item.node.focus();
    });
    item.node.addEventListener("pointermove", (event) => {
      if (!grip) return;
      const [y, x] = at(event);
      move(item, y - grip[0], x - grip[1]);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      item.node.addEventListener(end, () => {
        grip = null;
      });
    }
    item.node.addEventListener("keydown", (event) => {
      const step = event.shiftKey ? 4 : 1;
      const [down, across] = {
        ArrowUp: [-step, 0],
        ArrowDown: [step, 0],
        ArrowLeft: [0, -step],
        ArrowRight: [0, step],
      }[event.key] ?? [0, 0];
      if (down || across) move(item, item.top + down, item.left + across);
      else if (event.key === "Delete" || event.key === "Backspace") take(item);
      else return;
      event.preventDefault();
    });
    return item;
  }

  function move(item, top, left) {
    const { top: row, left: column } = within(item.k, top, left);
    if (row === item.top && column === item.left) return;
    Object.assign(item, { top: row, left: column });
    keep();
  }

  function add(label) {
    const own = labels.flatMap((other, k) => (other === label ? [k] : []));
    const k = own[(turn[label] ?? 0) % own.length];
    turn[label] = (turn[label] ?? 0) + 1;
    const item = make(k, ...free(k));
    layout.push(item);
    item.node.focus();
    choose(item);
    keep();
  }

  /** A place for a digit: one that touches no other and leaves a true caption, if there is one. */
  function free(k) {
    const rows = side - inks[k].height + 1,
      columns = side - inks[k].width + 1;
    const others = layout.map(place);
    const tries = Array.from(
      { length: rows * columns },
      (_, n) => (n * 389) % (rows * columns),
    ).map((n) => [Math.floor(n / columns), n % columns]);
    const fits = tries.filter(
      ([top, left]) => !others.some((other) => touch(place({ k, top, left }), other)),
    );
    return (
      fits.find(([top, left]) => trueCaption([...others, place({ k, top, left })])) ??
      fits[0] ?? [Math.floor(rows / 2), Math.floor(columns / 2)]
    );
  }

  function take(item) {
    const index = layout.indexOf(item);
    layout.splice(index, 1);
    item.node.remove();
    const next = layout[Math.min(index, layout.length - 1)];
    if (next) next.node.focus();
    else palette[0].focus();
    choose(next ?? null);
    keep();
  }

  /** Puts other digits on the canvas: a list of [k, top, left]. */
  function set(wanted) {
    for (const { node } of layout) node.remove();
    layout = [];
    for (const [k, top, left] of wanted) layout.push(make(k, top, left));
    choose(null);
    keep();
  }

  function another() {
    const random = (n) => Math.floor(n * Math.random());
    for (let tries = 0; tries < 500; tries++) {
      const drawn = Array.from({ length: 1 + random(most) }, () => {
        const k = random(labels.length);
        return {
          k,
          top: random(side - inks[k].height + 1),
          left: random(side - inks[k].width + 1),
        };
      });
      const boxes = drawn.map(place);
      const apart = boxes.every((a, i) => boxes.every((b, j) => i >= j || !touch(a, b)));
      if (apart && trueCaption(boxes)) {
        set(drawn.map(({ k, top, left }) => [k, top, left]));
        return;
      }
    }
  }

  function keep() {
    shared.set({ places: places() });
    shared.save_changes();
    onChange();
  }

  // ---------------------------------------------------------------- the picture

  /** What the model sees: ink as data/scenes.py pastes it, and the noise of this page. */
  function seen() {
    const data = new Float32Array(side * side);
    for (const { k, top, left } of layout) {
      const { data: ink, height, width } = inks[k];
      for (let r = 0; r < height; r++) {
        for (let c = 0; c < width; c++) {
          const here = (top + r) * side + left + c,
            dot = ink[r * width + c];
          data[here] = dot > INK ? dot : Math.max(data[here], dot);
        }
      }
    }
    for (let n = 0; n < data.length; n++) data[n] = Math.min(1, Math.max(0, data[n] + grain[n]));
    return { data, height: side, width: side, channels: 1 };
  }

  function show(image) {
    paint(canvas, image.data);
    for (const item of layout) {
      const { top, left, bottom, right } = place(item),
        share = (n) => `${(100 * n) / side}%`;
      Object.assign(item.node.style, {
        top: share(top),
        left: share(left),
        height: share(bottom - top),
        width: share(right - left),
      });
      item.node.setAttribute(
        "aria-label",
        `${named(item)}, rows ${top + 1} to ${bottom}, columns ${left + 1} to ${right}. ` +
          "Arrow keys move it, Delete removes it.",
      );
    }
    clear.disabled = !layout.length;
    el.dataset.places = JSON.stringify(places());
  }

  /** What no scene of the training had, or else how to move a digit. */
  function hint(who) {
    const boxes = layout.map(place);
    const touching = boxes.some((a, i) => boxes.some((b, j) => i < j && touch(a, b)));
    return [
      boxes.length > most ? `${who} trained on up to ${numbers[most] ?? most} digits.` : "",
      touching ? "Two digits touch, as in no scene of the training." : "",
      boxes.length <= most && !touching ? "Drag a digit, or move it by arrow keys." : "",
    ]
      .filter(Boolean)
      .join(" ");
  }

  const follow = () => {
    if (JSON.stringify(shared.get("places")) !== JSON.stringify(places()))
      set(shared.get("places"));
  };
  shared.on("change:places", follow);
  return {
    palette: element(
      "div",
      { class: "bw-palette", role: "group", "aria-label": "Digits to place" },
      ...palette,
    ),
    node: stage,
    bar: element("div", { class: "bw-bar" }, remove, clear, button("another scene", another)),
    boxes: () => layout.map(place),
    seen,
    show,
    hint,
    start: () => set(shared.get("places")),
    stop: () => shared.off("change:places", follow),
  };
}
