// Chapter 16: a caption put together, and the pictures that a decoder-only model paints for it,
// square by square. Model, random numbers and pictures are all computed in the page.

import { EOS, loadModel } from "../../web/engine/engine.js";
import { announcer } from "../parts/announcer.js";
import { Codebook } from "../parts/codebook.js";
import { button, eachFrame, element, prepare } from "../parts/elements.js";
import { depthOf } from "../parts/exported.js";
import { Painter } from "../parts/painter.js";
import { stateOf } from "../parts/state.js";
import { vocabulary } from "../parts/tokens.js";
import { captionChoice } from "./caption_choice.js";
import { lookedAt } from "./looked_at.js";
import { PaintedPicture } from "./painted_picture.js";
import { paintingDials } from "./painting_dials.js";
import { percent, squareDetails } from "./square_details.js";

const SLICE = 10; // milliseconds of painting in one frame

/** @typedef {{picture: number, square: number}} Place */

class PictureWriter {
  /** @param {import("../parts/state.js").Host} host */
  constructor({ model, el }) {
    const id = prepare(el, "writer");
    this.el = el;
    this.state = stateOf(model);
    this.columns = /** @type {number} */ (this.state.get("columns"));
    this.lanes = /** @type {number} */ (this.state.get("pictures"));
    this.cells = this.columns ** 2;
    this.words = vocabulary(this.state.get("symbols"));
    this.codebook = new Codebook(this.state.get("codes"), this.state.get("patch"));
    this.painter = new Painter(loadModel(this.state.get("model")), this.lanes, this.cells);
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.frame = 0; // of the animation
    /** @type {string[]} */
    this.caption = [];
    /** @type {Place | null} */
    this.hovered = null;
    /** @type {Place | null} */
    this.kept = null;
    /** @type {Place | null} what the panel shows when the pointer has left, so that nothing jumps */
    this.last = null;
    this.explained = false; // whether the panel tells about a square that is painted
    this.told = ""; // its words
    this.soon = eachFrame(() => this.explain());
    this.anew = eachFrame(() => this.begin());

    this.composer = captionChoice({
      text: this.state.get("text"),
      seen: this.state.get("relations"),
      others: this.state.get("others"),
      onChange: (text) => this.change({ text }),
    });
    this.unseen = element("p", {
      class: "bw-hint bw-unseen",
      text: "No caption of the training says it like this.",
    });
    /** @type {string[]} */
    const examples = this.state.get("examples");
    this.examples = examples.map((text) =>
      button(text, () => this.change({ text }), { class: "bw-example" }),
    );
    this.dials = paintingDials(id, {
      codes: this.painter.codes,
      topK: this.state.get("top_k"),
      lanes: this.lanes,
      onChange: (change) => this.change(change),
    });
    this.pictures = Array.from({ length: this.lanes }, (_, n) => this.makePicture(n));
    this.status = element("p", { class: "bw-hint bw-status" });
    this.details = squareDetails(id, {
      layers: depthOf(this.state.get("model")),
      codebook: this.codebook,
      onLayer: this.soon,
    });
    this.voice = announcer();
    this.assemble();
  }

  assemble() {
    const tries = element("p", { class: "bw-examples" }, element("span", { text: "or try" }));
    tries.append(...this.examples);
    this.el.append(this.composer.node, this.unseen);
    if (this.examples.length > 1) this.el.append(tries);
    this.el.append(
      this.dials.node,
      element("div", { class: "bw-pictures" }, ...this.pictures.map(({ node }) => node)),
      this.status,
      this.details.node,
      this.voice.node,
    );
    this.el.style.setProperty("--pictures", String(this.lanes));
  }

  /** @param {number} n */
  makePicture(n) {
    return new PaintedPicture({
      columns: this.columns,
      codebook: this.codebook,
      onHover: (square) => {
        this.hovered = square === null ? null : { picture: n, square };
        this.soon();
      },
      onKeep: (square) => this.keep(n, square),
    });
  }

  /** Begins, and returns what ends it. */
  start() {
    this.state.follow(["text", "temperature", "top_k", "seed"], this.anew);
    const stopPainting = () => cancelAnimationFrame(this.frame);
    this.state.atEnd(this.soon.cancel, this.anew.cancel, stopPainting, this.voice.stop);
    this.begin();
    this.explain();
    return this.state.stop;
  }

  /** @param {Record<string, unknown>} changes */
  change(changes) {
    this.state.keep(changes);
    this.anew();
  }

  /**
   * Keeps a square of picture n chosen, or lets it go.
   * @param {number} n
   * @param {number | null} square
   */
  keep(n, square) {
    this.kept = square === null ? null : { picture: n, square };
    for (const [other, picture] of this.pictures.entries()) if (other !== n) picture.forget();
    if (square === null) {
      this.hovered = null;
      this.last = null;
    }
    this.soon();
    this.speak();
  }

