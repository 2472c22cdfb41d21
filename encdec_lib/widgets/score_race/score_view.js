// The reader's string, what each score makes of it, and the errors of the four by steps or seconds.

import { element } from "../parts/elements.js";
import { HeadMaps } from "../parts/trainer/head_maps.js";
import { ownString } from "../parts/trainer/own_string.js";
import { SeriesChart } from "../parts/trainer/series_chart.js";
import { errorOf, idsOf, SCORES, TASKS, taskOf, written } from "./scores.js";

/** @typedef {import("../parts/trainer/types.js").Track} Track */
/** @typedef {import("../parts/trainer/types.js").Settings} Settings */

/** A View of the frame. */
export class ScoreView {
  /** @param {import("../parts/state.js").Model} model @param {() => void} onString */
  constructor(model, onString) {
    this.model = model;
    this.own = ownString("score-race", {
      text: model.get("string"),
      rule: () => TASKS[model.get("task")].rule,
      onChange(string) {
        model.set("string", string);
        model.save_changes();
        onString();
      },
    });
    model.on("change:string", () => this.own.set(model.get("string")));
    this.maps = new Map(SCORES.map(({ name }) => [name, new HeadMaps()]));
    this.chart = new SeriesChart({
      ...{ what: "errors", against: "steps", series: SCORES, height: 260 },
      empty: "Press Train, and four curves appear here",
    });
    /** @type {Map<string, {steps: number, seconds: number, error: number}[]>} */
    this.scores = new Map();
    /** @type {Settings} */
    this.now = {};
    this.slot = element("div", { class: "bw-dials" });
    this.node = element(
      "div",
      { class: "bw-race" },
      element("div", { class: "bw-own-row" }, ...this.own.nodes),
      element("div", { class: "bw-four" }, ...[...this.maps.values()].map(({ node }) => node)),
      this.slot,
      this.chart.node,
    );
  }

  sources() {
    return [idsOf(taskOf({ task: this.model.get("task") }), this.own.letters())];
  }

  /** @param {Settings} settings @param {boolean} fresh */
  settings(settings, fresh) {
    this.now = settings;
    this.own.refit();
    if (fresh) this.scores.clear();
    this.drawCurves();
  }

  /** @param {Track} track */
  scored(track) {
    const { name, steps, seconds } = track;
    const before = this.scores.get(name) ?? [];
    this.scores.set(name, [...before, { steps, seconds, error: errorOf(track) }]);
    this.drawCurves();
  }

  drawCurves() {
    const { chart, scores, now } = this;
    const task = taskOf(now);
    const by = now.axis === "seconds" ? "seconds" : "steps";
    const all = [...scores.values()].flat();
    const farthest = by === "steps" ? task.steps : 1;
    chart.clear();
    Object.assign(chart.words, { what: task.wrong, against: by });
    chart.range(0, Math.ceil(Math.max(farthest, ...all.map((score) => score[by]))));
    for (const [name, points] of scores) {
      chart.set(
        name,
        points.map((point) => [point[by], point.error]),
      );
    }
  }

  /** @type {NonNullable<import("../parts/trainer/types.js").View["looked"]>} */
  looked({ name, label }, [{ tokens, maps }], [asked]) {
    const task = taskOf(this.now);
    const letters = this.own.letters();
    if (idsOf(task, letters).join() !== asked.join()) return; // of another string
    const names = written(task, tokens, this.model.get("phonemes"));
    const right = task.answer?.(letters) ?? null;
    const map = maps?.cross?.[0];
    if (!map) return;
    const rows = right ? right.map((_, t) => names[t] ?? "·") : names;
    this.maps.get(name)?.draw({
      ...{ map, rows, columns: letters, name: label },
      right: right ? right.map((_, t) => [letters.length - 1 - t]) : null,
      ...{ rowColor: "--bw-decoder-text", columnColor: "--bw-encoder-text" },
    });
  }

  fit() {
    for (const part of [this.chart, ...this.maps.values()]) part.fit();
  }
}
