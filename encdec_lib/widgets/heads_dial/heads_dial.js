// Chapter 11: one attention map a head for the reader's sentence; the weights are drawn at random.

import { LONGEST, PAD, attentionMaps, entropy, fill, split } from "./heads_maths.js";
import { costs } from "./heads_cost.js";
import { board } from "./heads_board.js";
import { eachFrame, element, prepare } from "../parts/page.js";

const HEADS = [1, 2, 4, 8, 16],
  WIDTHS = [2, 4, 8, 16, 32, 64];
const MASKS = { none: "none", causal: "causal", padding: "padding" };
const POSITIONS = { none: "none", sinusoidal: "sinusoidal", rotary: "rotary" };

const UNTRAINED =
  "These weights are as drawn at random, not trained. A word's 64 numbers come from " +
  "a hash of its letters: the same word has the same numbers. The matrices of each head are drawn " +
  "once in the same way. So the maps say nothing about language. They show what the controls do.";
const ABOUT_MASK = {
  none: "Every word looks at every word.",
  causal: "No word looks at one that comes after it.",
  padding:
    "The last places are padding. Nobody looks at them: their columns are 0. Their own rows " +
    "are worked out like all others, and nobody uses them. With nothing but padding every row is 0.",
};
const ABOUT_POSITIONS = {
  none: "Nothing says where a word stands.",
  sinusoidal: "Sines and cosines of its place are added to each word's numbers.",
  rotary: "Queries and keys are turned by an angle that grows with the place.",
};

const degrees = (value) => String(Number(value.toPrecision(2)));
const words = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;

/** A slider over a list of values, with its name, its value and a sentence. */
function stops(id, { name, values, unit = "", onInput }) {
  const slider = element("input", {
    id,
    type: "range",
    class: "bw-slider",
    min: 0,
    max: values.length - 1,
    step: 1,
    on: { input: () => onInput(values[slider.value]) },
  });
  const shown = element("output", { for: id, class: "bw-value" });
  return {
    slider,
    node: element(
      "div",
      { class: "bw-control" },
      element("div", { class: "bw-bar" }, element("label", { for: id, text: name }), shown),
      slider,
    ),
    show(value, text = String(value)) {
      const place = values.indexOf(value);
      if (Number(slider.value) !== place) slider.value = place;
      shown.textContent = text;
      slider.setAttribute("aria-valuetext", `${text}${unit}`);
    },
  };
}

/** One of several, as radio buttons. */
function choice(id, { name, options, onChange }) {
  const inputs = Object.entries(options).map(([value, text]) => {
    const input = element("input", {
      type: "radio",
      name: id,
      value,
      on: { change: () => onChange(value) },
    });
    return [
      value,
      input,
      element("label", { class: "bw-choice" }, input, element("span", { text })),
    ];
  });
  const about = element("p", { class: "bw-hint bw-about" });
  return {
    node: element(
      "fieldset",
      { class: "bw-choices" },
      element("legend", { text: name }),
      ...inputs.map(([, , label]) => label),
    ),
    about,
    show(chosen, text) {
      for (const [value, input] of inputs) input.checked = value === chosen;
      about.textContent = text;
    },
  };
}

