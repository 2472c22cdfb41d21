// Chapter 10: one row of self-attention, step by step, with the numbers of a layer that has learned.

import { greedy, loadModel } from "../../web/engine/engine.js";
import { readParameters } from "../../web/engine/parameters.js";
import { element } from "../parts/elements.js";
import { counted } from "../parts/numbers.js";
import { attention, encoder, italic } from "../parts/stepper/marks.js";
import { stepper } from "../parts/stepper/stepper.js";
import { ownModel } from "../parts/trainer/handover.js";
import { TASKS, written } from "../parts/trainer/letter_tasks.js";
import { ownString } from "../parts/trainer/own_string.js";
import { rowOf } from "./one_row.js";
import { rowPicture, signed } from "./row_picture.js";

/** @typedef {import("./one_row.js").Row} Row */
/** @typedef {import("../../web/engine/types.js").Exported} Exported */
/** @typedef {import("../parts/stepper/types.js").Sentence} Sentence */

const LONGEST = 5; // letters, as in self_attention_stepper.py
const STEPS = 6;
const CASES = ["the first symbol", "the second"];
const MOST = LONGEST + 2; // symbols after which the model is stopped

/** @type {(share: number) => string} */
const percent = (share) => `${Math.round(100 * share)}%`;

/** The symbol with the largest weight. @type {(row: Row) => number} */
const most = ({ weights }) => weights.indexOf(Math.max(...weights));

/**
 * The end of the sentence about the scores: what they are divided by.
 * @param {Row} row
 * @param {number} best which score is the largest
 * @returns {Sentence}
 */
function dividedBy({ query, scores, scaled }, best) {
  const score = signed(scores[best]);
  if (!scaled) return [`, the largest score. Nothing divides it in this model.`];
  const root = signed(Math.sqrt(query.length));
  return [
    "; divided by √d",
    element("sub", { text: "k" }),
    ` = ${root}, its score is ${score}, the largest.`,
  ];
}

/**
 * @param {Row} row
 * @param {string[]} names
 * @param {string} answer what the model writes
 * @param {number} step
 * @returns {Sentence}
 */
function saysOf(row, names, answer, step) {
  const { asking, query, products, weights } = row;
  const [who, best] = [italic(names[asking]), most(row)];
  const to = encoder(names[best]);
  const order = Array.from(weights, (_, j) => j).sort((a, b) => weights[b] - weights[a]);
  /** @type {Sentence[]} */
  const sentences = [
    [who, ` asks. Its vector times W`, element("sup", { text: "Q" }), " is its "],
    ["Every symbol, the one that asks too, has a ", encoder("key"), ": its vector times another "],
    ["The query times the key of ", to, ` is ${signed(products[best])}`],
    ["A softmax makes weights of the scores, which add up to 100%: ", to, " gets "],
    ["Every symbol also has a ", encoder("value"), ", by a third matrix. The key was there to be "],
    ["The values are added up, each times its weight: ", attention(percent(weights[order[0]]))],
  ];
  /** @type {Sentence[]} */
  const ends = [
    [
      italic("query"),
      `, ${counted(query.length, "number")}: filled ones are positive, hollow ones negative.`,
    ],
    ["matrix. Where filled cells meet filled ones, and hollow meet hollow, the two agree."],
    dividedBy(row, best),
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

/**
 * A model, and what it has learned. @param {Exported} exported @param {string} task
 */
const learned = (exported, task) => ({
  task: TASKS[task],
  whole: loadModel(exported),
  P: readParameters(exported.manifest, exported.data),
  settings: /** @type {import("./one_row.js").Settings} */ (exported.settings?.encoder),
});

/**
 * The model that shows its numbers, the book's or the reader's own, and the reader's string. Returns
 * {now, nodes, stop}: `now` has the rows, the names of the symbols and what the model writes.
 * @param {import("../parts/state.js").Model} model
 * @param {() => void} onOther
 */
function asked(model, onOther) {
  const ours = learned(model.get("model"), "look up");
  let its = ours;
  const now = { rows: /** @type {Row[]} */ ([]), names: /** @type {string[]} */ ([]), answer: "" };
  const own = ownString("self-attention-stepper", {
    text: model.get("string"),
    rule: () => its.task.rule(LONGEST),
    onChange: (string) => {
      // Of another task it is no string that Python would take.
      if (its === ours) model.set("string", string);
      model.save_changes();
      compute();
      onOther();
    },
  });
  model.on("change:string", () => own.set(model.get("string")));
  const theirs = ownModel(
    "one layer",
    ["layer"],
    (trained) => {
      its = trained ? learned(trained.models.layer, trained.task.name) : ours;
      own.refit();
      if (!trained) own.set(model.get("string"));
      compute();
      onOther();
    },
    { does: ({ task }) => `It has learned to ${TASKS[task.name].aim}.` },
  );

  function compute() {
    const { task, whole, P, settings } = its;
    const { ids, names } = task.ask(own.letters(), LONGEST);
    now.names = names;
    now.rows = CASES.map((_, n) => rowOf(P, settings, ids, n));
    now.answer = written(task, greedy(whole, ids, MOST).tokens, []).join(" ");
  }
  compute();
  const field = element("div", { class: "bw-own-row" }, ...own.nodes);
  return { now, extra: element("div", {}, field, theirs.node), stop: theirs.stop };
}

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const { now, extra, stop } = asked(model, () => frame.again());
  const frame = stepper(
    { model, el, name: "self-attention-stepper" },
    {
      title: "One row of self-attention",
      caption: model.get("caption"),
      steps: () => STEPS,
      says: (step, chosen) => saysOf(now.rows[chosen], now.names, now.answer, step),
      draw: (at) => rowPicture(at, now.rows[at.chosen], now.names),
      label(_, chosen) {
        const { weights, asking } = now.rows[chosen];
        const said = now.names.map((name, j) => `${percent(weights[j])} from ${name}`);
        return `${now.names[asking]} asks and takes ${said.join(", ")}.`;
      },
      cases: { legend: "Who asks", names: CASES, next: "The second asks" },
      extra,
    },
  );
  return () => {
    stop();
    frame.stop();
  };
}

export default { render };
