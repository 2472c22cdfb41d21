// The Vision Transformer that the reader has trained on the page. It reads the middle of an image.

import { middle } from "../parts/handwriting.js";
import { imagesFrom } from "../parts/pixels.js";

/** @typedef {import("../parts/trainer/handover.js").Trained} Trained */

const WHOLE = 28; // side of the digits that it has learned from, as in vit_trainer.py

/** What it reads. @param {Trained} trained */
const cutOf = ({ models }) =>
  /** @type {{side: number, patch: number}} */ (models.vit.settings?.encoder);

/**
 * As of orOwn.
 * @param {import("../parts/state.js").Model} model of the figure
 */
export const ownViT = (model) => ({
  ...{ kind: "reading digits", needs: ["vit"], what: "a Vision Transformer" },
  /** @param {Trained} trained */
  fits: (trained) => model.get("side") === WHOLE && cutOf(trained).side <= WHOLE,
  /** @param {Trained} trained */
  values(trained) {
    const { side, patch } = cutOf(trained);
    const digits = imagesFrom(model.get("digits"), WHOLE)
      .flatMap((image) => Array.from(middle(image, WHOLE, side)))
      .map((ink) => Math.round(255 * ink));
    return {
      ...{ models: [trained.models.vit], patches: [patch], patch, side, whole: WHOLE },
      digits: new DataView(Uint8Array.from(digits).buffer),
    };
  },
  /** @param {Trained} trained */
  does(trained) {
    const { side, patch } = cutOf(trained);
    return `It reads ${side}×${side} pixels, in patches of ${patch}×${patch}.`;
  },
});
