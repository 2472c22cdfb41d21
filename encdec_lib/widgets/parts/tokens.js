// Tokens of a model's answer: their ids, their faults against a reference, the row they stand in.

import { element, spoken } from "./elements.js";

/** @typedef {import("./compare.js").Pair} Pair */

export const GAP = "\u2002"; // between the phonemes of a word

/**
 * Symbols to ids and back, as encdec_lib.data.Vocabulary numbers them.
 * @param {string[]} symbols
 */
export function vocabulary(symbols) {
  const ids = new Map(symbols.map((symbol, id) => [symbol, id]));
  const idOf = (/** @type {string} */ symbol) => ids.get(symbol.normalize("NFC"));
  return {
    /** @param {string} symbol */
    has: (symbol) => (idOf(symbol) ?? 0) > 3, // 0..3 are <pad> <bos> <eos> <unk>
    /** @param {string[]} tokens */
    encode: (tokens) => tokens.map((token) => idOf(token) ?? 3),
    /** @param {Iterable<number>} tokens */
    decode: (tokens) => Array.from(tokens, (id) => symbols[id]),
    symbols: symbols.slice(4),
  };
}

/** @typedef {ReturnType<typeof vocabulary>} Vocabulary */

/**
 * The answers to a text that count as right, or null where nobody knows: by the trait `references`,
 * or by the rule of what a reader's own model has learned.
 * @param {import("./state.js").State} state
 * @param {string} text
 * @returns {string[][] | null}
 */
export function acceptedFor(state, text) {
  const [rule, references] = [state.get("right"), state.get("references")];
  if (rule) return [rule(text)];
  return Object.hasOwn(references, text) ? references[text] : null;
}

/**
 * Tokens that are not compared with anything, as pairs.
 * @param {string[]} tokens
 * @returns {Pair[]}
 */
export const unmarked = (tokens) =>
  tokens.map((token) => ({ kind: "right", answer: token, reference: token }));

/**
 * What is said of each kind of fault.
 * @typedef {{wrong: (reference: string) => string, extra: string, missing: string}} Notes
 */

/** @type {Notes} */
const AGAINST_REFERENCE = {
  wrong: (reference) => `wrong, should be ${reference}`,
  extra: "extra",
  missing: "left out",
};

/**
 * One token of markedTokens().
 * @param {Pair} pair
 * @param {Notes} notes
 * @param {string | undefined} meaning
 */
function markedToken({ kind, answer, reference }, notes, meaning) {
  const note =
    kind === "right" ? null : kind === "wrong" ? notes.wrong(String(reference)) : notes[kind];
  const token = element("span", { class: `bw-token bw-${kind}`, title: note });
  if (note) token.append(spoken(`[${note}: `));
  token.append(element("span", { class: "bw-said", text: answer ?? reference }));
  if (note) token.append(spoken("]"));
  if (meaning) {
    token.append(element("span", { class: "bw-gloss", "aria-hidden": "true", text: meaning }));
  }
  return token;
}

/**
 * The tokens of an answer, marked against a reference. Faults differ in line and sign, and in
 * words for a screen reader, not in colour alone.
 * @param {Pair[]} pairs of compare.js
 * @param {{separator?: string, gloss?: Record<string, string>, notes?: Notes}} [options] `gloss`
 *   maps a token to its meaning, which stands under it; `notes` says what a fault is called
 */
export function markedTokens(
  pairs,
  { separator = " ", gloss = {}, notes = AGAINST_REFERENCE } = {},
) {
  const list = element("span", { class: "bw-tokens" });
  pairs.forEach((pair, k) => {
    if (k) list.append(separator);
    list.append(markedToken(pair, notes, gloss[pair.answer ?? pair.reference ?? ""]));
  });
  return list;
}

/**
 * "6 of 7 right" and what else is the matter.
 * @param {Pair[]} pairs
 */
export function verdict(pairs) {
  /** @param {string} kind */
  const count = (kind) => pairs.filter((pair) => pair.kind === kind).length;
  const wanted = pairs.length - count("extra");
  const right = `${count("right") === wanted ? "all" : `${count("right")} of`} ${wanted} right`;
  return count("extra") ? `${right}, ${count("extra")} extra` : right;
}

/**
 * One model's answer: who says it, a note under the name, and its tokens.
 * @param {string} kind a class is-… of book_widget.css: attention, fixed, source, reference
 * @param {string} who
 * @param {string} note
 * @param {Node} tokens
 */
export function answerRow(kind, who, note, tokens) {
  const name = element(
    "span",
    { class: "bw-who" },
    who,
    element("span", { class: "bw-verdict", text: note }),
  );
  return element("div", { class: `bw-answer is-${kind}` }, name, tokens);
}

/**
 * Tokens that are not marked; a dash where there are none.
 * @param {string[]} tokens
 */
export const plainTokens = (tokens) =>
  element("span", { class: "bw-tokens", text: tokens.join(GAP) || "–" });

/**
 * Accepted answers in one line: "A B  or  A C".
 * @param {string[][]} references
 */
export const alternatives = (references) =>
  [...new Set(references.map((tokens) => tokens.join(GAP)))].join("  or  ");
