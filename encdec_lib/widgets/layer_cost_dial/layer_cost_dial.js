// Chapter 13: length and width, and what three layers then multiply.

import { announcer } from "../parts/announcer.js";
import { choice } from "../parts/choices.js";
import { eachFrame, element, prepare, whenResized } from "../parts/elements.js";
import { slider } from "../parts/slider.js";
import { stateOf } from "../parts/state.js";
import { bars } from "./bars.js";
import { cost, LENGTHS, ratio, times, WIDTHS } from "./costs.js";
import { map } from "./map.js";

/** @typedef {import("./costs.js").Count} Count */

const TITLE = "Which layer has less to multiply?";
const CAPTION =
  "Multiply-adds of one layer, forward, as counted by hand below; the convolution is in grey. What " +
  "the clock says is another matter, and stands in the tables.";

/**
 * @param {Count} count
 * @param {number} N
 * @param {number} d
 */
function sentence(count, N, d) {
  const much = ratio(count, N, d);
  const { matrices, pairs } = cost("attention", count, N, d);
  const whole = N.toLocaleString("en-US");
  const than =
    N === d
      ? `At N = d = ${whole} self-attention and the recurrent layer have equally many multiply-adds.`
      : `With ${whole} words of width ${d.toLocaleString("en-US")}, self-attention has ` +
        `${times(much)} times as many multiply-adds as the recurrent layer.`;
  const share = Math.round((100 * pairs) / (matrices + pairs));
  if (count === "paper") return `${than} The paper’s terms alone say N / d.`;
  return `${than} Of its own, ${share < 1 ? "less than 1" : share}% are between pairs of words.`;
}

/**
 * A slider over a list of numbers. Returns {node, show}.
 * @param {string} id
 * @param {string} text
 * @param {number[]} values
 * @param {(value: number) => void} onChange
 */
function dial(id, text, values, onChange) {
  const made = slider(id, {
    label: text,
    min: 0,
    max: values.length - 1,
    onInput: (k) => onChange(values[k]),
  });
  return {
    node: element("div", { class: "bw-dial" }, made.bar(), made.input),
    /** @param {number} value */
    show: (value) => made.show(values.indexOf(value), value.toLocaleString("en-US")),
  };
}

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const id = prepare(el, "layer-cost");
  el.classList.add("bw-steps");
  el.setAttribute("role", "group");
  el.setAttribute("aria-label", TITLE);
  const state = stateOf(model);
  const soon = eachFrame(draw);
  const length = dial(`${id}-length`, "Length N, words", LENGTHS, (N) => state.keep({ length: N }));
  const width = dial(`${id}-width`, "Width d", WIDTHS, (d) => state.keep({ width: d }));
  /** @type {[Count, string][]} */
  const counts = [
    ["matrices", "all matrices"],
    ["paper", "the paper’s terms"],
  ];
  const count = choice(`${id}-count`, "Count", counts, (kind) => state.keep({ count: kind }));
  const says = element("p", { class: "bw-say" });
  const left = element("div", { class: "bw-cost-bars" });
  const right = element("div", { class: "bw-cost-map" });
  const voice = announcer();
  el.append(
    element("p", { class: "bw-headline", "aria-hidden": "true" }, element("b", { text: TITLE })),
    element("div", { class: "bw-dials" }, length.node, width.node, count.node),
    says,
    element("div", { class: "bw-cost" }, left, right),
    element("p", { class: "bw-footline", text: CAPTION }),
    voice.node,
  );

  function draw() {
    /** @type {[Count, number, number]} */
    const now = [state.get("count"), state.get("length"), state.get("width")];
    const [kind, N, d] = now;
    length.show(N);
    width.show(d);
    count.show(kind);
    says.textContent = sentence(...now);
    voice.say(sentence(...now));
    Object.assign(el.dataset, { length: N, width: d, ratio: ratio(...now) });
    if (!left.clientWidth) return;
    left.replaceChildren(bars(left.clientWidth, ...now));
    right.replaceChildren(map(right.clientWidth, ...now));
  }

  state.follow(["length", "width", "count"], soon);
  state.atEnd(soon.cancel, voice.stop, whenResized([left, right], soon));
  draw();
  return state.stop;
}

export default { render };
