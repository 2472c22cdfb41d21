// The picture: vectors of the letters, how much of each is read now, and what was given so far.

import { attention, decoder, encoder, italic } from "../parts/stepper/marks.js";

/**
 * What one model did with the word.
 * @typedef {object} Trace
 * @property {string} name
 * @property {"last" | "mean" | "max" | "position" | "content" | "weighted"} read
 * @property {number[][]} vectors one a letter
 * @property {number[][]} weights of each step
 * @property {number[][]} contexts what each step was given
 * @property {string[]} tokens what each step wrote
 */

/** @param {number} share */
export const percent = (share) => `${Math.round(100 * share)}%`;

const ORDER = [
  "first",
  "second",
  "third",
  "fourth",
  "fifth",
  "sixth",
  "seventh",
  "eighth",
  "ninth",
];

/**
 * What the step is given, in words.
 * @param {Trace} trace
 * @param {string} word
 * @param {number} i the step, from 0
 * @returns {(string | Node)[]}
 */
function given({ read, weights, vectors }, word, i) {
  const letters = [...word];
  const N = letters.length;
  const order = weights[i].map((share, j) => ({ share, j })).sort((a, b) => b.share - a.share);
  const [{ share, j }, second] = order;
  /** @param {number} k */
  const the = (k) => italic(letters[k]);
  if (read === "last") {
    return ["half of the last letter’s vector and half of the first’s, so each has read it all"];
  }
  if (read === "mean") return [`the mean of all ${vectors.length} vectors`];
  if (read === "max") return ["the largest of all vectors for each number by itself"];
  if (read === "position") {
    return i < N
      ? [`the ${ORDER[i]} vector, that of `, the(i)]
      : ["the last vector, since there is no letter with the number of this step"];
  }
  if (read === "content") return ["the vector most like its state, that of ", the(j)];
  if (second.share < 0.05) return [`almost only the vector of `, the(j), `, ${percent(share)}`];
  return [
    ...[
      "a mixture, ",
      attention(percent(share)),
      " of ",
      the(j),
      ` and ${percent(second.share)} of `,
    ],
    the(second.j),
  ];
}

/**
 * @param {Trace} trace
 * @param {string} word
 * @param {number} step
 * @param {number} width of a vector
 * @returns {(string | Node)[]}
 */
export function sentence(trace, word, step, width) {
  const N = word.length;
  if (step === 0) {
    return [
      ...[
        encoder("The encoder"),
        " has read ",
        italic(word),
        ` and kept one vector for each of its ${N} `,
      ],
      ...[
        `letters. The decoder can be given `,
        attention("one"),
        ` vector of ${width} numbers a step.`,
      ],
    ];
  }
  const i = step - 1;
  const token = trace.tokens[i];
  const writes = token === "end" ? "ends the word" : "writes ";
  const what = token === "end" ? [writes] : [writes, decoder(token)];
  const pooled = ["last", "mean", "max"].includes(trace.read);
  const sound = `For the ${ORDER[i]} sound the decoder is given `;
  if (pooled && i > 0) {
    return [
      ...[
        sound,
        attention("the same vector"),
        " again. How far it has come, only its own state can ",
      ],
      ...["tell. It ", ...what, "."],
    ];
  }
  return [sound, ...given(trace, word, i), ". It ", ...what, "."];
}
