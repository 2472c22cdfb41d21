// Where digits lie on a square picture, which places are free, and the ink that comes of it.

import { cropped, paste } from "./ink.js";
import { touch, trueCaption } from "./scene_rule.js";

/**
 * A digit on the picture: which image of the widget, and where its ink begins.
 * @typedef {{k: number, top: number, left: number}} Placed
 */

const TRIES = 500; // layouts that are drawn at random until one is a scene
const STRIDE = 389; // a prime: neighbouring tries lie far apart

export class SceneLayout {
  /**
   * @param {object} options
   * @param {number} options.side of the picture, in pixels
   * @param {Float32Array[]} options.images ink to place
   * @param {number[]} options.labels of the images
   */
  constructor({ side, images, labels }) {
    this.side = side;
    this.labels = labels;
    this.crops = images.map((image) => {
      const crop = cropped(image);
      if (!crop) throw new Error("every image to place needs ink; one has none");
      return crop;
    });
  }

  /**
   * The rectangle of a digit's ink, as scene_rule.js takes it.
   * @param {Placed} placed
   */
  box({ k, top, left }) {
    const { height, width } = this.crops[k];
    return { label: this.labels[k], top, left, bottom: top + height, right: left + width };
  }

  /**
   * A digit at a place, moved inside the picture.
   * @param {number} k
   * @param {number} top
   * @param {number} left
   */
  within(k, top, left) {
    /** @param {number} at @param {number} size */
    const inside = (at, size) => Math.max(0, Math.min(this.side - size, Math.round(at)));
    const { height, width } = this.crops[k];
    return { k, top: inside(top, height), left: inside(left, width) };
  }

  /**
   * A place for a digit: one that touches no other and leaves a true caption, if there is one.
   * @param {number} k
   * @param {Placed[]} others
   */
  free(k, others) {
    const rows = this.side - this.crops[k].height + 1;
    const columns = this.side - this.crops[k].width + 1;
    const boxes = others.map((other) => this.box(other));
    const places = Array.from({ length: rows * columns }, (_, n) => {
      const at = (n * STRIDE) % (rows * columns);
      return { k, top: Math.floor(at / columns), left: at % columns };
    });
    const fits = places.filter((place) => !boxes.some((other) => touch(this.box(place), other)));
    return (
      fits.find((place) => trueCaption([...boxes, this.box(place)])) ??
      fits[0] ?? { k, top: Math.floor(rows / 2), left: Math.floor(columns / 2) }
    );
  }

  /**
   * A scene drawn at random, of one to `most` digits that do not touch and have a true caption; null
   * if none was found.
   * @param {number} most
   * @returns {Placed[] | null}
   */
  random(most) {
    /** @param {number} n */
    const below = (n) => Math.floor(n * Math.random());
    for (let tries = 0; tries < TRIES; tries++) {
      const drawn = Array.from({ length: 1 + below(most) }, () => {
        const k = below(this.labels.length);
        const { height, width } = this.crops[k];
        return { k, top: below(this.side - height + 1), left: below(this.side - width + 1) };
      });
      const boxes = drawn.map((placed) => this.box(placed));
      if (!anyTouch(boxes) && trueCaption(boxes)) return drawn;
    }
    return null;
  }

  /**
   * The ink of all digits, in their order, as data/scenes.py pastes it.
   * @param {Placed[]} digits
   */
  drawn(digits) {
    const sheet = new Float32Array(this.side * this.side);
    for (const { k, top, left } of digits) paste(sheet, this.crops[k], top, left);
    return sheet;
  }
}

/**
 * Whether two of the rectangles touch.
 * @param {import("./scene_rule.js").Place[]} boxes
 */
export const anyTouch = (boxes) => boxes.some((a, i) => boxes.some((b, j) => i < j && touch(a, b)));
