// Chapter 15: the reader places digits on a canvas, a model writes its caption word by word, and each
// word shows where on the picture it looked. All of it is computed in the page.

import { compare } from "../parts/compare.js";
import { greedy, loadModel } from "../../web/engine/engine.js";
import { choice } from "../parts/choices.js";
import { headPictures, weightsOf } from "../parts/head_pictures.js";
import { eachFrame, element, markedTokens, prepare, verdict, vocabulary } from "../parts/page.js";
import { largest, patchMap, sharesOn } from "../parts/patch_map.js";
import { NAMES, trueCaption } from "../parts/scene_rule.js";
import { EMPTY, sceneStage, sentence, UNCLEAR } from "../parts/scene_stage.js";
import { percent } from "../parts/weight_grid.js";

const LONGEST = 20; // tokens
const NO_MAP = "This model has one vector for the whole picture: no word has a map.";

/** "the three 61%, the other three 9%, elsewhere 30%" */
function onDigits(shares, boxes, side) {
  const found = sharesOn(shares, boxes, side),
    met = new Set();
  const said = found.map((share, k) => {
    const { label } = boxes[k],
      other = met.has(label) ? "other " : "";
    met.add(label);
    return `the ${other}${NAMES[label]} ${percent(share)}`;
  });
  return `${said.join(", ")}, elsewhere ${percent(Math.max(0, 1 - found.reduce((a, b) => a + b, 0)))}`;
}

