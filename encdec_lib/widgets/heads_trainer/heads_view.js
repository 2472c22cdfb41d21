// The reader's string, what the model writes, and the map of every head while it learns.

import { element } from "../parts/elements.js";
import { HeadMaps } from "../parts/trainer/head_maps.js";
import { TASKS, written } from "../parts/trainer/letter_tasks.js";
import { ownString } from "../parts/trainer/own_string.js";
import { tape } from "../parts/trainer/tapes.js";

/** @typedef {import("../parts/trainer/types.js").Settings} Settings */
/** @typedef {import("../parts/trainer/types.js").Answer} Answer */
/** @typedef {import("../parts/trainer/letter_tasks.js").Asked} Asked */

const END = "▪"; // the row in which it writes that it is done

const MORE = "The darker a cell, the more the head looks there.";

/** @param {Settings} settings */
export const taskOf = ({ task }) => TASKS[String(task)];

/** What rows and columns are. @type {Record<string, string>} */
const ROWS = {
  across: "a row for each letter that it writes and a column for each that it reads",
  reading: "a row for each letter that it reads and a column for each that this one looks at",
  writing: "a row for each letter that it writes and a column for each that was written before",
};

/** What the maps show, in words. @param {Settings} settings */
function meaningOf({ maps, task }) {
  const share = "Below a map stands how much falls on the letter that has to be written.";
  const right = maps === "across" && task !== "words" ? ` ${share}` : "";
  return `Each map is one head, with ${ROWS[String(maps)]}. ${MORE}${right}`;
}

/**
 * The picture of the maps that the reader chose.
 * @param {Settings} settings
 * @param {Asked} asked
 * @param {Answer} answer
 * @param {string[]} letters that were written
 * @returns {import("../parts/trainer/head_maps.js").Picture | null}
 */
function pictureOf({ maps: which }, asked, { maps }, letters) {
  const [encoder, own, cross] = [maps?.encoder?.[0], maps?.own?.[0], maps?.cross?.[0]];
  const read = { columns: asked.names, columnColor: "--bw-encoder-text" };
  const rows = asked.answer ? asked.answer.map((_, t) => letters[t] ?? "·") : [...letters, END];
  const wrote = { rows, rowColor: "--bw-decoder-text" };
  if (which === "reading" && encoder) {
    const rowColor = "--bw-encoder-text";
    return { map: encoder, rows: asked.names, ...read, right: null, rowColor };
  }
  if (which === "writing" && own) {
    const columns = ["◦", ...rows.slice(0, -1)];
    return { map: own, ...wrote, columns, columnColor: "--bw-decoder-text", right: null };
  }
  return cross ? { map: cross, ...wrote, ...read, right: asked.places } : null;
}

/**
 * The view, and what it asks the model.
 * @param {import("../parts/state.js").Model} model
 * @param {() => void} onString
 */
export function headsView(model, onString) {
  const settings = () => ({ task: model.get("task"), longest: model.get("longest") });
  const rule = () => taskOf(settings()).rule(Number(settings().longest));
  const own = ownString("heads-trainer", {
    text: model.get("string"),
    rule,
    onChange: (string) => {
      model.set("string", string);
      model.save_changes();
      onString();
    },
  });
  model.on("change:string", () => own.set(model.get("string")));
  const source = tape("reads", "encoder", 8);
  const answer = tape("writes", "decoder", 8);
  const maps = new HeadMaps();
  const slot = element("div", { class: "bw-dials" });
  const meaning = element("p", { class: "bw-hint bw-meaning" });
  const asked = (/** @type {Settings} */ now) =>
    taskOf(now).ask(own.letters(), Number(now.longest));

  return {
    node: element(
      "div",
      { class: "bw-race" },
      element("div", { class: "bw-own-row" }, ...own.nodes),
      source.node,
      answer.node,
      meaning,
      maps.node,
      element(
        "details",
        { class: "bw-more bw-others" },
        element("summary", { text: "Other maps of the same model" }),
        slot,
      ),
    ),
    slot,
    sources: (/** @type {Settings} */ now) => [asked(now).ids],
    /** @param {Settings} now @param {boolean} fresh */
    settings(now, fresh) {
      own.refit();
      const { names } = asked(now);
      const places = Math.max(Number(now.longest), names.length);
      source.places(places);
      answer.places(places);
      source.source(names);
      meaning.textContent = meaningOf(now);
      if (fresh) answer.clear();
    },
    /** @type {NonNullable<import("../parts/trainer/types.js").View["looked"]>} */
    looked({ lookedAt }, [given], [ids]) {
      const now = { ...settings(), maps: model.get("maps") };
      const question = asked(now);
      if (question.ids.join() !== ids.join()) return; // of another string
      const letters = written(taskOf(now), given.tokens, model.get("phonemes"));
      if (question.answer) answer.answer(letters, question.answer, lookedAt > 0);
      else answer.said(letters, lookedAt > 0);
      const picture = pictureOf(now, question, given, letters);
      if (picture) maps.draw(picture);
    },
    fit: () => maps.fit(),
  };
}
