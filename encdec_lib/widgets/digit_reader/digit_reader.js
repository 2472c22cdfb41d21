// Chapter 14: draw a digit, and Vision Transformers with patches of several sizes read it as it is
// drawn. What is on the sheet is what they read, pixel by pixel.

import { looks } from "../../web/engine/vit.js";
import { announcer } from "../parts/announcer.js";
import { choice } from "../parts/choices.js";
import { classBars } from "../parts/class_bars.js";
import { Pad } from "../parts/drawing.js";
import { button, eachFrame, element, prepare } from "../parts/elements.js";
import { middle, normalised } from "../parts/handwriting.js";
import { largest, patchMap, whereIs } from "../parts/patch_map.js";
import { digitPicture } from "../parts/picture.js";
import { imagesFrom } from "../parts/pixels.js";
import { aDigit, NAMES } from "../parts/scene_rule.js";
import { stateOf } from "../parts/state.js";
import { orOwn } from "../parts/trainer/lent.js";
import { percent } from "../parts/weight_cells.js";
import { DigitModels } from "./digit_models.js";
import { ownViT } from "./own_vit.js";
import { FAINT, spread, unlike, usual } from "./placement.js";

const PEN = 1.4 / 28; // radius that makes strokes as wide as MNIST's: 2.6 of 28 pixels in the median
const EMPTY = "Draw a digit on the sheet, or choose one above.";
/** @type {["last" | "rollout" | "none", string][]} */
const LOOKS = [
  ["last", "top layer"],
  ["rollout", "rollout"],
  ["none", "hide"],
];

class DigitReader {
  /** @param {import("../parts/state.js").Host} host */
  constructor({ model, el }) {
    const id = prepare(el, "digits");
    el.classList.add("bw-looking");
    this.el = el;
    this.state = stateOf(model);
    this.side = /** @type {number} */ (this.state.get("side"));
    /** @type {number} side of the images that the sheet is cut out of */
    this.whole = this.state.get("whole") ?? this.side;
    this.usual = usual(this.side, this.whole);
    /** @type {number[]} */
    this.sizes = this.state.get("patches");
    this.models = new DigitModels(this.state.get("models"), this.side);
    this.images = imagesFrom(this.state.get("digits"), this.side);
    /** @type {number} which image is on the sheet; −1 once it is changed */
    this.example = this.state.get("start");
    /** @type {{row: number, column: number} | null} */
    this.pointed = null;
    this.soon = eachFrame(() => this.draw());
    this.map = patchMap();
    this.pad = this.makePad();
    this.box = element("i", { class: "bw-box", "aria-hidden": "true" });
    this.box.style.inset = `${50 * (1 - this.usual.box)}%`;
    this.pad.canvas.after(this.map.node, this.box);
    this.thumbs = this.makeThumbs();
    this.clear = button("clear", () => this.pad.clear());
    this.centre = button("centre and scale", () => this.centreInk());
    this.hint = element("p", { class: "bw-hint bw-unlike" });
    this.bars = classBars(NAMES.length);
    this.result = element("p", { class: "bw-result" });
    this.patches = choice(
      `${id}-patch`,
      "Patches of",
      this.sizes.map((size) => [size, `${size}×${size}`]),
      (patch) => this.change({ patch }),
    );
    this.looked = choice(`${id}-look`, "Where it looks", LOOKS, (look) => this.change({ look }));
    this.reading = element("p", { class: "bw-reading" });
    this.voice = announcer(400);
    this.assemble();
  }

  makePad() {
    return new Pad({
      side: this.side,
      pen: PEN * this.whole,
      label:
        `Sheet of ${this.side} by ${this.side} pixels to draw a digit on. Arrow keys move the ` +
        "pen, the space bar sets it down or lifts it.",
      onChange: () => {
        this.example = -1;
        this.soon();
      },
      onPoint: (at) => {
        this.pointed = at;
        this.soon();
      },
    });
  }

  makeThumbs() {
    const labels = this.state.get("labels");
    return this.images.map((ink, k) =>
      element(
        "button",
        {
          type: "button",
          class: "bw-digit",
          "aria-label": `${NAMES[labels[k]]} of the test set`,
          on: { click: () => this.put(ink, k) },
        },
        digitPicture(ink),
      ),
    );
  }

