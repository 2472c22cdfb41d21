// Chapter 5: the reader places digits on a canvas, and the captioner writes what it sees. Picture,
// encoder, decoder and the true caption are all computed in the page.

import { greedy, loadModel } from "../../web/engine/engine.js";
import { announcer } from "../parts/announcer.js";
import { eachFrame, element, prepare, spoken } from "../parts/elements.js";
import {
  EMPTY,
  markedCaption,
  pairsOf,
  probability,
  spokenAnswer,
  truthRow,
} from "../parts/scene_answer.js";
import { trueCaption } from "../parts/scene_rule.js";
import { SceneStage } from "../parts/scene_stage.js";
import { stateOf } from "../parts/state.js";
import { answerRow, verdict, vocabulary } from "../parts/tokens.js";

const LONGEST = 40; // tokens

/**
 * The row with the model's caption.
 * @param {string[]} tokens
 * @param {string[] | null} truth
 * @param {ArrayLike<number>} logProbs
 */
function modelRow(tokens, truth, logProbs) {
  const pairs = pairsOf(tokens, truth);
  const marked = markedCaption(pairs);
  if (!tokens.length) marked.append(spoken("nothing"));
  const sure = probability(logProbs);
  return answerRow("source", "The model", truth ? `${verdict(pairs)}, ${sure}` : sure, marked);
}

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const id = prepare(el, "captioner");
  const state = stateOf(model);
  const words = vocabulary(state.get("symbols"));
  const captioner = loadModel(state.get("model"));
  const soon = eachFrame(draw);
  const stage = new SceneStage(state, el, { onChange: soon });
  const hint = element("p", { id: `${id}-hint`, class: "bw-hint" });
  const answers = element("div", { class: "bw-answers" });
  const voice = announcer();
  el.append(
    stage.palette,
    element(
      "div",
      { class: "bw-desk" },
      element("div", {}, stage.node, stage.bar),
      element("div", { class: "bw-said" }, answers, hint),
    ),
    voice.node,
  );

  function draw() {
    const image = stage.seen();
    const boxes = stage.boxes();
    stage.show(image);
    if (!boxes.length) {
      answers.replaceChildren(element("p", { class: "bw-empty", text: EMPTY }));
      hint.textContent = "";
      voice.sayNow("");
      el.dataset.said = "";
      return;
    }
    const truth = trueCaption(boxes);
    const answer = greedy(captioner, image, LONGEST);
    const tokens = words.decode(answer.tokens);
    answers.replaceChildren(truthRow(truth), modelRow(tokens, truth, answer.logProbs));
    hint.textContent = stage.hint("The model was");
    el.dataset.said = tokens.join(" ");
    voice.say(spokenAnswer(tokens, truth)); // once the reader stops moving
  }

  stage.start();
  draw();
  state.atEnd(soon.cancel, voice.stop);
  return state.stop;
}

export default { render };
