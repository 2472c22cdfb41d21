// Chapter 14: a slider for the side of a patch. More patches, and what they cost.

import { choice } from "../parts/choices.js";
import { imagesFrom, paint, picture } from "../parts/drawing.js";
import { eachFrame, element, prepare } from "../parts/page.js";
import { patchMap } from "../parts/patch_map.js";

const PARTS = [
  ["embedding", "embedding"],
  ["others", "all other matrices"],
  ["attending", "scores and mixtures"],
];

const whole = (number) => number.toLocaleString("en-US");

/** Multiplications: in the thousands or millions, with two or three digits. */
function short(number) {
  const [size, name] =
    number < 1e6 ? [1e3, "thousand"] : number < 1e9 ? [1e6, "million"] : [1e9, "billion"];
  const value = number / size;
  return `${value.toFixed(value < 10 ? 1 : 0)} ${name}`;
}

/** What a ViT of these sizes multiplies for one image, by part. */
function cost({ side, in_channels: channels, d_model: width, d_ff: inner, layers }, patch) {
  const patches = (side / patch) ** 2,
    vectors = patches + 1; // and the class token
  return {
    patches,
    numbers: patch * patch * channels,
    scores: vectors ** 2,
    embedding: patches * patch * patch * channels * width,
    attending: layers * 2 * vectors ** 2 * width,
    others: layers * vectors * (4 * width * width + 2 * width * inner),
  };
}

function render({ model: shared, el }) {
  const id = prepare(el, "cuts"),
    side = shared.get("side");
  el.classList.add("bw-looking");
  const names = shared.get("names"),
    configs = shared.get("configs");
  const soon = eachFrame(draw);
  let chosen = 0;
  const starts = configs.map(({ patches, patch }) => patches.indexOf(patch));

  const shown = picture(side, { role: "img" });
  paint(shown, imagesFrom(shared.get("image"), side)[0]);
  const map = patchMap();
  const models = choice(
    `${id}-model`,
    "Which model",
    names.map((name, k) => [k, name]),
    (k) => {
      chosen = Number(k);
      soon();
    },
  );
  models.node.hidden = names.length < 2;
  const slider = element("input", {
    id: `${id}-patch`,
    type: "range",
    class: "bw-slider",
    min: 0,
    step: 1,
    on: {
      input: () => {
        starts[chosen] = Number(slider.value);
        soon();
      },
    },
  });
  const value = element("output", { for: slider.id, class: "bw-chosen" });
  const row = (words, formula) => {
    const number = element("dd");
    return {
      number,
      nodes: [element("dt", { text: words }, element("i", { text: ` ${formula}` })), number],
    };
  };
  const rows = {
    patches: row("patches,", "HW / P²"),
    numbers: row("numbers in one,", "P²C"),
    scores: row("scores a head,", "(HW / P² + 1)²"),
    products: row("multiplications", ""),
  };
  const bars = PARTS.map(([key, words]) => {
    const level = element("span", { class: `bw-level is-${key}` });
    const share = element("span", { class: "bw-share" });
    const node = element(
      "li",
      {},
      element("span", { class: "bw-name", text: words }),
      share,
      element("span", { class: "bw-track", "aria-hidden": "true" }, level),
    );
    return { key, level, share, node };
  });
  const announce = element("p", { class: "bw-spoken", "aria-live": "polite" });
  el.append(
    models.node,
    element(
      "div",
      { class: "bw-bar" },
      element("label", { for: slider.id, text: "Side P of a patch" }),
      value,
    ),
    slider,
    element(
      "div",
      { class: "bw-desk" },
      element("div", { class: "bw-cut" }, shown, map.node),
      element(
        "div",
        {},
        element("dl", {}, ...Object.values(rows).flatMap(({ nodes }) => nodes)),
        element(
          "ul",
          { class: "bw-bars", "aria-label": "Where the multiplications go" },
          ...bars.map(({ node }) => node),
        ),
      ),
    ),
    announce,
  );

  let later = 0;
  function draw() {
    const config = configs[chosen],
      patch = config.patches[starts[chosen]];
    const columns = config.side / patch,
      found = cost(config, patch);
    const total = found.embedding + found.attending + found.others;
    models.show(chosen);
    slider.max = config.patches.length - 1;
    slider.value = starts[chosen];
    slider.setAttribute("aria-valuetext", `${patch} pixels, ${found.patches} patches`);
    value.textContent = `${patch} of ${config.side} pixels`;
    shown.setAttribute("aria-label", `A digit, cut into ${columns} by ${columns} squares`);
    map.draw(null, columns);
    rows.patches.number.textContent = `${config.side}·${config.side} / ${patch}² = ${whole(found.patches)}`;
    rows.numbers.number.textContent = whole(found.numbers);
    rows.scores.number.textContent = whole(found.scores);
    rows.products.number.textContent = short(total);
    for (const { key, level, share } of bars) {
      level.style.width = `${(100 * found[key]) / total}%`;
      share.textContent = `${short(found[key])}, ${Math.round((100 * found[key]) / total)}%`;
    }
    Object.assign(el.dataset, { patch, ...found });
    clearTimeout(later);
    later = setTimeout(() => {
      announce.textContent = `${found.patches} patches, ${short(total)} multiplications.`;
    }, 500);
  }

  draw();
  return () => {
    soon.cancel();
    clearTimeout(later);
  };
}

export default { render };