function render({ model: shared, el }) {
  const id = prepare(el, "heads-dial");
  const keep = (changes) => {
    for (const [name, now] of Object.entries(changes)) shared.set(name, now);
    shared.save_changes();
  };

  // ------------------------------------------------------------------------------ the controls
  const field = element("input", {
    id: `${id}-sentence`,
    type: "text",
    class: "bw-sentence",
    autocomplete: "off",
    spellcheck: "false",
    "aria-describedby": `${id}-untrained ${id}-hint ${id}-message`,
    on: { input: () => soon() },
  });
  const examples = shared.get("examples").map((text) =>
    element("button", {
      type: "button",
      class: "bw-example",
      text,
      on: {
        click: () => {
          field.value = text;
          soon();
        },
      },
    }),
  );
  const message = element("p", { id: `${id}-message`, class: "bw-message", role: "status" });
  const lengths = Array.from({ length: LONGEST }, (_, k) => k + 1);
  const warmths = Array.from({ length: 41 }, (_, k) => 10 ** ((k - 20) / 20));
  const heads = stops(`${id}-heads`, {
    name: "Heads h",
    values: HEADS,
    onInput: (value) => keep({ heads: value }),
  });
  const length = stops(`${id}-length`, {
    name: "Sequence length N",
    values: lengths,
    unit: " tokens",
    onInput: (value) => keep({ length: value }),
  });
  const width = stops(`${id}-width`, {
    name: "Width of a head, d_k",
    values: WIDTHS,
    onInput: (value) => keep({ d_k: value }),
  });
  const warmth = stops(`${id}-warmth`, {
    name: "Temperature τ",
    values: warmths,
    onInput: (value) => keep({ temperature: value }),
  });
  const padded = stops(`${id}-padded`, {
    name: "Padded places",
    values: [0, ...lengths],
    onInput: (value) => keep({ padded: value }),
  });
  const mask = choice(`${id}-mask`, {
    name: "Mask",
    options: MASKS,
    onChange: (value) => keep({ mask: value }),
  });
  const positions = choice(`${id}-positions`, {
    name: "Positions",
    options: POSITIONS,
    onChange: (value) => keep({ positions: value }),
  });
  const scaled = element("input", {
    type: "checkbox",
    id: `${id}-scaled`,
    on: { change: () => keep({ scaled: scaled.checked }) },
  });

  // ------------------------------------------------------------------- what they do, and its cost
  const maps = board(el);
  const cost = costs(LONGEST, HEADS[HEADS.length - 1]);
  const announce = element("p", { class: "bw-spoken", "aria-live": "polite" });
  const result = element("div", { class: "bw-result" }, ...maps.nodes, cost.node);
  el.append(
    element("p", { id: `${id}-untrained`, class: "bw-untrained", text: UNTRAINED }),
    element(
      "div",
      { class: "bw-form" },
      element("label", { for: field.id, text: "Type a sentence" }),
      field,
      examples.length
        ? element(
            "span",
            { class: "bw-examples" },
            element("span", { text: "or try" }),
            ...examples,
          )
        : null,
    ),
    element(
      "div",
      { class: "bw-notes" },
      element("p", {
        id: `${id}-hint`,
        class: "bw-hint",
        text: `Its first N words count, ${LONGEST} at most. A shorter sentence begins again.`,
      }),
      message,
    ),
    element(
      "div",
      { class: "bw-controls" },
      heads.node,
      length.node,
      width.node,
      warmth.node,
      element("div", { class: "bw-control" }, mask.node, mask.about, padded.node),
      element(
        "div",
        { class: "bw-control" },
        positions.node,
        positions.about,
        element("p", {
          class: "bw-hint",
          text: "Learned positions are left out: before training they are random.",
        }),
        element(
          "label",
          { class: "bw-choice bw-check" },
          scaled,
          element("span", { text: "divide the scores by √d_k" }),
        ),
      ),
    ),
    result,
    announce,
  );

  /** The state as it may be drawn: there are never more padded places than places. */
  function settings() {
    const names = [
      "length",
      "heads",
      "d_k",
      "mask",
      "padded",
      "scaled",
      "temperature",
      "positions",
    ];
    const now = Object.fromEntries(names.map((name) => [name, shared.get(name)]));
    now.padded = Math.min(now.padded, now.length);
    return now;
  }

  let later = 0;
  function draw() {
    const now = settings(),
      typed = split(field.value);
    result.classList.toggle("is-stale", !typed.length);
    field.setAttribute("aria-invalid", String(!typed.length));
    message.textContent = typed.length ? "" : "Type at least one word, for example the cat sleeps.";
    const warm = warmths.reduce(
      (
        best,
        value, // the stop next to a temperature set from Python
      ) => (Math.abs(value - now.temperature) < Math.abs(best - now.temperature) ? value : best),
    );
    heads.show(now.heads);
    length.show(now.length);
    width.show(now.d_k);
    warmth.show(warm, degrees(now.temperature));
    padded.show(now.padded);
    padded.slider.max = now.length;
    padded.slider.disabled = now.mask !== "padding";
    padded.node.classList.toggle("is-off", now.mask !== "padding");
    mask.show(now.mask, ABOUT_MASK[now.mask]);
    positions.show(now.positions, ABOUT_POSITIONS[now.positions]);
    scaled.checked = now.scaled;
    cost.draw(now);
    if (!typed.length) return;
    if (shared.get("sentence") !== field.value) keep({ sentence: field.value });
    const tokens = fill(typed, now.length, now.mask === "padding" ? now.padded : 0);
    const weights = attentionMaps(tokens, now);
    maps.draw(tokens, weights);
    el.dataset.state = JSON.stringify(now);
    clearTimeout(later);
    later = setTimeout(() => {
      // once the controls rest
      const rows = weights.flatMap((rows) => rows.filter((_, t) => tokens[t] !== PAD));
      const mean = rows.reduce((sum, row) => sum + entropy(row), 0) / Math.max(rows.length, 1);
      announce.textContent =
        `${words(now.length, "token")}, ${words(now.heads, "head")}, mask ` +
        `${now.mask}, positions ${now.positions}. Mean entropy ${mean.toFixed(2)} bits. ` +
        maps.reading();
    }, 700);
  }

  const soon = eachFrame(draw);
  const follow = () => {
    if (field.value !== shared.get("sentence")) field.value = shared.get("sentence");
    soon();
  };
  const events =
    "change:length change:heads change:d_k change:mask change:padded change:scaled " +
    "change:temperature change:positions";
  field.value = shared.get("sentence");
  shared.on("change:sentence", follow);
  shared.on(events, soon);
  draw();

  const theme = new MutationObserver(soon); // the maps are painted in the theme's own colours
  for (const node of [document.documentElement, document.body]) {
    theme.observe(node, {
      attributes: true,
      attributeFilter: ["data-theme", "theme", "class", "data-jp-theme-light"],
    });
  }
  const fit = new ResizeObserver(() => {
    maps.fit();
    cost.fit();
  });
  fit.observe(el);
  return () => {
    theme.disconnect();
    fit.disconnect();
    soon.cancel();
    clearTimeout(later);
    shared.off("change:sentence", follow);
    shared.off(events, soon);
  };
}

export default { render };