function render({ model: shared, el }) {
  const id = prepare(el, "reader"),
    side = shared.get("side");
  el.classList.add("bw-looking");
  const words = vocabulary(shared.get("symbols"));
  const models = shared.get("models").map(({ name, model }) => ({
    name,
    run: loadModel(model),
    longest: Math.min(LONGEST, placesOf(model)),
  }));
  const names = models.map(({ name }) => name);
  const soon = eachFrame(draw),
    map = patchMap();
  const stage = sceneStage(shared, el, { onChange: soon, over: map.node });
  let answered = null; // {key, image, tokens, sure, maps, boxes, nodes}: what the words show
  let later = 0;

  // ---------------------------------------------------------------- elements

  const change = (name) => (value) => {
    shared.set(name, value);
    shared.save_changes();
    soon();
  };
  const chooser = choice(
    `${id}-model`,
    "Model",
    names.map((name) => [name, name]),
    change("model"),
  );
  chooser.node.hidden = names.length < 2;
  const deepest = Math.max(...shared.get("models").map(({ model }) => layersOf(model)));
  const layers = choice(
    `${id}-layer`,
    "Layer of the decoder",
    Array.from({ length: deepest }, (_, n) => [n + 1, n ? String(n + 1) : "1 (bottom)"]),
    change("layer"),
  );
  const pictures = headPictures(id, el, { onChoose: change("head"), onRow: () => {} });
  const hint = element("p", { class: "bw-hint" });
  const answers = element("div", { class: "bw-answers" });
  const reading = element("p", { class: "bw-reading" });
  const announce = element("p", { class: "bw-spoken", "aria-live": "polite" });
  el.append(
    stage.palette,
    chooser.node,
    element(
      "div",
      { class: "bw-desk" },
      element("div", {}, stage.node, stage.bar, hint),
      element("div", { class: "bw-said" }, answers, reading, layers.node, pictures.node),
    ),
    announce,
  );

  function answerRow(kind, who, under, content) {
    const name = element("span", { class: "bw-who", text: who });
    if (under) name.append(element("span", { class: "bw-verdict", text: under }));
    return element("div", { class: `bw-answer ${kind}` }, name, content);
  }

  // ---------------------------------------------------------------- the words

  const pairsOf = (tokens, truth) =>
    truth ? compare(tokens, truth) : tokens.map((token) => ({ kind: "right", answer: token }));

  /** The caption as words to choose from, each with the step that wrote it. */
  function wordsOf(pairs, finished) {
    const list = markedTokens(pairs);
    for (const token of list.querySelectorAll(".bw-token")) {
      // no space before a comma
      if (token.textContent === ",") token.previousSibling?.remove();
    }
    if (finished) {
      list.append(
        " ",
        element(
          "span",
          { class: "bw-token bw-end", title: "the end of the caption" },
          element("span", { class: "bw-said", text: "end" }),
        ),
      );
    }
    const nodes = [...list.querySelectorAll(".bw-token:not(.bw-missing)")];
    list.setAttribute("role", "radiogroup");
    list.setAttribute("aria-label", "Words of the caption; arrow keys move, each shows its map");
    nodes.forEach((node, t) => {
      node.setAttribute("role", "radio");
      node.addEventListener("pointerenter", () => show(t));
      node.addEventListener("pointerleave", () => show());
      node.addEventListener("click", () => node.focus());
      node.addEventListener("focus", () => keep(t));
      node.addEventListener("keydown", (event) => {
        const to = {
          ArrowRight: t + 1,
          ArrowDown: t + 1,
          ArrowLeft: t - 1,
          ArrowUp: t - 1,
          Home: 0,
          End: nodes.length - 1,
        }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        nodes[Math.max(0, Math.min(nodes.length - 1, to))].focus();
      });
    });
    return { list, nodes };
  }

  function keep(t) {
    shared.set("word", t);
    shared.save_changes();
    show();
  }

  function answer(image, model, truth) {
    const said = greedy(model.run, image, model.longest),
      tokens = words.decode(said.tokens);
    const pairs = pairsOf(tokens, truth),
      { list, nodes } = wordsOf(pairs, said.finished);
    const sure = `probability ${percent(Math.exp(said.logProbs.reduce((sum, p) => sum + p, 0)))}`;
    answers.replaceChildren(
      answerRow(
        "is-reference",
        "By the rule",
        "",
        element("span", {
          class: truth ? "bw-tokens" : "bw-hint",
          text: truth ? sentence(truth) : UNCLEAR,
        }),
      ),
      answerRow("is-attention", "The model", truth ? `${verdict(pairs)}, ${sure}` : sure, list),
    );
    answered = {
      tokens,
      nodes,
      names: said.finished ? [...tokens, "end"] : tokens,
      sure: said.logProbs.map(Math.exp),
      maps: said.maps.cross,
    };
  }

  // ---------------------------------------------------------------- the map of a word

  /** The map of a word: the one that is pointed at, or the one that was chosen. */
  function show(pointed = null) {
    const { maps, nodes, sure } = answered ?? { nodes: [] };
    if (!nodes.length) return;
    const chosen = Math.max(0, Math.min(nodes.length - 1, shared.get("word")));
    const t = pointed ?? chosen;
    nodes.forEach((node, k) => {
      node.tabIndex = k === chosen ? 0 : -1;
      node.setAttribute("aria-checked", k === chosen);
      node.classList.toggle("is-shown", k === t);
    });
    const none = !maps.length;
    pictures.node.hidden = none || maps[0].heads < 2;
    layers.node.hidden = none || maps.length < 2;
    map.show(!none);
    Object.assign(el.dataset, { word: t, weights: "", head: "", layer: "" });
    if (none) {
      reading.textContent = NO_MAP;
      return;
    }
    const layer = Math.min(maps.length, shared.get("layer") || maps.length);
    const all = maps[layer - 1],
      M = all.columns,
      columns = Math.sqrt(M);
    const head = all.heads > 1 ? Math.max(0, Math.min(all.heads, shared.get("head"))) : 1;
    const weights = new Float32Array(all.heads * M);
    for (let n = 0; n < all.heads; n++) {
      const start = (n * all.rows + t) * M;
      weights.set(all.weights.subarray(start, start + M), n * M);
    }
    const word = { heads: all.heads, rows: columns, columns, weights };
    const shares = weightsOf(word, head),
      top = Math.max(...weights);
    layers.show(layer, (one) => one <= maps.length);
    map.draw(shares, columns);
    pictures.draw(
      { ...word, weights: weights.map((weight) => weight / top) },
      head,
      false,
      `layer ${layer} for the word ${answered.names[t]}`,
    );
    const who = all.heads < 2 ? "" : head ? `, head ${head}` : `, mean of ${all.heads} heads`;
    reading.replaceChildren(
      element("b", { text: answered.names[t] }),
      ` (${percent(sure[t])} sure)${who}: most at ${largest(shares, columns)}. ` +
        `On ${onDigits(shares, answered.boxes, side)}.`,
    );
    Object.assign(el.dataset, { head, layer, weights: JSON.stringify([...shares]) });
  }

  // ---------------------------------------------------------------- all of it, once a frame

  function draw() {
    clearTimeout(later);
    const image = stage.seen(),
      boxes = stage.boxes();
    const k = Math.max(0, names.indexOf(shared.get("model")));
    stage.show(image);
    chooser.show(names[k]);
    el.classList.toggle("is-empty", !boxes.length);
    el.dataset.model = names[k];
    if (!boxes.length) {
      answered = null;
      names.forEach((name, n) => {
        chooser.texts[n].textContent = name;
      });
      answers.replaceChildren(element("p", { class: "bw-empty", text: EMPTY }));
      map.show(false);
      pictures.node.hidden = layers.node.hidden = true;
      for (const line of [reading, hint, announce]) line.textContent = "";
      Object.assign(el.dataset, { said: "", weights: "" });
      return;
    }
    const key = `${k} ${el.dataset.places}`,
      truth = trueCaption(boxes);
    if (answered?.key !== key) answer(image, models[k], truth);
    Object.assign(answered, { key, boxes });
    hint.textContent = stage.hint(names.length > 1 ? "The models were" : "The model was");
    el.dataset.said = answered.tokens.join(" ");
    show();
    later = setTimeout(() => {
      // once the reader stops moving
      announce.textContent =
        `The model says: ${sentence(answered.tokens)}. ` +
        (truth ? `By the rule: ${sentence(truth)}.` : UNCLEAR);
      if (names.length > 1) rate(image, truth);
    }, 500);
  }

  /** How many words every model has right, beside its name. */
  function rate(image, truth) {
    models.forEach(({ name, run, longest }, n) => {
      const tokens = words.decode(greedy(run, image, longest).tokens);
      const note = truth ? `: ${verdict(pairsOf(tokens, truth))}` : "";
      chooser.texts[n].textContent = name + note;
    });
  }

  const told = "change:model change:word change:head change:layer";
  shared.on(told, soon);
  stage.start();
  draw();
  return () => {
    soon.cancel();
    clearTimeout(later);
    pictures.stop();
    stage.stop();
    shared.off(told, soon);
  };
}

/** How many layers of a model's decoder look at the picture. */
function layersOf({ manifest }) {
  return Object.keys(manifest).reduce(
    (top, path) => Math.max(top, 1 + Number(/^decoder\.blocks\.(\d+)\./.exec(path)?.[1] ?? 0)),
    1,
  );
}

/** How many tokens a model can write: with learned positions, as many as it knows. */
function placesOf({ manifest }) {
  return manifest["decoder.tokens.positions.table"]?.shape[0] ?? Infinity;
}

export default { render };
