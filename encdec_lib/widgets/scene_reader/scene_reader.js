// Chapter 15: the reader places digits on a canvas, a model writes its caption word by word, and each
// word shows where on the picture it looked. All of it is computed in the page.

import { greedy, loadModel } from "../../web/engine/engine.js";
import { announcer } from "../parts/announcer.js";
import { choice } from "../parts/choices.js";
import { eachFrame, element, prepare } from "../parts/elements.js";
import { depthOf, placesOf } from "../parts/exported.js";
import { HeadPictures, weightsOf } from "../parts/head_pictures.js";
import { largest, patchMap } from "../parts/patch_map.js";
import { EMPTY, pairsOf, probability, spokenAnswer, truthRow } from "../parts/scene_answer.js";
import { trueCaption } from "../parts/scene_rule.js";
import { SceneStage } from "../parts/scene_stage.js";
import { stateOf } from "../parts/state.js";
import { answerRow, verdict, vocabulary } from "../parts/tokens.js";
import { percent } from "../parts/weight_cells.js";
import { captionWords } from "./caption_words.js";
import { brightened, onDigits, wordMap } from "./word_map.js";

const LONGEST = 20; // tokens
const NO_MAP = "This model has one vector for the whole picture: no word has a map.";

/**
 * What the words show: the answer to the scene that is on the canvas.
 * @typedef {object} Answer
 * @property {string} key of the scene and the model
 * @property {string[]} tokens
 * @property {string[]} names of the steps: the tokens, and the end
 * @property {number[]} sure the probability of each step
 * @property {import("../parts/head_pictures.js").HeadMap[]} maps one a layer, a row a step
 * @property {ReturnType<typeof captionWords>} words
 */

class SceneReader {
  /** @param {import("../parts/state.js").Host} host */
  constructor({ model, el }) {
    const id = prepare(el, "reader");
    el.classList.add("bw-looking");
    this.el = el;
    this.state = stateOf(model);
    this.vocabulary = vocabulary(this.state.get("symbols"));
    /** @type {{name: string, model: import("../parts/exported.js").Exported}[]} */
    const exported = this.state.get("models");
    this.models = exported.map((one) => ({
      name: one.name,
      run: loadModel(one.model),
      longest: Math.min(LONGEST, placesOf(one.model)),
    }));
    /** @type {Answer | null} */
    this.answered = null;
    this.soon = eachFrame(() => this.draw());
    this.map = patchMap();
    this.stage = new SceneStage(this.state, el, { onChange: this.soon, over: this.map.node });

    /** @param {string} name */
    const change = (name) => (/** @type {string | number} */ value) => {
      this.state.keep({ [name]: value });
      this.soon();
    };
    this.chooser = choice(
      `${id}-model`,
      "Model",
      this.models.map(({ name }) => [name, name]),
      change("model"),
    );
    this.chooser.node.hidden = this.models.length < 2;
    const deepest = Math.max(...exported.map((one) => depthOf(one.model, "decoder.")));
    this.layers = choice(
      `${id}-layer`,
      "Layer of the decoder",
      Array.from({ length: deepest }, (_, n) => [n + 1, n ? String(n + 1) : "1 (bottom)"]),
      change("layer"),
    );
    this.pictures = new HeadPictures(id, { onChoose: change("head") });
    this.hint = element("p", { class: "bw-hint" });
    this.answers = element("div", { class: "bw-answers" });
    this.reading = element("p", { class: "bw-reading" });
    this.voice = announcer(500);
    this.assemble();
  }

  assemble() {
    const { stage, layers, pictures } = this;
    this.el.append(
      stage.palette,
      this.chooser.node,
      element(
        "div",
        { class: "bw-desk" },
        element("div", {}, stage.node, stage.bar, this.hint),
        element(
          "div",
          { class: "bw-said" },
          this.answers,
          this.reading,
          layers.node,
          pictures.node,
        ),
      ),
      this.voice.node,
    );
  }

  /** Begins, and returns what ends it. */
  start() {
    this.state.follow(["model", "word", "head", "layer"], this.soon);
    this.state.atEnd(this.soon.cancel, this.voice.stop, this.pictures.stop);
    this.stage.start();
    this.draw();
    return this.state.stop;
  }

