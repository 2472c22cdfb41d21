// What the book's widgets share in the page: elements, ids, messages, symbols.

/** An element. Properties are set as attributes; `on` holds listeners; text is never parsed. */
export function element(tag, { on = {}, text, ...attributes } = {}, ...children) {
  const svg = ["svg", "g", "path", "line", "text", "circle", "rect", "title"].includes(tag);
  const made = svg
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value);
  }
  for (const [event, listener] of Object.entries(on)) made.addEventListener(event, listener);
  if (text !== undefined) made.textContent = text;
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Text for screen readers alone. */
export const spoken = (text) => element("span", { class: "bw-spoken", text });

let widgets = 0;

/** Prepares the element a host gives: a class, keys kept from the notebook, an id prefix. */
export function prepare(el, name) {
  el.classList.add("bw", `bw-${name}`);
  // JupyterLab takes arrow keys and letters for itself unless they stop here.
  el.setAttribute("data-lm-suppress-shortcuts", "true");
  el.addEventListener("keydown", (event) => event.stopPropagation());
  return `bw-${name}-${(widgets += 1)}`;
}

/** A function that runs `work` once before the next frame, however often it is called. */
export function eachFrame(work) {
  let waiting = 0;
  const call = () => {
    waiting ||= requestAnimationFrame(() => {
      waiting = 0;
      work();
    });
  };
  call.cancel = () => cancelAnimationFrame(waiting);
  return call;
}

/** Symbols to ids and back, as encdec_lib.data.Vocabulary numbers them. */
export function vocabulary(symbols) {
  const ids = new Map(symbols.map((symbol, id) => [symbol, id]));
  return {
    has: (symbol) => ids.get(symbol) > 3, // 0..3 are <pad> <bos> <eos> <unk>
    encode: (tokens) => tokens.map((token) => ids.get(token) ?? 3),
    decode: (tokens) => tokens.map((id) => symbols[id]),
    symbols: symbols.slice(4),
  };
}

/** The tokens of an answer, marked against a reference (pairs from compare.js). Faults differ in
 *  line and sign, and in words for a screen reader, not in colour alone. `gloss` maps a token to
 *  its meaning, which stands under it. */
export function markedTokens(pairs, separator = " ", gloss = {}) {
  const list = element("span", { class: "bw-tokens" });
  pairs.forEach(({ kind, answer, reference }, k) => {
    if (k) list.append(separator);
    const note = {
      wrong: `wrong, should be ${reference}`,
      extra: "extra",
      missing: "left out",
    }[kind];
    const token = element("span", { class: `bw-token bw-${kind}`, title: note });
    if (note) token.append(spoken(`[${note}: `));
    const said = answer ?? reference;
    token.append(element("span", { class: "bw-said", text: said }));
    if (note) token.append(spoken("]"));
    if (gloss[said]) {
      const meaning = { class: "bw-gloss", "aria-hidden": "true", text: gloss[said] };
      token.append(element("span", meaning));
    }
    list.append(token);
  });
  return list;
}

/** "6 of 7 right" and what else is the matter. */
export function verdict(pairs) {
  const count = (kind) => pairs.filter((pair) => pair.kind === kind).length;
  const wanted = pairs.length - count("extra");
  const right = `${count("right") === wanted ? "all" : `${count("right")} of`} ${wanted} right`;
  return count("extra") ? `${right}, ${count("extra")} extra` : right;
}
