// Chapter 10: one row of self-attention, step by step, with the numbers of a layer that has learned.

import { greedy, loadModel } from "../../web/engine/engine.js";
import { readParameters } from "../../web/engine/parameters.js";
import { element } from "../parts/elements.js";
import { attention, encoder, italic } from "../parts/stepper/marks.js";
import { stepper } from "../parts/stepper/stepper.js";
import { TASKS, written } from "../parts/trainer/letter_tasks.js";
import { ownString } from "../parts/trainer/own_string.js";
import { rowOf } from "./one_row.js";
import { rowPicture, signed } from "./row_picture.js";

/** @typedef {import("./one_row.js").Row} Row */
/** @typedef {import("../parts/stepper/types.js").Sentence} Sentence */

const LONGEST = 5; // letters, as in self_attention_stepper.py
const STEPS = 6;
const CASES = ["the place", "a letter"];

/** @type {(share: number) => string} */
const percent = (share) => `${Math.round(100 * share)}%`;

/** The symbol with the largest weight. @type {(row: Row) => number} */
const most = ({ weights }) => weights.indexOf(Math.max(...weights));

/**
 * @param {Row} row
 * @param {string[]} names
 * @param {string} answer what the model writes
 * @param {number} step
 * @returns {Sentence}
 */
function saysOf(row, names, answer, step) {
  const { asking, query, scores, products, weights } = row;
  const [who, best] = [italic(names[asking]), most(row)];
  const to = encoder(names[best]);
  const root = signed(Math.sqrt(query.length));
  const order = Array.from(weights, (_, j) => j).sort((a, b) => weights[b] - weights[a]);
  /** @type {Sentence[]} */
  const sentences = [
    [who, ` asks. Its vector times W`, element("sup", { text: "Q" }), " is its "],
    ["Every symbol, the one that asks too, has a ", encoder("key"), ": its vector times another "],
    ["The query times the key of ", to, ` is ${signed(products[best])}; divided by √d`],
    ["A softmax makes weights of the scores, which add up to 100%: ", to, " gets "],
    ["Every symbol also has a ", encoder("value"), ", by a third matrix. The key was there to be "],
    ["The values are added up, each times its weight: ", attention(percent(weights[order[0]]))],
  ];
  /** @type {Sentence[]} */
  const ends = [
    [italic("query"), `, ${query.length} numbers: filled ones are positive, hollow ones negative.`],
    ["matrix. Where filled cells meet filled ones, and hollow meet hollow, the two agree."],
    [
      element("sub", { text: "k" }),
      ` = ${root}, its score is ${signed(scores[best])}, the largest.`,
    ],
    [attention(percent(weights[best])), "."],
    ["found; the value is what is taken along."],
    [
      ...[" of ", encoder(names[order[0]]), ", ", attention(percent(weights[order[1]])), " of "],
      ...[encoder(names[order[1]]), " and so on. With all rows like this one the model writes "],
      ...[italic(answer || "nothing"), "."],
    ],
  ];
  return [...sentences[step], ...ends[step]];
}

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const task = TASKS["look up"];
  const exported = model.get("model");
  const whole = loadModel(exported);
  const P = readParameters(exported.manifest, exported.data);
  const own = ownString("self-attention-stepper", {
    text: model.get("string"),
    rule: () => task.rule(LONGEST),
    onChange: (string) => {
      model.set("string", string);
      model.save_changes();
      compute();
      frame.again();
    },
  });
  model.on("change:string", () => own.set(model.get("string")));
  /** @type {Row[]} */
  let rows = [];
  /** @type {string[]} */
  let names = [];
  let answer = "";

  function compute() {
    const asked = task.ask(own.letters(), LONGEST);
    names = asked.names;
    rows = CASES.map((_, n) => rowOf(P, exported.settings.encoder, asked.ids, n));
    answer = written(task, greedy(whole, asked.ids, 4).tokens, []).join(" ");
  }
  compute();
  const frame = stepper(
    { model, el, name: "self-attention-stepper" },
    {
      title: "One row of self-attention",
      caption: model.get("caption"),
      steps: () => STEPS,
      says: (step, chosen) => saysOf(rows[chosen], names, answer, step),
      draw: (at) => rowPicture(at, rows[at.chosen], names),
      label(_, chosen) {
        const { weights, asking } = rows[chosen];
        const said = names.map((name, j) => `${percent(weights[j])} from ${name}`);
        return `${names[asking]} asks and takes ${said.join(", ")}.`;
      },
      cases: { legend: "Who asks", names: CASES, next: "A letter asks" },
      extra: element("div", { class: "bw-own-row" }, ...own.nodes),
    },
  );
  return frame.stop;
}

export default { render };
