// The reader's string, who may look at whom while the decoder learns, and how well it writes.

import { element } from "../parts/elements.js";
import { HeadMaps } from "../parts/trainer/head_maps.js";
import { TASKS, written } from "../parts/trainer/letter_tasks.js";
import { ownString } from "../parts/trainer/own_string.js";
import { tape } from "../parts/trainer/tapes.js";
import { scoreChart } from "./score_chart.js";

/** @typedef {import("../parts/trainer/types.js").Settings} Settings */

export const LONGEST = 5; // letters of a string, as in transformer_trainer.py
const [BEGIN, END] = ["◦", "▪"];

/**
 * The mask of the decoder's own attention over what it is given in training.
 * @param {string[]} answer
 * @param {boolean} leaks
 * @returns {import("../parts/trainer/head_maps.js").Picture}
 */
function maskOf(answer, leaks) {
  const [rows, columns] = [
    [...answer, END],
    [BEGIN, ...answer],
  ];
  const weights = rows.flatMap((_, t) => columns.map((_, s) => (leaks || s <= t ? 1 : 0)));
  return {
    map: {
      heads: 1,
      rows: rows.length,
      columns: columns.length,
      weights: Float32Array.from(weights),
    },
    ...{ rows, columns, rowColor: "--bw-decoder-text", columnColor: "--bw-decoder-text" },
    ...{ right: null, name: "In training, a row may look at its filled cells" },
  };
}

/**
 * The view, and what it asks the model.
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
  const mask = new HeadMaps();
  const chart = scoreChart();
  const asked = () => task.ask(own.letters(), LONGEST);

  return {
    node: element(
      "div",
      { class: "bw-race" },
      element("div", { class: "bw-own-row" }, ...own.nodes),
      source.node,
      answer.node,
      element("div", { class: "bw-mask-and-score" }, mask.node, chart.node),
    ),
    sources: () => [asked().ids],
    /** @param {Settings} now @param {boolean} fresh */
    settings(now, fresh) {
      own.refit();
      const { names, answer: right } = asked();
      source.source(names);
      mask.draw(maskOf(right ?? [], now.leak === "yes"));
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
    fit() {
      mask.fit();
      chart.fit();
    },
  };
}
