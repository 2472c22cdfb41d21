// Chapter 12: type a source, read the Transformer's answer, see who looks where in each attention.

import { loadModel } from "../../web/engine/engine.js";
import { announcer } from "../parts/announcer.js";
import { choice } from "../parts/choices.js";
import { eachFrame, element, prepare } from "../parts/elements.js";
import { depthOf } from "../parts/exported.js";
import { HeadPictures, weightsOf } from "../parts/head_pictures.js";
import { ruleOf } from "../parts/reading.js";
import { stateOf } from "../parts/state.js";
import { acceptedFor, vocabulary } from "../parts/tokens.js";
import { orOwn } from "../parts/trainer/lent.js";
import { fitCells } from "../parts/weight_cells.js";
import { legend } from "../parts/word_field.js";
import { ABOUT, IDLE, NAMES } from "./attention_names.js";
import { mapGrid } from "./map_grid.js";
import { viewOf } from "./map_view.js";
import { sentence, sumsInWords } from "./map_words.js";
import { answerOf } from "./model_answer.js";
import { OWN } from "./own_transformer.js";
import { sourceField, unitOf } from "./source_field.js";

/** @typedef {import("../parts/grid_focus.js").Position} Position */
/** @typedef {import("./map_view.js").Attention} Attention */

class TransformerExplorer {
  /** @param {import("../parts/state.js").Host} host */
  constructor({ model, el }) {
    const id = prepare(el, "transformer");
    el.classList.add("bw-words");
    this.el = el;
    this.state = stateOf(model);
    this.source = vocabulary(this.state.get("source_symbols"));
    this.rule = ruleOf(this.state, "reading");
    this.target = vocabulary(this.state.get("target_symbols"));
    this.model = loadModel(this.state.get("model"));
    /** @type {import("./model_answer.js").ModelAnswer | null} */
    this.answered = null;
    /** @type {import("./map_view.js").View | null} */
    this.view = null;
    /** @type {ReturnType<typeof mapGrid> | null} */
    this.grid = null;
    /** @type {Position | null} the cell of the grid that stays lit */
    this.kept = null;
    this.soon = eachFrame(() => this.draw());
    this.field = this.makeField(id);
    const { attentions, layers } = this.makeChoices(id);
    this.attentions = attentions;
    this.layers = layers;
    this.pictures = new HeadPictures(id, {
      onChoose: (head) => this.change({ head }),
      onRow: (head, row) => this.pointAtPicture(head, row),
    });
    this.answers = element("div", { class: "bw-answers" });
    this.about = element("p", { class: "bw-hint bw-about" });
    this.reading = element("p", { class: "bw-reading" });
    this.picture = element("div", { class: "bw-picture" });
    this.sums = element("p", { class: "bw-hint bw-sums" });
    this.result = element(
      "div",
      { class: "bw-result" },
      this.answers,
      this.attentions.node,
      this.layers.node,
      this.about,
      this.pictures.node,
      this.reading,
      this.picture,
      this.sums,
    );
    this.voice = announcer();
    el.append(...this.field.nodes, this.result, this.voice.node, ...this.field.after);
    const gloss = this.state.get("gloss");
    if (Object.keys(gloss).length && this.field.unit === "letters") el.append(legend(gloss));
  }

  /** @param {string} id */
  makeField(id) {
    const most = this.state.get("max_source");
    return sourceField(id, {
      known: this.source,
      reading: this.rule,
      most,
      examples: this.state.get("examples"),
      text: this.state.get("text"),
      noun: this.state.get("noun"),
      hint: `Up to ${most} ${unitOf(this.source, this.rule)}. The model answers here, in the page.`,
      onInput: this.soon,
      onDone: () => this.draw(),
    });
  }

  /** @param {string} id */
  makeChoices(id) {
    const names = /** @type {[Attention, string][]} */ (Object.entries(NAMES));
    const deepest = depthOf(this.state.get("model"));
    return {
      attentions: choice(`${id}-attention`, "Attention", names, (attention) =>
        this.change({ attention }),
      ),
      layers: choice(
        `${id}-layer`,
        "Layer",
        Array.from({ length: deepest }, (_, n) => [n + 1, n ? String(n + 1) : "1 (bottom)"]),
        (layer) => this.change({ layer }),
      ),
    };
  }

