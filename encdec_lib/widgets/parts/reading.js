// How a text that is typed becomes tokens, and tokens a text, by the rule of a reader's own data:
// the twin of TextVocabulary in encdec_lib/data/text_vocabulary.py.

/**
 * @typedef {object} Rule
 * @property {"words" | "characters" | "subwords"} unit
 * @property {boolean} lowercase
 * @property {[string, string][]} merges of subwords, in the order in which they are done
 */

/** @typedef {ReturnType<typeof readingOf>} Reading */

const SPACE = "▁"; // U+2581: a space as a character of a token
const GAP = /[\s\p{Cc}\ufeff▁]+/gu;
const PIECE =
  /[\p{L}\p{M}\p{N}\p{Join_Control}]+(?:['’-][\p{L}\p{M}\p{N}\p{Join_Control}]+)*|[^\s\p{L}\p{M}\p{N}\p{Join_Control}]/gu;

/**
 * Words and signs, with ▁ before those that follow a space or begin the text.
 * @param {string} text a clean one
 */
const spacedPieces = (text) =>
  Array.from(text.matchAll(PIECE), ({ 0: piece, index }) =>
    index === 0 || text[index - 1] === " " ? SPACE + piece : piece,
  );

/**
 * Byte-pair encoding of one piece: the merge that was learned first is done first, the leftmost of
 * its places first.
 * @param {string} piece
 * @param {Map<string, number>} ranks of the merges, "first second" to its number
 */
function merged(piece, ranks) {
  const parts = [...piece];
  for (;;) {
    let [best, at] = [Number.POSITIVE_INFINITY, -1];
    for (let k = 0; k + 1 < parts.length; k++) {
      const rank = ranks.get(`${parts[k]} ${parts[k + 1]}`) ?? best;
      if (rank < best) [best, at] = [rank, k];
    }
    if (at < 0) return parts;
    parts.splice(at, 2, parts[at] + parts[at + 1]);
  }
}

/**
 * The rule as functions.
 * @param {Rule} rule
 */
export function readingOf({ unit, lowercase, merges }) {
  const ranks = new Map(merges.map((pair, rank) => [pair.join(" "), rank]));
  /** @param {string} text */
  const clean = (text) => {
    const composed = text.normalize("NFC");
    const cased = lowercase ? composed.toLowerCase().normalize("NFC") : composed;
    return cased.replace(GAP, " ").replace(/^ | $/g, "");
  };
  return {
    unit,
    noun: unit.slice(0, -1),
    clean,
    /**
     * @param {string} text
     * @returns {string[]}
     */
    tokens(text) {
      const cleaned = clean(text);
      if (unit === "characters") return [...cleaned.replaceAll(" ", SPACE)];
      if (unit === "words") return cleaned.match(PIECE) ?? [];
      return spacedPieces(cleaned).flatMap((piece) => merged(piece, ranks));
    },
    /** @param {string[]} tokens */
    join: (tokens) =>
      unit === "words" ? tokens.join(" ") : tokens.join("").replaceAll(SPACE, " ").trim(),
  };
}

/**
 * The reading that a widget's state describes; null where letters are the tokens.
 * @param {import("./state.js").State} state
 * @param {"reading" | "writing"} name
 * @returns {Reading | null}
 */
export const ruleOf = (state, name) => (state.get(name).unit ? readingOf(state.get(name)) : null);

/**
 * One sentence about a text that cannot be read, or null. Unknown tokens can: see unknownIn().
 * @param {string[]} tokens
 * @param {{reading: Reading, most: number, example: string}} limits
 */
export function complaintAbout(tokens, { reading, most, example }) {
  if (!tokens.length) return `Type a text to begin, for example ${example}`;
  if (tokens.length <= most) return null;
  const { unit } = reading;
  return `This is ${tokens.length} ${unit} long; the model reads up to ${most} ${unit}.`;
}

/**
 * One sentence about the tokens that the model has never seen, or null.
 * @param {string[]} tokens
 * @param {import("./tokens.js").Vocabulary} known
 */
export function unknownIn(tokens, known) {
  const unknown = [...new Set(tokens.filter((token) => !known.has(token)))];
  if (!unknown.length) return null;
  const named = unknown.map((token) => `“${token}”`).join(", ");
  return `The training texts did not have ${named}; the model reads <unk> there.`;
}
