// Chapter 5: the reader places digits on a canvas, and the captioner writes what it sees. Picture,
// encoder, decoder and the true caption are all computed in the page.

import { compare } from "../parts/compare.js";
import { greedy, loadModel } from "../../web/engine/engine.js";
import {
  eachFrame,
  element,
  markedTokens,
  prepare,
  spoken,
  verdict,
  vocabulary,
} from "../parts/page.js";
import { trueCaption } from "../parts/scene_rule.js";
import { EMPTY, sceneStage, sentence, UNCLEAR } from "../parts/scene_stage.js";

const LONGEST = 40; // tokens

function render({ model: shared, el }) {
  const id = prepare(el, "captioner");
  const words = vocabulary(shared.get("symbols")),
    model = loadModel(shared.get("model"));
  const soon = eachFrame(draw),
    stage = sceneStage(shared, el, { onChange: soon });
  let later = 0;

  const hint = element("p", { id: `${id}-hint`, class: "bw-hint" });
  const answers = element("div", { class: "bw-answers" });
  const announce = element("p", { class: "bw-spoken", "aria-live": "polite" });
  el.append(
    stage.palette,
    element(
      "div",
      { class: "bw-desk" },
      element("div", {}, stage.node, stage.bar),
      element("div", { class: "bw-said" }, answers, hint),
    ),
    announce,
  );

  function answerRow(kind, who, under, content) {
    const name = element("span", { class: "bw-who", text: who });
    if (under) name.append(element("span", { class: "bw-verdict", text: under }));
    return element("div", { class: `bw-answer ${kind}` }, name, content);
  }

  function draw() {
    clearTimeout(later);
    const image = stage.seen(),
      boxes = stage.boxes();
    stage.show(image);
    if (!boxes.length) {
      answers.replaceChildren(element("p", { class: "bw-empty", text: EMPTY }));
      hint.textContent = "";
      announce.textContent = "";
      el.dataset.said = "";
      return;
    }
    const truth = trueCaption(boxes);
    const answer = greedy(model, image, LONGEST),
      tokens = words.decode(answer.tokens);
    const pairs = truth
      ? compare(tokens, truth)
      : tokens.map((token) => ({ kind: "right", answer: token }));
    const sure = Math.exp(answer.logProbs.reduce((sum, p) => sum + p, 0));
    const percent = `probability ${Math.round(100 * sure)}%`;
    const marked = markedTokens(pairs);
    for (const token of marked.querySelectorAll(".bw-token")) {
      // no space before a comma
      if (token.textContent === ",") token.previousSibling?.remove();
    }
    if (!tokens.length) marked.append(spoken("nothing"));
    answers.replaceChildren(
      answerRow(
        "is-reference",
        "By the rule",
        "",
        element("span", {
          class: truth ? "bw-tokens" : "bw-hint",
          text: truth ? sentence(truth) : UNCLEAR,
        }),
      ),
      answerRow(
        "is-source",
        "The model",
        truth ? `${verdict(pairs)}, ${percent}` : percent,
        marked,
      ),
    );
    hint.textContent = stage.hint("The model was");
    el.dataset.said = tokens.join(" ");
    later = setTimeout(() => {
      // once the reader stops moving
      announce.textContent =
        `The model says: ${sentence(tokens)}. ` +
        (truth ? `By the rule: ${sentence(truth)}.` : UNCLEAR);
    }, 700);
  }

  stage.start();
  draw();
  return () => {
    soon.cancel();
    clearTimeout(later);
    stage.stop();
  };
}

export default { render };
