// The reader's string, who asks whom in the one layer, and what the decoder reads of it.

import { element } from "../parts/elements.js";
import { HeadMaps } from "../parts/trainer/head_maps.js";
import { TASKS, written } from "../parts/trainer/letter_tasks.js";
import { ownString } from "../parts/trainer/own_string.js";
import { tape } from "../parts/trainer/tapes.js";
import { percent } from "../parts/trainer/words.js";

/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("../parts/trainer/types.js").Answer} Answer */
/** @typedef {import("../parts/trainer/letter_tasks.js").Asked} Asked */

export const LONGEST = 5; // letters of a string, as in self_attention_trainer.py

/** @param {Settings} settings */
export const taskOf = ({ task }) => TASKS[String(task)];

/**
 * Where the first symbol of the answer comes from: the output that the decoder reads most, and whom
 * the layer let that symbol ask.
 * @param {string[]} names
 * @param {Answer} answer
 */
function wayOf(names, { maps }) {
  const [layer, reading] = [maps?.encoder?.[0], maps?.cross?.[0]];
  if (!layer || !reading) return "";
  const most = (/** @type {Float32Array} */ row) => row.indexOf(Math.max(...row));
  const read = most(reading.weights.slice(0, reading.columns));
  const row = layer.weights.slice(read * layer.columns, (read + 1) * layer.columns);
  const asked = most(row);
  const [who, whom] = [names[read], read === asked ? "itself" : names[asked]];
  return `The decoder reads ${who} most, and in the layer ${who} looks most at ${whom}: ${percent(row[asked])}.`;
}

/**
 * The two maps: of the layer, and of the decoder's reading. To look a letter up, the decoder's one
 * question is the same for every string, so that no column of its map is the right one.
 * @param {Settings} settings
 * @param {Asked} asked
 * @param {Answer} answer
 * @param {string[]} letters that were written
 * @returns {import("../parts/trainer/head_maps.js").Picture[]}
 */
function picturesOf({ task }, asked, { maps }, letters) {
  const [layer, reading] = [maps?.encoder?.[0], maps?.cross?.[0]];
  if (!layer || !reading) return [];
  const read = { columns: asked.names, columnColor: "--bw-encoder-text" };
  const rows = (asked.answer ?? []).map((_, t) => letters[t] ?? "·");
  const looksUp = task === "look up";
  return [
    {
      ...{ map: layer, rows: asked.names, ...read, rowColor: "--bw-encoder-text" },
      ...{ name: "the layer: who looks at whom", right: null },
    },
    {
      ...{ map: reading, rows, ...read, rowColor: "--bw-decoder-text" },
      ...{ name: "the decoder: what it reads", right: looksUp ? null : asked.places },
    },
  ];
}

/**
 * The view, and what it asks the model.
 * @param {import("../parts/state.js").Model} model
 * @param {() => void} onString
 */
export function selfAttentionView(model, onString) {
  const settings = () => ({ task: model.get("task") });
  const own = ownString("self-attention-trainer", {
    text: model.get("string"),
    rule: () => taskOf(settings()).rule(LONGEST),
    onChange: (string) => {
      model.set("string", string);
      model.save_changes();
      onString();
    },
  });
  model.on("change:string", () => own.set(model.get("string")));
  const source = tape("reads", "encoder", LONGEST + 1);
  const answer = tape("writes", "decoder", LONGEST + 1);
  const maps = [new HeadMaps(), new HeadMaps()];
  const note = element("p", { class: "bw-hint" });
  const asked = (/** @type {Settings} */ now) => taskOf(now).ask(own.letters(), LONGEST);

  return {
    node: element(
      "div",
      { class: "bw-race" },
      element("div", { class: "bw-own-row" }, ...own.nodes),
      source.node,
      answer.node,
      element("div", { class: "bw-two-maps" }, ...maps.map(({ node }) => node)),
      note,
    ),
    sources: (/** @type {Settings} */ now) => [asked(now).ids],
    /** @param {Settings} now @param {boolean} fresh */
    settings(now, fresh) {
      own.refit();
      source.source(asked(now).names);
      if (fresh) answer.clear();
    },
    /** @type {NonNullable<import("../parts/trainer/types.js").View["looked"]>} */
    looked({ lookedAt }, [given], [ids]) {
      const question = asked(settings());
      if (question.ids.join() !== ids.join()) return; // of another string
      const letters = written(taskOf(settings()), given.tokens, []);
      answer.answer(letters, question.answer ?? [], lookedAt > 0);
      picturesOf(settings(), question, given, letters).forEach((picture, n) => {
        maps[n].draw(picture);
      });
      note.textContent = settings().task === "look up" ? wayOf(question.names, given) : "";
    },
    fit() {
      for (const map of maps) map.fit();
    },
  };
}
