// Chapter 14: draw a digit, and Vision Transformers with patches of several sizes read it as it is
// drawn. What is on the sheet is what they read, pixel by pixel.

import { softmax } from "../../web/engine/arithmetic.js";
import { loadModel } from "../../web/engine/engine.js";
import { looks } from "../../web/engine/vit.js";
import { choice } from "../parts/choices.js";
import { imagesFrom, makePad, paint, picture } from "../parts/drawing.js";
import { normalised } from "../parts/handwriting.js";
import { eachFrame, element, prepare } from "../parts/page.js";
import { largest, patchMap, whereIs } from "../parts/patch_map.js";
import { NAMES } from "../parts/scene_rule.js";
import { percent } from "../parts/weight_grid.js";

// Of a side of 28: the pen's radius that makes strokes as wide as MNIST's (2.6 pixels in the
// median), and the box that its digits fill.
const PEN = 1.4 / 28,
  BOX = 20 / 28;
const FAINT = 0.1; // ink below this is the edge of a stroke
const FARTHEST = 3 / 28; // how far the middle of the ink may be off
const EMPTY = "Draw a digit on the sheet, or choose one above.";
const LOOKS = [
  ["last", "top layer"],
  ["rollout", "rollout"],
  ["none", "hide"],
];

/** Where the ink is: the longer side of its box and how far its centre of mass is from the middle,
 *  both as shares of the sheet's side; null if there is none. */
function spread(ink, side) {
  let [top, bottom, left, right, mass, atX, atY] = [side, -1, side, -1, 0, 0, 0];
  ink.forEach((dot, k) => {
    const row = Math.floor(k / side),
      column = k % side;
    mass += dot;
    atX += dot * (column + 0.5);
    atY += dot * (row + 0.5);
    if (dot < 2 * FAINT) return;
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
  });
  if (bottom < 0) return null;
  const off = Math.max(Math.abs(atX / mass - side / 2), Math.abs(atY / mass - side / 2)) / side;
  return { size: Math.max(bottom - top + 1, right - left + 1) / side, off };
}

/** What sets a drawing apart from the training digits, in words; "" if nothing does. */
function unlike({ size, off }) {
  const said = [
    size < 0.8 * BOX ? "is smaller than those of the training" : "",
    size > 1.2 * BOX ? "is larger than those of the training" : "",
    off > FARTHEST ? "stands further from the middle than in the training" : "",
  ]
    .filter(Boolean)
    .join(" and ");
  return said && `Your digit ${said} (they fill the dashed box).`;
}

