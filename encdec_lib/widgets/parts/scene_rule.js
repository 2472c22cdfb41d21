// The rule of encdec_lib/data/captions.py: what is true of a layout of digits.

/**
 * A digit and the rectangle of its ink; bottom and right are one past the last pixel, as in
 * encdec_lib/data/scenes.py.
 * @typedef {{label: number, top: number, left: number, bottom: number, right: number}} Place
 */

/** @typedef {"left" | "right" | "above" | "below"} Relation */

export const NAMES = [
  "zero",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
];

/** "a seven", "an eight". @param {number} digit */
export const aDigit = (digit) => `${digit === 8 ? "an" : "a"} ${NAMES[digit]}`;

const CLEAR = 2; // pixels by which one distance must exceed the other
const SAID = { left: ["left", "of"], right: ["right", "of"], above: ["above"], below: ["below"] };

/**
 * Row and column of a place's middle.
 * @param {Place} place
 */
const middle = ({ top, left, bottom, right }) => [(top + bottom) / 2, (left + right) / 2];

/**
 * Where `subject` is, seen from `other`; null if the distances are too much alike.
 * @param {Place} subject
 * @param {Place} other
 * @returns {Relation | null}
 */
function relation(subject, other) {
  const [row, column] = middle(subject);
  const [otherRow, otherColumn] = middle(other);
  const down = row - otherRow;
  const across = column - otherColumn;
  if (Math.abs(Math.abs(down) - Math.abs(across)) < CLEAR) return null;
  if (Math.abs(across) > Math.abs(down)) return across < 0 ? "left" : "right";
  return down < 0 ? "above" : "below";
}

/**
 * The one true caption as a list of tokens, or null where a relation is not clear.
 * @param {Place[]} places
 */
export function trueCaption(places) {
  const [subject, ...others] = [...places].sort((a, b) => {
    const [row, column] = middle(a);
    const [otherRow, otherColumn] = middle(b);
    return a.label - b.label || row - otherRow || column - otherColumn;
  });
  const tokens = ["a", NAMES[subject.label]];
  for (const [k, other] of others.entries()) {
    const found = relation(subject, other);
    if (found === null) return null;
    tokens.push(...(k ? [","] : []), ...SAID[found], "a", NAMES[other.label]);
  }
  return tokens;
}

/**
 * Whether two places leave no pixel free between them, as no scene of the data has it.
 * @param {Place} a
 * @param {Place} b
 */
export function touch(a, b) {
  return (
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) + 1 > 0 &&
    Math.min(a.right, b.right) - Math.max(a.left, b.left) + 1 > 0
  );
}
