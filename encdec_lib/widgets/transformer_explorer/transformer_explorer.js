// Chapter 12: type a source, read the Transformer's answer, see who looks where in each attention.

import { greedy, loadModel } from "../../web/engine/engine.js";
import { compareNearest } from "../parts/compare.js";
import { choice } from "../parts/choices.js";
import { eachFrame, element, markedTokens, prepare, verdict, vocabulary } from "../parts/page.js";
import { headPictures, weightsOf } from "../parts/head_pictures.js";
import { mapGrid, placed } from "./map_grid.js";
import { sourceField, unitOf } from "./source_field.js";
import { fitCells, percent } from "../parts/weight_grid.js";
import { legend } from "../parts/word_field.js";

const GAP = "\u2002"; // between tokens
const NAMES = {
  encoder: "in the encoder",
  decoder: "in the decoder, masked",
  cross: "from decoder to encoder",
};
const ABOUT = {
  encoder: "Every source token (a row) looks at all source tokens (the columns).",
  decoder:
    "A row is the token that is being written. It looks at what was read so far (the " +
    "columns): the start, then the answer. Striped: not written yet, hidden by the mask.",
  cross: "A row is the token that is being written. It looks at the source (the columns).",
};
const IDLE = "Point at a row, or reach it by Tab and arrow keys: it is read out here.";

/** "o 62%, u 20%, g 9%, the other 4 together 9%". */
function listing(shares, tokens, seen = shares.length) {
  const sorted = [...shares]
    .slice(0, seen)
    .map((share, k) => [share, placed(tokens, k)])
    .sort((a, b) => b[0] - a[0]);
  const top = sorted.slice(0, 3).filter(([share]) => share >= 0.005);
  const rest = sorted.slice(top.length),
    left = rest.reduce((sum, [share]) => sum + share, 0);
  const said = top.map(([share, name]) => `${name} ${percent(share)}`);
  if (left >= 0.005 && rest.length === 1) said.push(`${rest[0][1]} ${percent(left)}`);
  else if (left >= 0.005) said.push(`the other ${rest.length} together ${percent(left)}`);
  return said.join(", ") || "nothing";
}