  draw() {
    const image = this.stage.seen();
    const boxes = this.stage.boxes();
    const wanted = this.state.get("model");
    const model = this.models.find(({ name }) => name === wanted) ?? this.models[0];
    this.stage.show(image);
    this.chooser.show(model.name);
    this.el.classList.toggle("is-empty", !boxes.length);
    this.el.dataset.model = model.name;
    if (!boxes.length) {
      this.showEmpty();
      return;
    }
    const key = `${model.name} ${this.el.dataset.places}`;
    const truth = trueCaption(boxes);
    if (this.answered?.key !== key) this.answered = this.answer(key, model, image, truth);
    const { tokens } = this.answered;
    this.hint.textContent = this.stage.hint(
      this.models.length > 1 ? "The models were" : "The model was",
    );
    this.el.dataset.said = tokens.join(" ");
    this.show();
    this.voice.say(() => {
      // once the reader stops moving
      if (this.models.length > 1) this.rate(image, truth);
      return spokenAnswer(tokens, truth);
    });
  }

  showEmpty() {
    this.answered = null;
    this.models.forEach(({ name }, n) => {
      this.chooser.texts[n].textContent = name;
    });
    this.answers.replaceChildren(element("p", { class: "bw-empty", text: EMPTY }));
    this.map.show(false);
    this.pictures.node.hidden = true;
    this.layers.node.hidden = true;
    this.reading.textContent = "";
    this.hint.textContent = "";
    this.voice.sayNow("");
    Object.assign(this.el.dataset, { said: "", weights: "" });
  }

  /**
   * Lets a model write, and shows its words.
   * @param {string} key
   * @param {SceneReader["models"][0]} model
   * @param {ReturnType<SceneStage["seen"]>} image
   * @param {string[] | null} truth
   * @returns {Answer}
   */
  answer(key, { run, longest }, image, truth) {
    const said = greedy(run, image, longest);
    const tokens = this.vocabulary.decode(said.tokens);
    const pairs = pairsOf(tokens, truth);
    const words = captionWords(pairs, {
      finished: said.finished,
      onPoint: (t) => this.show(t),
      onChoose: (t) => {
        this.state.keep({ word: t });
        this.show();
      },
    });
    const sure = probability(said.logProbs);
    const note = truth ? `${verdict(pairs)}, ${sure}` : sure;
    this.answers.replaceChildren(
      truthRow(truth),
      answerRow("attention", "The model", note, words.node),
    );
    return {
      key,
      tokens,
      words,
      names: said.finished ? [...tokens, "end"] : tokens,
      sure: said.logProbs.map(Math.exp),
      maps: said.maps.cross,
    };
  }

  /**
   * The map of a word: the one that is pointed at, or the one that was chosen.
   * @param {number | null} [pointed]
   */
  show(pointed = null) {
    if (!this.answered?.words.count) return;
    const { maps, words } = this.answered;
    const chosen = Math.max(0, Math.min(words.count - 1, this.state.get("word")));
    const t = pointed ?? chosen;
    words.show(chosen, t);
    this.pictures.node.hidden = !maps.length || maps[0].heads < 2;
    this.layers.node.hidden = maps.length < 2;
    this.map.show(maps.length > 0);
    Object.assign(this.el.dataset, { word: t, weights: "", head: "", layer: "" });
    if (maps.length) this.showMap(this.answered, t);
    else this.reading.textContent = NO_MAP;
  }

  /** @param {Answer} answered @param {number} t */
  showMap({ maps, names, sure }, t) {
    const layer = Math.min(maps.length, this.state.get("layer") || maps.length);
    const { heads } = maps[layer - 1];
    const head = heads > 1 ? Math.max(0, Math.min(heads, this.state.get("head"))) : 1;
    const map = wordMap(maps[layer - 1], t);
    const shares = weightsOf(map, head);
    this.layers.show(layer, (one) => one <= maps.length);
    this.map.draw(shares, map.columns);
    const what = `layer ${layer} for the word ${names[t]}`;
    this.pictures.draw(brightened(map), { head, what });
    const who = heads < 2 ? "" : head ? `, head ${head}` : `, mean of ${heads} heads`;
    const most = largest(shares, map.columns);
    const on = onDigits(shares, this.stage.boxes(), this.stage.side);
    this.reading.replaceChildren(
      element("b", { text: names[t] }),
      ` (${percent(sure[t])} sure)${who}: most at ${most}. On ${on}.`,
    );
    Object.assign(this.el.dataset, { head, layer, weights: JSON.stringify([...shares]) });
  }

  /**
   * How many words every model has right, beside its name.
   * @param {ReturnType<SceneStage["seen"]>} image
   * @param {string[] | null} truth
   */
  rate(image, truth) {
    this.models.forEach(({ name, run, longest }, n) => {
      const tokens = this.vocabulary.decode(greedy(run, image, longest).tokens);
      const note = truth ? `: ${verdict(pairsOf(tokens, truth))}` : "";
      this.chooser.texts[n].textContent = name + note;
    });
  }
}

export default {
  /** @param {import("../parts/state.js").Host} host */
  render: (host) => new SceneReader(host).start(),
};