  assemble() {
    const { pad, clear, centre, hint, result, bars } = this;
    this.el.append(
      element(
        "div",
        { class: "bw-thumbs", role: "group", "aria-label": "Digits to begin with" },
        ...this.thumbs,
      ),
      element(
        "div",
        { class: "bw-desk" },
        element("div", {}, pad.node, element("div", { class: "bw-bar" }, clear, centre), hint),
        element("div", {}, result, bars.node),
      ),
      this.patches.node,
      this.looked.node,
      this.reading,
      this.voice.node,
    );
  }

  /** Begins, and returns what ends it. */
  start() {
    this.state.follow(["patch", "look"], this.soon);
    this.state.atEnd(this.soon.cancel, this.voice.stop);
    if (this.example >= 0) this.put(this.images[this.example], this.example);
    this.draw();
    return this.state.stop;
  }

  /** @param {Record<string, unknown>} changes */
  change(changes) {
    this.state.keep(changes);
    this.soon();
  }

  /**
   * @param {Float32Array} ink
   * @param {number} k which image it is; −1 if none
   */
  put(ink, k) {
    this.pad.set(ink);
    this.example = k;
  }

  centreInk() {
    const clean = this.pad.pixels.map((dot) => (dot < FAINT ? 0 : dot));
    const image = normalised(clean, this.side, this.whole);
    this.put(image ? middle(image, this.whole, this.side) : clean, -1);
  }

  draw() {
    const empty = this.pad.isEmpty();
    const k = Math.max(0, this.sizes.indexOf(this.state.get("patch")));
    const answer = empty ? null : this.models.answer(k, this.pad.pixels);
    this.patches.show(this.sizes[k]);
    this.thumbs.forEach((thumb, n) => {
      thumb.setAttribute("aria-pressed", String(n === this.example));
    });
    this.clear.disabled = empty;
    this.centre.disabled = empty;
    this.showPlacement(empty);
    this.bars.show(answer);
    this.result.textContent = answer
      ? `It reads ${aDigit(answer.top)}: ${percent(answer.shares[answer.top])}.`
      : EMPTY;
    this.showLook(k, answer);
    Object.assign(this.el.dataset, {
      patch: this.sizes[k],
      said: answer ? answer.top : "",
      shares: answer ? JSON.stringify([...answer.shares]) : "",
    });
    this.voice.say(() => this.compare(empty)); // once the reader stops drawing
  }

  /** @param {boolean} empty */
  showPlacement(empty) {
    const told = spread(this.pad.pixels, this.side);
    const odd = told ? unlike(told, this.usual) : "";
    this.box.hidden = Boolean(told) && !odd;
    this.hint.textContent = odd || (empty ? "The training digits fill the dashed box." : "");
  }

  /**
   * Where the classifier looks, over the sheet and in words.
   * @param {number} k which model
   * @param {ReturnType<DigitModels["answer"]> | null} answer
   */
  showLook(k, answer) {
    const look = this.state.get("look");
    const size = this.sizes[k];
    const columns = this.side / size;
    const model = this.models.models[k];
    const seen = answer && look !== "none" ? looks(answer.encoding, model, look) : null;
    const here = this.pointed
      ? Math.floor(this.pointed.row / size) * columns + Math.floor(this.pointed.column / size)
      : null;
    this.looked.show(look);
    this.map.draw(seen?.shares ?? null, columns);
    this.map.mark(seen ? here : null);
    this.el.dataset.look = look;
    const patches = columns === 1 ? "1 patch" : `${columns ** 2} patches`;
    const said = [`${patches} of ${size}×${size} pixels.`];
    if (seen) {
      const how = look === "rollout" ? "By rollout" : "In the top layer";
      const most = largest(seen.shares, columns);
      said.push(
        seen.own === null
          ? `${how} the patches look most at ${most}, on average.`
          : `${how} the class token looks most at ${most}, and at itself ${percent(seen.own)}.`,
        here === null
          ? "The largest share is the darkest green."
          : `Here, ${whereIs(here, columns)}: ${percent(seen.shares[here])}.`,
      );
    }
    this.reading.textContent = said.join(" ");
  }

  /**
   * Writes what every model reads beside its patch size. Returns what is to be said.
   * @param {boolean} empty
   */
  compare(empty) {
    for (const [n, size] of this.sizes.entries()) {
      const other = empty ? null : this.models.answer(n, this.pad.pixels);
      const note = other ? `: ${other.top} (${percent(other.shares[other.top])})` : "";
      this.patches.texts[n].textContent = `${size}×${size}${note}`;
    }
    return this.result.textContent;
  }
}

export default {
  /** @param {import("../parts/state.js").Host} host */
  render: (host) => orOwn(host, ownViT(host.model), (one) => new DigitReader(one).start()),
};
