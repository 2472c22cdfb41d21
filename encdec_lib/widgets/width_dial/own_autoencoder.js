// The autoencoder that the reader has trained on the page: it takes the place of the book's of its
// width.

import { loadModel } from "../../web/engine/engine.js";
import { imagesFrom } from "../parts/pixels.js";

/** @typedef {import("../parts/trainer/handover.js").Trained} Trained */
/** @typedef {import("./plane.js").Plane} Plane */

const MARGIN = 0.06; // of the plane around its points, as in width_dial.py
const LEAST = 1e-3;

/** @param {Trained} trained */
function sizesOf({ models: { autoencoder } }) {
  const [pixels] = autoencoder.manifest["encoder.hidden.kernel"].shape;
  return { pixels, width: autoencoder.manifest["encoder.output.kernel"].shape[1] };
}

/**
 * The plane of a model of width 2, with the digits of the figure on it.
 * @param {number[][]} vectors
 * @param {number[]} labels
 * @returns {Plane}
 */
function planeWith(vectors, labels) {
  const ends = [0, 1].map((k) => {
    const values = vectors.map((vector) => vector[k]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const margin = MARGIN * Math.max(high - low, LEAST);
    return /** @type {[number, number]} */ ([low - margin, high + margin]);
  });
  return { x: ends[0], y: ends[1], points: vectors.map(([x, y], k) => [x, y, labels[k]]) };
}

/**
 * As of orOwn.
 * @param {import("../parts/state.js").Model} model of the figure
 */
export const ownAutoencoder = (model) => ({
  ...{ kind: "copying digits", needs: ["autoencoder"], what: "an autoencoder" },
  /** Its error over held-out digits must be known. @param {Trained} trained */
  fits(trained) {
    const { pixels, width } = sizesOf(trained);
    const measured = typeof trained.scored.autoencoder?.difference === "number";
    return measured && pixels === model.get("side") ** 2 && model.get("widths").includes(width);
  },
  /** @param {Trained} trained */
  values(trained) {
    const { width } = sizesOf(trained);
    const [side, exported] = [model.get("side"), trained.models.autoencoder];
    const { encode } = loadModel(exported);
    const vectors = imagesFrom(model.get("images"), side).map((data) =>
      Array.from(encode({ data, height: side, width: side, channels: 1 }).vectors),
    );
    /** The list of a trait with another value for this width. @type {(name: string, value: any) => any} */
    const here = (name, value) =>
      model
        .get("widths")
        .map((/** @type {number} */ one, /** @type {number} */ k) =>
          one === width ? value : model.get(name)[k],
        );
    return {
      models: here("models", exported),
      errors: here("errors", trained.scored.autoencoder?.difference),
      scales: here("scales", Math.max(...vectors.flat().map(Math.abs))),
      plane: width === 2 ? planeWith(vectors, model.get("labels")) : model.get("plane"),
      width,
    };
  },
  /** @param {Trained} trained */
  does: (trained) =>
    `It takes the place of the book’s of width ${sizesOf(trained).width}; the line there is its ` +
    "error over the digits that the figure above held out.",
});