  /** Begins, and returns what ends it. */
  start() {
    const { state, field, soon } = this;
    state.follow(["text"], () => {
      if (state.get("text") !== field.text) field.text = state.get("text");
      soon();
    });
    state.follow(["attention", "layer", "head"], soon);
    this.draw();
    const fit = fitCells(this.el, this.picture);
    state.atEnd(() => fit.disconnect(), this.pictures.stop, soon.cancel, this.voice.stop);
    return state.stop;
  }

  /** @param {Record<string, unknown>} changes */
  change(changes) {
    this.state.keep(changes);
    this.draw();
  }

  draw() {
    const text = this.field.check();
    this.result.classList.toggle("is-stale", text === null);
    if (text !== null && text !== this.answered?.text) this.answer(text);
    if (text !== null && this.state.get("text") !== text) this.state.keep({ text });
    if (this.answered) this.show(this.answered);
    if (text === null) this.voice.stop();
    else this.voice.say(() => this.spokenAnswer()); // once the reader stops typing
  }

  /** @param {string} text */
  answer(text) {
    const gloss = this.state.get("gloss");
    const source = { text, tokens: this.field.tokens };
    this.answered = answerOf(this.model, source, {
      source: this.source,
      target: this.target,
      maxTarget: this.state.get("max_target"),
      accepted: acceptedFor(this.state, text),
      referenceName: this.state.get("reference_name"),
      gloss: this.field.unit === "words" ? gloss : {},
      writing: ruleOf(this.state, "writing"),
    });
    this.answers.replaceChildren(...this.answered.rows);
    this.kept = null;
    this.view = null;
  }

  spokenAnswer() {
    if (!this.answered) return null;
    const { text, said, note } = this.answered;
    return `${text}: ${said || "nothing"}.${note ? ` ${note}.` : ""}`;
  }

  /** @param {import("./model_answer.js").ModelAnswer} answered */
  show(answered) {
    const glosses = this.field.unit === "letters" ? this.state.get("gloss") : {};
    const view = viewOf(answered, glosses, {
      attention: this.state.get("attention"),
      layer: this.state.get("layer"),
      head: this.state.get("head"),
    });
    const { attention, layer, head } = view;
    const { maps, text } = answered;
    this.attentions.show(attention, (name) => maps[name]?.length > 0);
    this.layers.show(layer, (one) => one <= maps[attention].length);
    if (view.key === this.view?.key) return;
    const before = this.view?.attention;
    if (before && (before === "encoder") !== (attention === "encoder")) this.kept = null;
    this.view = view;
    this.showMap(view);
    Object.assign(this.el.dataset, { text, attention, layer, head });
  }

  /** @param {import("./map_view.js").View} view */
  showMap({ attention, layer, head, map, masked, rows, columns }) {
    if (this.kept && this.kept[1] >= map.columns) this.kept = [this.kept[0], -1];
    const what = `attention ${NAMES[attention]}, layer ${layer}`;
    this.about.textContent = ABOUT[attention];
    this.pictures.draw(map, { head, masked, what });
    const weights = weightsOf(map, head);
    const shares = rows.names.map((_, i) =>
      weights.subarray(i * map.columns, (i + 1) * map.columns),
    );
    this.grid = mapGrid(
      { rows, columns, shares, masked },
      {
        label: `${what}, ${head ? `head ${head}` : "mean of the heads"}`,
        kept: this.kept,
        onKeep: (position) => {
          this.kept = position;
        },
        read: (position) => this.tell(position),
      },
    );
    this.picture.replaceChildren(this.grid.node);
    this.grid.light(this.kept);
    this.sums.textContent = sumsInWords(shares);
  }

  /**
   * The line of text and the row in every small picture, for a place of the grid.
   * @param {Position | null} position
   * @param {number} [head] another than the view's
   */
  tell(position, head) {
    if (!this.view) return;
    this.reading.textContent = position
      ? sentence(this.view, position, head ?? this.view.head)
      : IDLE;
    this.pictures.mark(position && position[0] >= 0 ? position[0] : null);
  }

  /**
   * @param {number | null} head whose small picture is pointed at; null if none is
   * @param {number} row
   */
  pointAtPicture(head, row) {
    this.grid?.light(head === null ? this.kept : [row, -1]);
    if (head !== null) this.tell([row, -1], head);
  }
}

export default {
  /** @param {import("../parts/state.js").Host} host */
  render: (host) => orOwn(host, OWN, (one) => new TransformerExplorer(one).start()),
};