function render({ model: shared, el }) {
  const id = prepare(el, "transformer");
  el.classList.add("bw-words");
  const source = vocabulary(shared.get("source_symbols"));
  const target = vocabulary(shared.get("target_symbols"));
  const model = loadModel(shared.get("model")),
    gloss = shared.get("gloss");
  const references = shared.get("references"),
    most = shared.get("max_source");
  const maxTarget = shared.get("max_target");

  const soon = eachFrame(draw);
  const field = sourceField(id, {
    known: source,
    most,
    examples: shared.get("examples"),
    text: shared.get("text"),
    hint: `Up to ${most} ${unitOf(source)}. The model answers here, in the page.`,
    onInput: soon,
    onDone: done,
  });
  const deepest = Object.keys(shared.get("model").manifest).reduce(
    (top, path) => Math.max(top, 1 + Number(/blocks\.(\d+)\./.exec(path)?.[1] ?? 0)),
    1,
  );
  const change = (name) => (value) => {
    keep({ [name]: value });
    done();
  };
  const attentions = choice(
    `${id}-attention`,
    "Attention",
    Object.entries(NAMES),
    change("attention"),
  );
  const layers = choice(
    `${id}-layer`,
    "Layer",
    Array.from({ length: deepest }, (_, n) => [n + 1, n ? String(n + 1) : "1 (bottom)"]),
    change("layer"),
  );
  const pictures = headPictures(id, el, {
    onChoose: change("head"),
    onRow: (head, row) => {
      if (head === null) light(kept);
      else light([row, -1], head);
    },
  });
  const answers = element("div", { class: "bw-answers" });
  const about = element("p", { class: "bw-hint bw-about" });
  const reading = element("p", { class: "bw-reading" });
  const picture = element("div", { class: "bw-picture" });
  const sums = element("p", { class: "bw-hint bw-sums" });
  const announce = element("p", { class: "bw-spoken", "aria-live": "polite" });
  const result = element(
    "div",
    { class: "bw-result" },
    answers,
    attentions.node,
    layers.node,
    about,
    pictures.node,
    reading,
    picture,
    sums,
  );
  el.append(...field.nodes, result, announce, ...field.after);
  if (Object.keys(gloss).length && field.unit === "letters") el.append(legend(gloss));

  function keep(changes) {
    for (const [name, now] of Object.entries(changes)) shared.set(name, now);
    shared.save_changes();
  }

  function answerRow(kind, who, note, tokens) {
    return element(
      "div",
      { class: `bw-answer is-${kind}` },
      element(
        "span",
        { class: "bw-who" },
        who,
        element("span", { class: "bw-verdict", text: note }),
      ),
      tokens,
    );
  }

  let answered = null; // {text, tokens, names, maps, sure}
  function answer(text) {
    const tokens = field.tokens,
      said = greedy(model, source.encode(tokens), maxTarget);
    const written = target.decode(said.tokens);
    const known = Object.hasOwn(references, text) ? references[text] : null;
    const pairs = known
      ? compareNearest(written, known)
      : written.map((token) => ({ kind: "right", answer: token }));
    const cut = said.finished ? "" : `stopped after ${maxTarget} tokens`;
    const note = [known ? verdict(pairs) : "", cut].filter(Boolean).join("; ");
    answers.replaceChildren(
      answerRow(
        "attention",
        "The model writes",
        note,
        pairs.length
          ? markedTokens(pairs, GAP, field.unit === "words" ? gloss : {})
          : element("span", { class: "bw-tokens", text: "nothing" }),
      ),
    );
    if (known) {
      const right = [...new Set(known.map((one) => one.join(GAP)))].join("  or  ");
      answers.prepend(
        answerRow(
          "reference",
          shared.get("reference_name"),
          "",
          element("span", { class: "bw-tokens", text: right }),
        ),
      );
    }
    answered = {
      text,
      tokens,
      note,
      written,
      names: said.finished ? [...written, "end"] : written,
      sure: said.logProbs.map(Math.exp),
      maps: { encoder: said.maps.encoder, decoder: said.maps.own, cross: said.maps.cross },
    };
    kept = null;
  }

  let kept = null,
    grid = null,
    view = null,
    later = 0;

  /** What is pointed at, in words; `head` where a small picture of another one is pointed at. */
  function sentence([i, j], head) {
    const { attention, rows, columns, map, masked } = view;
    const weights = weightsOf(map, head),
      at = (t, s) => weights[t * map.columns + s];
    const where = `${head ? `Head ${head}` : `The mean of ${map.heads} heads`}: `;
    const who = (t) => `${attention === "encoder" ? "" : "writing "}${placed(rows, t)}`;
    if (i < 0) {
      const column = rows.names.map((_, t) => at(t, j));
      return (
        `${where}${placed(columns, j)} is looked at by ` +
        `${listing(column, rows)} (each share is of that row's 100%).`
      );
    }
    const shares = weights.subarray(i * map.columns, (i + 1) * map.columns);
    const cell =
      j < 0
        ? ""
        : masked && j > i
          ? ` ${columns.names[j]} is hidden: it comes later.`
          : ` ${placed(columns, j)} gets ${percent(shares[j])}.`;
    const sure =
      attention === "encoder"
        ? ""
        : ` The model is ${percent(answered.sure[i])} sure of ${rows.names[i]}.`;
    return (
      `${where}${who(i)} looks at ` +
      `${listing(shares, columns, masked ? i + 1 : shares.length)}.${cell}${sure}`
    );
  }

  /** The line of text and the row in every small picture, for a place of the grid. */
  function tell(position, head = view.head) {
    reading.textContent = position ? sentence(position, head) : IDLE;
    pictures.mark(position && position[0] >= 0 ? position[0] : null);
  }

  function light(position, head) {
    grid.light(position);
    if (head !== undefined && position) tell(position, head);
  }

  function draw() {
    const text = field.check();
    result.classList.toggle("is-stale", text === null);
    if (text !== null && text !== answered?.text) {
      answer(text);
      view = null;
    }
    if (text !== null && shared.get("text") !== text) keep({ text });
    if (answered) show();
    clearTimeout(later);
    if (text !== null) later = setTimeout(() => speak(), 700); // once the reader stops typing
  }

  function show() {
    const { maps, tokens, names } = answered,
      has = (name) => maps[name]?.length > 0;
    const attention = has(shared.get("attention")) ? shared.get("attention") : "cross";
    const layer = Math.min(Math.max(shared.get("layer"), 1), maps[attention].length);
    const map = maps[attention][layer - 1];
    const head = Math.min(Math.max(shared.get("head"), map.heads > 1 ? 0 : 1), map.heads);
    attentions.show(attention, has);
    layers.show(layer, (one) => one <= maps[attention].length);
    const key = [attention, layer, head].join();
    if (key === view?.key) return;
    if (view && (view.attention === "encoder") !== (attention === "encoder")) kept = null;
    const masked = attention === "decoder";
    const rows =
      attention === "encoder"
        ? { side: "source", names: tokens, glosses: {} }
        : { side: "target", names, glosses: field.unit === "letters" ? gloss : {} };
    const columns = masked
      ? { side: "target", names: ["start", ...names.slice(0, -1)], first: 0 }
      : { side: "source", names: tokens };
    view = { key, attention, layer, head, map, masked, rows, columns };
    if (kept && kept[1] >= map.columns) kept = [kept[0], -1];
    about.textContent = ABOUT[attention];
    const what = `attention ${NAMES[attention]}, layer ${layer}`;
    pictures.draw(map, head, masked, what);
    const weights = weightsOf(map, head);
    const shares = rows.names.map((_, i) =>
      weights.subarray(i * map.columns, (i + 1) * map.columns),
    );
    grid = mapGrid({
      label: `${what}, ${head ? `head ${head}` : "mean of the heads"}`,
      rows,
      columns,
      shares,
      kept,
      hidden: (i, j) => masked && j > i,
      read: (position) => tell(position),
    });
    grid.node.addEventListener("keep", ({ detail }) => {
      kept = detail;
    });
    picture.replaceChildren(grid.node);
    grid.light(kept);
    const totals = shares.map((row) => row.reduce((a, b) => a + b, 0));
    const exact = totals.every((total) => Math.abs(total - 1) < 5e-4);
    sums.textContent = exact
      ? "The weights of every row add up to 100%."
      : `The weights of a row add up to ${percent(Math.min(...totals))} to ` +
        `${percent(Math.max(...totals))}.`;
    Object.assign(el.dataset, { text: answered.text, attention, layer, head });
  }

  function speak() {
    const { text, written, note } = answered;
    const said = `${text}: ${written.join(" ") || "nothing"}.${note ? ` ${note}.` : ""}`;
    if (announce.textContent !== said) announce.textContent = said;
  }

  /** Draws at once: once a source stands or a button is pressed. */
  function done() {
    draw();
  }

  const follow = () => {
    if (shared.get("text") !== field.text) field.text = shared.get("text");
    soon();
  };
  shared.on("change:text", follow);
  shared.on("change:attention change:layer change:head", soon);
  draw();

  const fit = fitCells(el, picture);
  return () => {
    fit.disconnect();
    pictures.stop();
    soon.cancel();
    clearTimeout(later);
    shared.off("change:text", follow);
    shared.off("change:attention change:layer change:head", soon);
  };
}

export default { render };
