// The reader's string, what the decoder may see of the answer while it learns, and how it does.

import { element } from "../parts/elements.js";
import { TASKS, written } from "../parts/trainer/letter_tasks.js";
import { ownString } from "../parts/trainer/own_string.js";
import { tape } from "../parts/trainer/tapes.js";
import { rulePicture } from "./rule.js";
import { scoreChart } from "./score_chart.js";

/** @typedef {import("../parts/trainer/types.js").Settings} Settings */

export const LONGEST = 5; // letters of a string, as in transformer_trainer.py

/**
 * The view, its curves, and what it asks the model.
 * @param {import("../parts/state.js").Model} model
 * @param {() => void} onString
 */
export function transformerView(model, onString) {
  const task = TASKS.reverse;
  const own = ownString("transformer-trainer", {
    text: model.get("string"),
    rule: () => task.rule(LONGEST),
    onChange: (string) => {
      model.set("string", string);
      model.save_changes();
      onString();
    },
  });
  model.on("change:string", () => own.set(model.get("string")));
  const source = tape("reads", "encoder", LONGEST);
  const answer = tape("writes", "decoder", LONGEST);
  const rule = rulePicture();
  const chart = scoreChart();
  const asked = () => task.ask(own.letters(), LONGEST);

  return {
    node: element(
      "div",
      { class: "bw-race" },
      element("div", { class: "bw-own-row" }, ...own.nodes),
      source.node,
      answer.node,
      rule.node,
    ),
    curves: { node: chart.node, draw: chart.draw, fit: chart.fit },
    sources: () => [asked().ids],
    /** @param {Settings} now @param {boolean} fresh */
    settings(now, fresh) {
      own.refit();
      const { names, answer: right } = asked();
      source.source(names);
      rule.draw(right ?? [], now.leak === "yes");
      if (!fresh) return;
      answer.clear();
      chart.begin();
    },
    /** @param {import("../parts/trainer/types.js").Track} track */
    scored: ({ steps, score }) => chart.add(steps, score ?? 0),
    /** @type {NonNullable<import("../parts/trainer/types.js").View["looked"]>} */
    looked({ lookedAt }, [given], [ids]) {
      const question = asked();
      if (question.ids.join() !== ids.join()) return; // of another string
      const letters = written(task, given.tokens, []);
      answer.answer(letters, question.answer ?? [], lookedAt > 0);
    },
  };
}