  /** Begins all pictures again, with what is chosen now. */
  begin() {
    cancelAnimationFrame(this.frame);
    const text = this.state.get("text");
    const temperature = this.state.get("temperature");
    const topK = this.state.get("top_k");
    const seed = this.state.get("seed");
    const ends = this.state.get("ends");
    const words = text.split(" ");
    const ids = this.words.encode(words);
    this.composer.text = text;
    this.unseen.hidden = !this.composer.unseen;
    this.dials.show({ temperature, top_k: topK, seed });
    for (const example of this.examples) {
      example.setAttribute("aria-pressed", String(example.textContent === text));
    }
    this.caption = ends ? [...words, "end"] : words;
    this.painter.begin(ends ? [...ids, EOS] : ids, { temperature, topK, seed });
    this.explained = false;
    this.soon();
    const size = `${this.columns} rows of ${this.columns} squares`;
    for (const [n, picture] of this.pictures.entries()) {
      const name = `Picture ${n + 1} of ${this.lanes}: ${text}`;
      picture.label(`${name}. ${size}. Arrow keys choose one.`);
      for (let square = 0; square < this.cells; square++) picture.set(square, null);
    }
    Object.assign(this.el.dataset, { text, done: 0, tokens: "" });
    this.paint();
  }

  /** Paints as many squares as one frame has time for. */
  paint() {
    const { painter } = this;
    painter.work(SLICE, (n, square, code) => this.pictures[n].set(square, code));
    const many = this.lanes === 1 ? "" : ` in each of ${this.lanes} pictures`;
    if (painter.finished) {
      const time = `${(painter.worked / 1000).toFixed(1)} s of computing in this page.`;
      this.status.textContent = `${this.cells} squares${many}, one after another: ${time}`;
      this.el.dataset.tokens = JSON.stringify(painter.painted.map((tokens) => [...tokens]));
      this.speak();
    } else {
      this.status.textContent = `${painter.done} of ${this.cells} squares${many} …`;
      this.frame = requestAnimationFrame(() => this.paint());
    }
    if (painter.finished || !this.still.matches) {
      for (const picture of this.pictures) picture.show();
    }
    this.el.dataset.done = String(painter.done);
    const chosen = this.hovered ?? this.kept ?? this.last;
    if (chosen && !this.explained && chosen.square < painter.done) this.soon(); // painted just now
  }

  /** Tells about the square that is pointed at, or was chosen. */
  explain() {
    const marked = this.hovered ?? this.kept;
    const chosen = marked ?? this.last;
    this.last = chosen;
    for (const [n, picture] of this.pictures.entries()) {
      picture.frame(marked?.picture === n ? marked.square : null);
      picture.tint(null);
    }
    this.el.dataset.square = chosen ? `${chosen.picture},${chosen.square}` : "";
    this.explained = chosen !== null && chosen.square < this.painter.done;
    if (!chosen) this.told = this.details.showIdle();
    else if (this.explained) this.told = this.tell(chosen, marked !== null);
    else this.told = this.details.show(`${this.whereIs(chosen)} Not painted yet.`, null);
  }

  /** @param {Place} place */
  whereIs({ picture, square }) {
    const row = 1 + Math.floor(square / this.columns);
    const which = this.lanes > 1 ? `Picture ${picture + 1}, row` : "Row";
    return `${which} ${row}, column ${1 + (square % this.columns)}.`;
  }

  /**
   * What the model expected of a square that is painted, and where it looked. Returns it in words.
   * @param {Place} place
   * @param {boolean} marked whether the picture shows where it looked
   */
  tell(place, marked) {
    const { picture, square } = place;
    const { maps, ...expected } = this.painter.again(picture, square);
    const { looked, before, weights } = lookedAt(maps, {
      square,
      caption: this.caption,
      layer: this.details.layer,
    });
    if (marked) this.pictures[picture].tint(before);
    this.el.dataset.looked = JSON.stringify(weights);
    return this.details.show(this.whereIs(place), { ...expected, looked });
  }

  /** Says for a screen reader what is there. */
  speak() {
    this.voice.say(() => {
      if (this.kept) return this.told;
      if (!this.painter.finished) return null;
      const warning = this.composer.unseen ? ` ${this.unseen.textContent}` : "";
      const inked = this.painter.inkOf(this.codebook).map(percent).join(", ");
      return `Painted: ${this.state.get("text")}.${warning} Ink: ${inked}.`;
    });
  }
}

export default {
  /** @param {import("../parts/state.js").Host} host */
  render: (host) => new PictureWriter(host).start(),
};
