// Chapter 16: a picture is written square by square while the cache of keys and values fills.

import { loadModel } from "../../web/engine/engine.js";
import { Codebook } from "../parts/codebook.js";
import { stepper } from "../parts/stepper/stepper.js";
import { vocabulary } from "../parts/tokens.js";
import { cachePicture } from "./cache_picture.js";
import { percent, says, total } from "./story.js";
import { Writing } from "./writing.js";

const SLICE = 10; // milliseconds of painting in one frame

/** @param {import("../parts/state.js").Host} host */
function render({ model, el }) {
  const run = loadModel(model.get("model"));
  /** @type {string[]} */
  const captions = model.get("captions");
  const how = {
    vocabulary: vocabulary(model.get("symbols")),
    codebook: new Codebook(model.get("codes"), model.get("patch")),
    columns: model.get("columns"),
    temperature: model.get("temperature"),
    seed: model.get("seed"),
  };
  const writings = captions.map((text) => new Writing(run, text.split(" "), how));
  for (const writing of writings) writing.work(SLICE); // the first squares are there at once
  const longest = Math.max(...writings.map(({ S }) => S));
  const { width } = writings[0].size;
  const frame = stepper(
    { model, el, name: "cache-stepper" },
    {
      title: "One more square, one more row",
      caption:
        `The first numbers, of ${width}, of each key and value in the top layer: filled cells are ` +
        "positive, hollow ones negative. Green is what this step reads there, on the mean of the " +
        "heads. Framed: the square that is written.",
      ...(captions.length > 1
        ? { cases: { legend: "Caption", names: captions, next: "Next caption", first: 1 } }
        : {}),
      steps: (chosen) => writings[chosen].stops().length + 1,
      says: (step, chosen) => says(writings[chosen], step),
      label(step, chosen) {
        const writing = writings[chosen];
        if (!step)
          return `${captions[chosen]}: the cache holds ${writing.S} rows, nothing is written.`;
        const { t, words } = writing.square(writing.stops()[step - 1]);
        const read = percent(total(words));
        return `${captions[chosen]}: ${t + 1} squares are written, the cache holds ${writing.S + t + 1} rows, ${read} of this look goes to the caption.`;
      },
      draw: (at) => cachePicture(at, writings[at.chosen], longest),
    },
  );
  const end = paint(writings, () => {
    el.dataset.painted = "";
    frame.again();
  });
  return () => {
    end();
    frame.stop();
  };
}

/**
 * Paints all of them, a little in each frame. Returns what ends it.
 * @param {Writing[]} writings
 * @param {() => void} done
 */
function paint(writings, done) {
  let frame = 0;
  function more() {
    const next = writings.find(({ painter }) => !painter.finished);
    if (!next) {
      done();
      return;
    }
    next.work(SLICE);
    frame = requestAnimationFrame(more);
  }
  frame = requestAnimationFrame(more);
  return () => cancelAnimationFrame(frame);
}

export default { render };
