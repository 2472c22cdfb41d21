// Chapter 2: the reader draws, and two U-Nets give every pixel its class while he draws, one with
// skip connections and one without. Everything is computed in the page.

import { argmax, softmax } from "../../web/engine/arithmetic.js";
import { loadModel } from "../../web/engine/engine.js";
import { announcer } from "../parts/announcer.js";
import { Pad } from "../parts/drawing.js";
import { button, eachFrame, element, prepare } from "../parts/elements.js";
import { imagesFrom } from "../parts/pixels.js";
import { slider } from "../parts/slider.js";
import { stateOf } from "../parts/state.js";
import { classMap, pixelFrame } from "./class_map.js";
import { classTable } from "./class_table.js";
import { drawingTools } from "./drawing_tools.js";
import { normals } from "./grain.js";
import { classesOf } from "./segments.js";

/** @typedef {import("./class_map.js").Pixel} Pixel */

const MODELS = [
  { key: "with_skips", name: "With skips" },
  { key: "without_skips", name: "Without skips" },
];
const NAMES = MODELS.map(({ name }) => name);
const EMPTY = "Draw a digit or place one: there is none yet.";
const MOST_NOISE = 0.4;

/**
 * "#0072b2" as [0, 114, 178].
 * @param {string} color
 */
const rgbOf = (color) => [1, 3, 5].map((k) => parseInt(color.slice(k, k + 2), 16));

class Segmenter {
  /** @param {import("../parts/state.js").Host} host */
  constructor({ model, el }) {
    const id = prepare(el, "segmenter");
    this.el = el;
    this.state = stateOf(model);
    this.side = /** @type {number} */ (this.state.get("side"));
    this.scenes = imagesFrom(this.state.get("scenes"), this.side);
    this.models = MODELS.map(({ key }) => loadModel(this.state.get(key)));
    this.grain = normals(this.side ** 2);
    /** @type {import("./segments.js").Image[] | null} what each model says; null of an empty canvas */
    this.logits = null;
    /** @type {Pixel} */
    this.pointed = { row: 0, column: 0 };
    this.found = ""; // in words, for a screen reader
    this.soon = eachFrame(() => this.draw());
    this.pad = this.makePad();
    const digits = imagesFrom(this.state.get("digits"), this.state.get("digit_side"));
    this.tools = drawingTools(this.pad, digits, this.state.get("labels"));
    this.spot = pixelFrame(this.side); // where a map is pointed at
    this.spot.node.hidden = true;
    this.pad.node.append(this.spot.node);
    /** @type {string[]} */
    const colors = this.state.get("colors");
    this.maps = MODELS.map((one) =>
      classMap({
        ...one,
        side: this.side,
        colors: colors.map(rgbOf),
        onPoint: (pixel) => this.point(pixel, true),
      }),
    );
    this.table = classTable(NAMES, colors);
    this.noise = slider(`${id}-noise`, {
      label: "Noise",
      min: 0,
      max: MOST_NOISE,
      step: 0.02,
      onInput: (noise) => this.state.keep({ noise }),
    });
    this.hint = element("span", { class: "bw-empty" });
    this.voice = announcer();
    el.append(this.tools.node, this.figures(), this.bar(), this.table.node, this.voice.node);
  }

  makePad() {
    return new Pad({
      side: this.side,
      label:
        `Canvas of ${this.side} by ${this.side} pixels. Arrow keys move the cursor, with Shift by ` +
        "four pixels. The space bar sets the pen down or lifts it, or places the chosen digit.",
      view: (ink) => this.read(ink),
      onChange: this.soon,
      onPoint: (pixel) => pixel && this.point(pixel, false),
    });
  }

  figures() {
    const caption = element("figcaption", {}, element("b", { text: "Your canvas" }), this.hint);
    return element(
      "div",
      { class: "bw-maps" },
      element("figure", { class: "is-drawn" }, this.pad.node, caption),
      ...this.maps.map(({ node }) => node),
    );
  }

  bar() {
    const count = this.scenes.length;
    const another = button(count > 1 ? "another scene" : "the scene", () => {
      this.state.keep({ scene: (this.state.get("scene") + 1) % count });
      this.openScene();
    });
    const { label, input, output } = this.noise;
    return element(
      "div",
      { class: "bw-bar" },
      button("clear", () => this.pad.clear()),
      count ? another : null,
      element("span", { class: "bw-noise" }, label, input, output),
    );
  }

  /** Begins, and returns what ends it. */
  start() {
    this.state.follow(["noise"], () => {
      this.pad.refresh();
      this.soon();
    });
    this.state.follow(["scene"], () => this.openScene());
    this.state.atEnd(this.soon.cancel, this.voice.stop);
    this.tools.choose("pen");
    this.openScene();
    const darkest = argmax(this.pad.pixels);
    this.pointed = { row: Math.floor(darkest / this.side), column: darkest % this.side };
    this.draw();
    return this.state.stop;
  }

  openScene() {
    const number = this.state.get("scene");
    if (number >= 0) this.pad.set(this.scenes[number]);
    else this.pad.clear();
  }

  /**
   * The ink with the noise of the page: what the models read.
   * @param {Float32Array} ink
   */
  read(ink) {
    const noise = this.state.get("noise");
    if (!noise) return ink;
    return ink.map((dot, k) => Math.min(1, Math.max(0, dot + noise * this.grain[k])));
  }

  /** Both maps; nothing is computed of an empty canvas. */
  draw() {
    const { side, pad } = this;
    const noise = this.state.get("noise");
    const empty = pad.isEmpty();
    this.noise.show(noise, `±${noise.toFixed(2)}`);
    this.hint.textContent = empty ? EMPTY : "";
    const source = { data: this.read(pad.pixels), height: side, width: side, channels: 1 };
    const logits = empty ? null : this.models.map((one) => one.paint(one.encode(source)));
    this.logits = logits;
    const said = this.maps.map((map, m) => {
      const words = map.show(logits && classesOf(logits[m]));
      return `${NAMES[m]}, ${words}.`;
    });
    this.found = empty ? EMPTY : said.join(" ");
    this.showPixel();
    this.speak();
  }

  /**
   * @param {Pixel} pixel
   * @param {boolean} onMap whether it is a map that is pointed at, not the canvas
   */
  point(pixel, onMap) {
    this.pointed = pixel;
    this.spot.node.hidden = !onMap;
    this.showPixel();
  }

  /** The distribution of the pixel that is pointed at, from both models. */
  showPixel() {
    this.el.classList.toggle("is-empty", !this.logits);
    if (!this.logits) return;
    const { row, column } = this.pointed;
    for (const { moveTo } of [this.spot, ...this.maps.map(({ frame }) => frame)]) {
      moveTo(this.pointed);
    }
    const p = row * this.side + column;
    const shares = this.logits.map(({ data, channels }) =>
      softmax(data.subarray(p * channels, (p + 1) * channels)),
    );
    this.table.show(this.pointed, shares);
    this.speak();
  }

  /** Says what was found, and the pixel where the reader stands on the canvas. */
  speak() {
    this.voice.say(() => {
      const onCanvas = this.logits && document.activeElement === this.pad.canvas;
      return onCanvas ? `${this.found} ${this.table.inWords()}` : this.found;
    });
  }
}

export default {
  /** @param {import("../parts/state.js").Host} host */
  render: (host) => new Segmenter(host).start(),
};
