// The reader's string, what each of the three writes of it, and their errors by length.

import { element } from "../parts/elements.js";
import { SeriesChart } from "../parts/trainer/series_chart.js";
import { tape } from "../parts/trainer/tapes.js";
import { stepsOf } from "../parts/trainer/words.js";
import { pointsOf } from "./fixed_words.js";
import { described, FIRST, LETTERS, LONGEST, NETWORKS, SHORTEST, sizeOf } from "./plan.js";

/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("../parts/trainer/types.js").Track} Track */
/** @typedef {import("./plan.js").Network} Network */

const NARROW = 480; // px, where a curve's name has no room for what the network has

/** What stands at the end of a curve. @param {Network} network @param {Settings} settings */
function nameOf(network, settings) {
  if (network.room > 1) return `${network.label}: ${sizeOf(network, settings).width} numbers`;
  if (network.time > 1) return `${network.label}: ${stepsOf(sizeOf(network, settings).steps)}`;
  return described(network, settings);
}

/** A row for each network: what it is called, what it has, what it writes. */
function rows() {
  const made = NETWORKS.map((network) => {
    const answer = tape(network.label, network.line, LONGEST);
    const has = element("small");
    answer.node.querySelector(".bw-tape-name")?.append(has);
    return { network, answer, has };
  });
  return {
    nodes: made.map(({ answer }) => answer.node),
    /** @param {Settings} settings */
    settings(settings) {
      for (const { network, answer, has } of made) {
        has.textContent = ` ${described(network, settings)}`;
        answer.places(Number(settings.longest));
      }
    },
    clear() {
      for (const { answer } of made) answer.clear();
    },
    /** @param {string} name @param {string[]} written @param {string[]} right */
    answer(name, written, right) {
      made.find(({ network }) => network.name === name)?.answer.answer(written, right);
    },
  };
}

/**
 * @param {ReturnType<typeof import("../parts/trainer/own_string.js").ownString>} own
 * @returns {import("../parts/trainer/types.js").View}
 */
export function threeView(own) {
  const source = tape("reads", "encoder", LONGEST);
  const answers = rows();
  const chart = new SeriesChart({
    ...{ what: "letters wrong, on new strings", against: "length of the string" },
    ...{ height: 280, margin: 190, mark: "your string" },
    series: NETWORKS,
    empty: "Press Train, and three curves appear here",
  });
  /** @type {Settings} */
  let now = {};
  const name = () => {
    const short = chart.node.clientWidth < NARROW;
    chart.series = NETWORKS.map((network) => ({
      ...network,
      label: short ? network.label : nameOf(network, now),
    }));
  };
  const bar = element("div", { class: "bw-start" });
  return {
    bar,
    node: element(
      "div",
      { class: "bw-race" },
      bar,
      element("div", { class: "bw-own-row" }, ...own.nodes),
      source.node,
      ...answers.nodes,
      chart.node,
    ),
    settings(settings, fresh) {
      now = settings;
      own.refit();
      source.places(Number(settings.longest));
      source.source(own.letters());
      answers.settings(settings);
      name();
      if (fresh) {
        answers.clear();
        chart.clear();
      }
      chart.range(SHORTEST, Number(settings.longest));
      chart.markAt(own.letters().length);
    },
    scored({ name: whose, steps, scored }) {
      // Until then it is the chosen one again, step for step.
      const same = whose === "time" && steps <= sizeOf(NETWORKS[0], now).steps;
      if (!same) chart.set(whose, pointsOf(scored));
    },
    looked({ name: whose, lookedAt }, [{ tokens }], [asked]) {
      if (!lookedAt) return; // what an untrained network writes says nothing
      const letters = tokens.map((id) => LETTERS[id - FIRST] ?? "?");
      const right = asked.map((id) => LETTERS[id - FIRST]);
      answers.answer(whose, letters, right);
    },
    fit() {
      name();
      chart.fit();
    },
  };
}