function render({ model: shared, el }) {
  const id = prepare(el, "digits"),
    side = shared.get("side");
  el.classList.add("bw-looking");
  const sizes = shared.get("patches"),
    labels = shared.get("labels");
  const images = imagesFrom(shared.get("digits"), side);
  const models = shared.get("models").map((exported) => ({
    ...loadModel(exported),
    ...exported.settings.decoder, // pool
  }));
  const soon = eachFrame(draw);
  let example = shared.get("start"),
    pointed = null,
    later = 0; // example: -1 once it is changed

  // ---------------------------------------------------------------- elements

  const map = patchMap();
  const pad = makePad({
    side,
    pen: PEN * side,
    label:
      `Sheet of ${side} by ${side} pixels to draw a digit on. Arrow keys move the pen, the ` +
      "space bar sets it down or lifts it.",
    onChange: () => {
      example = -1;
      soon();
    },
    onPoint: (at) => {
      pointed = at;
      soon();
    },
  });
  const box = element("i", { class: "bw-box", "aria-hidden": "true" });
  box.style.inset = `${50 * (1 - BOX)}%`;
  pad.canvas.after(map.node, box);
  const thumbs = images.map((ink, k) => {
    const shown = picture(side, { "aria-hidden": "true" });
    paint(shown, ink);
    return element(
      "button",
      {
        type: "button",
        class: "bw-digit",
        "aria-label": `${NAMES[labels[k]]} of the test set`,
        on: { click: () => put(ink, k) },
      },
      shown,
    );
  });
  const button = (text, click) => element("button", { type: "button", text, on: { click } });
  const clear = button("clear", () => pad.clear());
  const centre = button("centre and scale", () => {
    const clean = pad.pixels.map((dot) => (dot < FAINT ? 0 : dot));
    put(normalised(clean, side, side) ?? clean, -1);
  });
  const hint = element("p", { class: "bw-hint bw-unlike" });
  const bars = NAMES.map((name, label) => {
    const level = element("span", { class: "bw-level" }),
      share = element("span", { class: "bw-share" });
    const node = element(
      "li",
      {},
      element("b", { text: label }),
      element("span", { class: "bw-track", "aria-hidden": "true" }, level),
      share,
    );
    return { node, level, share };
  });
  const result = element("p", { class: "bw-result" });
  const change = (name) => (value) => {
    shared.set(name, value);
    shared.save_changes();
    soon();
  };
  const patches = choice(
    `${id}-patch`,
    "Patches of",
    sizes.map((size) => [size, `${size}×${size}`]),
    change("patch"),
  );
  const looked = choice(`${id}-look`, "Where it looks", LOOKS, change("look"));
  const reading = element("p", { class: "bw-reading" });
  const announce = element("p", { class: "bw-spoken", "aria-live": "polite" });
  el.append(
    element(
      "div",
      { class: "bw-thumbs", role: "group", "aria-label": "Digits to begin with" },
      ...thumbs,
    ),
    element(
      "div",
      { class: "bw-desk" },
      element("div", {}, pad.node, element("div", { class: "bw-bar" }, clear, centre), hint),
      element(
        "div",
        {},
        result,
        element(
          "ul",
          { class: "bw-bars", "aria-label": "Probability of each digit" },
          ...bars.map(({ node }) => node),
        ),
      ),
    ),
    patches.node,
    looked.node,
    reading,
    announce,
  );

  function put(ink, k) {
    pad.set(ink);
    example = k;
  }

  // ---------------------------------------------------------------- all of it, once a frame

  let read = null; // {ink, found}: what the models made of the ink, as far as they were asked

  /** What model k makes of the ink that is on the sheet now. */
  function answerOf(k) {
    const ink = pad.pixels.slice();
    if (!read?.ink.every((dot, n) => dot === ink[n])) read = { ink, found: [] };
    if (!read.found[k]) {
      const encoding = models[k].encode({ data: ink, height: side, width: side, channels: 1 });
      const shares = softmax(models[k].classify(encoding));
      read.found[k] = { encoding, shares, top: shares.indexOf(Math.max(...shares)) };
    }
    return read.found[k];
  }

  /** Where the classifier looks, in words. */
  function lookedAt({ pool }, look, { shares, own }, columns) {
    const how = look === "rollout" ? "By rollout" : "In the top layer",
      most = largest(shares, columns);
    if (pool === "mean") return `${how} the patches look most at ${most}, on average.`;
    return `${how} the class token looks most at ${most}, and at itself ${percent(own)}.`;
  }

  function draw() {
    const empty = pad.isEmpty(),
      chosen = Math.max(0, sizes.indexOf(shared.get("patch")));
    const look = shared.get("look"),
      columns = side / sizes[chosen],
      model = models[chosen];
    const answer = empty ? null : answerOf(chosen);
    patches.show(sizes[chosen]);
    looked.show(look);
    thumbs.forEach((thumb, k) => thumb.setAttribute("aria-pressed", k === example));
    const told = spread(pad.pixels, side),
      odd = told ? unlike(told) : "";
    box.hidden = Boolean(told) && !odd;
    hint.textContent = odd || (empty ? "The training digits fill the dashed box." : "");
    clear.disabled = empty;
    centre.disabled = empty;
    bars.forEach(({ node, level, share }, label) => {
      const here = answer ? answer.shares[label] : 0;
      level.style.width = `${100 * here}%`;
      share.textContent = answer ? percent(here) : "–";
      node.classList.toggle("is-top", label === answer?.top);
    });
    result.textContent = answer
      ? `It reads a ${NAMES[answer.top]}: ${percent(answer.shares[answer.top])}.`
      : EMPTY;

    const seen = answer && look !== "none" ? looks(answer.encoding, model, look) : null;
    map.draw(seen?.shares ?? null, columns);
    const k =
      pointed &&
      Math.floor(pointed.row / sizes[chosen]) * columns +
        Math.floor(pointed.column / sizes[chosen]);
    map.mark(seen ? k : null);
    const count = `${columns ** 2} patches of ${sizes[chosen]}×${sizes[chosen]} pixels.`;
    reading.textContent = !seen
      ? count
      : `${count} ${lookedAt(model, look, seen, columns)} ` +
        (pointed
          ? `Here, ${whereIs(k, columns)}: ${percent(seen.shares[k])}.`
          : "The largest share is the darkest green.");
    Object.assign(el.dataset, {
      patch: sizes[chosen],
      look,
      said: answer ? answer.top : "",
      shares: answer ? JSON.stringify([...answer.shares]) : "",
    });
    clearTimeout(later);
    later = setTimeout(() => {
      // once the reader stops drawing
      announce.textContent = result.textContent;
      sizes.forEach((size, n) => {
        const other = empty ? null : answerOf(n);
        patches.texts[n].textContent =
          `${size}×${size}` + (other ? `: ${other.top} (${percent(other.shares[other.top])})` : "");
      });
    }, 400);
  }

  shared.on("change:patch change:look", soon);
  if (example >= 0) put(images[example], example);
  draw();
  return () => {
    soon.cancel();
    clearTimeout(later);
    shared.off("change:patch change:look", soon);
  };
}

export default { render };
