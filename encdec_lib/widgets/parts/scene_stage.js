// A canvas on which real digits are placed, dragged and moved by arrow keys: what the captioners of
// chapters 5 and 15 look at. Its state is that of encdec_lib/widgets/parts/scene_canvas.py.

import { button, element } from "./elements.js";
import { digitPicture, picture } from "./picture.js";
import { imagesFrom, ink, paintPixels } from "./pixels.js";
import { PlacedDigit } from "./placed_digit.js";
import { anyTouch, SceneLayout } from "./scene_layout.js";
import { aDigit, NAMES } from "./scene_rule.js";

const COUNTS = ["no", ...NAMES.slice(1)];

/**
 * The noise of the page, a signed byte a pixel in the trait `grain`.
 * @param {import("./state.js").State} state
 */
function grainOf(state) {
  const bytes = /** @type {DataView} */ (state.get("grain"));
  const largest = state.get("largest_grain");
  return Float32Array.from(
    { length: bytes.byteLength },
    (_, k) => (bytes.getInt8(k) / 127) * largest,
  );
}

export class SceneStage {
  /**
   * @param {import("./state.js").State} state
   * @param {HTMLElement} el of the widget
   * @param {object} options
   * @param {() => void} options.onChange hears of every move
   * @param {Element | null} [options.over] lies on the picture, under the digits that are held
   */
  constructor(state, el, { onChange, over = null }) {
    el.classList.add("bw-scenes");
    this.state = state;
    this.el = el;
    this.onChange = onChange;
    this.side = /** @type {number} */ (state.get("side"));
    this.most = /** @type {number} */ (state.get("most")); // digits in a scene of the training
    this.grain = grainOf(state);
    const images = imagesFrom(state.get("digits"), state.get("digit_side"));
    this.layout = new SceneLayout({ side: this.side, images, labels: state.get("labels") });
    /** @type {PlacedDigit[]} */
    this.digits = [];
    /** @type {PlacedDigit | null} the one that the buttons and the keys move */
    this.chosen = null;
    /** @type {Map<number, number>} which handwriting of a label comes next */
    this.turns = new Map();

    this.canvas = picture(this.side, { class: "bw-scene" });
    this.node = element(
      "div",
      {
        class: "bw-stage bw-pointed",
        role: "group",
        "aria-label": `Canvas of ${this.side} by ${this.side} pixels`,
      },
      this.canvas,
      over,
    );
    this.choices = this.makeChoices(images);
    this.palette = element(
      "div",
      { class: "bw-palette", role: "group", "aria-label": "Digits to place" },
      ...this.choices,
    );
    this.removeButton = button("remove", () => this.chosen && this.take(this.chosen));
    this.clearButton = button("clear", () => {
      this.set([]);
      this.choices[0].focus();
    });
    const another = button("another scene", () => this.setAtRandom());
    this.bar = element("div", { class: "bw-bar" }, this.removeButton, this.clearButton, another);
  }

  /**
   * A button for each digit, which places one.
   * @param {Float32Array[]} images
   */
  makeChoices(images) {
    const { labels } = this.layout;
    return NAMES.map((_, label) =>
      element(
        "button",
        {
          type: "button",
          class: "bw-digit",
          "aria-label": `place ${aDigit(label)}`,
          on: { click: () => this.add(label) },
        },
        digitPicture(images[labels.indexOf(label)]),
      ),
    );
  }

  /** Begins with what lies on the canvas, and follows a live kernel. */
  start() {
    this.state.follow(["places"], () => {
      const wanted = this.state.get("places");
      if (JSON.stringify(wanted) !== JSON.stringify(this.places())) this.set(wanted);
    });
    this.set(this.state.get("places"));
  }

  /** What lies there, as the trait `places` holds it. */
  places() {
    return this.digits.map(({ k, top, left }) => [k, top, left]);
  }

  boxes() {
    return this.digits.map((digit) => this.layout.box(digit));
  }

  /** What the model sees: the ink, and the noise of this page. */
  seen() {
    const data = this.layout
      .drawn(this.digits)
      .map((dot, n) => Math.min(1, Math.max(0, dot + this.grain[n])));
    return { data, height: this.side, width: this.side, channels: 1 };
  }

  /** @param {PlacedDigit | null} digit */
  choose(digit) {
    this.chosen = digit;
    for (const one of this.digits) one.node.classList.toggle("is-chosen", one === digit);
    this.removeButton.disabled = !digit;
    this.removeButton.textContent = digit ? `remove the ${digit.name}` : "remove";
  }

  /**
   * Puts one more digit on the canvas.
   * @param {import("./scene_layout.js").Placed} placed
   */
  put({ k, top, left }) {
    const name = NAMES[this.layout.labels[k]];
    const digit = new PlacedDigit(this.layout.within(k, top, left), name, this.canvas, {
      onChoose: (one) => this.choose(one),
      onMove: (one, row, column) => this.move(one, row, column),
      onTake: (one) => this.take(one),
    });
    this.node.append(digit.node);
    this.digits.push(digit);
    return digit;
  }

  /** @param {PlacedDigit} digit @param {number} top @param {number} left */
  move(digit, top, left) {
    const to = this.layout.within(digit.k, top, left);
    if (to.top === digit.top && to.left === digit.left) return;
    Object.assign(digit, to);
    this.keep();
  }

  /** @param {number} label */
  add(label) {
    const own = this.layout.labels.flatMap((other, k) => (other === label ? [k] : []));
    const turn = this.turns.get(label) ?? 0;
    this.turns.set(label, turn + 1);
    const digit = this.put(this.layout.free(own[turn % own.length], this.digits));
    digit.node.focus();
    this.choose(digit);
    this.keep();
  }

  /** @param {PlacedDigit} digit */
  take(digit) {
    const index = this.digits.indexOf(digit);
    this.digits.splice(index, 1);
    digit.node.remove();
    const next = this.digits[Math.min(index, this.digits.length - 1)] ?? null;
    (next?.node ?? this.choices[0]).focus();
    this.choose(next);
    this.keep();
  }

  /**
   * Puts other digits on the canvas.
   * @param {number[][]} wanted a list of [k, top, left]
   */
  set(wanted) {
    for (const { node } of this.digits) node.remove();
    this.digits = [];
    for (const [k, top, left] of wanted) this.put({ k, top, left });
    this.choose(null);
    this.keep();
  }

  setAtRandom() {
    const drawn = this.layout.random(this.most);
    if (drawn) this.set(drawn.map(({ k, top, left }) => [k, top, left]));
  }

  keep() {
    this.state.keep({ places: this.places() });
    this.onChange();
  }

  /** Brings the page up to date. @param {{data: Float32Array}} image of seen() */
  show({ data }) {
    paintPixels(this.canvas, data, ink);
    for (const digit of this.digits) digit.show(this.layout.box(digit), this.side);
    this.clearButton.disabled = !this.digits.length;
    this.el.dataset.places = JSON.stringify(this.places());
  }

  /**
   * What no scene of the training had, or else how to move a digit.
   * @param {string} who such as "The model was"
   */
  hint(who) {
    const boxes = this.boxes();
    const { most } = this;
    const said = [];
    if (boxes.length > most) said.push(`${who} trained on up to ${COUNTS[most] ?? most} digits.`);
    if (anyTouch(boxes)) said.push("Two digits touch, as in no scene of the training.");
    return said.join(" ") || "Drag a digit, or move it by arrow keys.";
  }
}
