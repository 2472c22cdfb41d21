// The sentence of each step, made from what the gates did.

import { decoder, encoder } from "../parts/stepper/marks.js";

/** Numbers of every row, a list a step. @typedef {Record<string, number[][]>} Rows */
/** @typedef {{rows: Rows, answer: string}} Run */
/** @typedef {{letters: string[], right: string, runs: Run[]}} Word */
/** @typedef {import("../parts/stepper/types.js").Sentence} Sentence */

const HALF = 0.5;

/** Whether a gate is open for a number at least. @param {number[]} gate */
const opens = (gate) => gate.some((share) => share >= HALF);

/** Whether a gate is shut for a number at least. @param {number[]} gate */
const shuts = (gate) => gate.some((share) => share < HALF);

/** How much of a gate is meant. @param {number[]} gate @param {boolean} open */
function part(gate, open) {
  const all = gate.every((share) => share >= HALF === open);
  return all ? "for all numbers" : "for some of the numbers";
}

/** @param {Rows} rows @param {number} step */
function ofLstm(rows, step) {
  const [i, f, o] = [rows.input[step], rows.forget[step], rows.output[step]];
  return [
    opens(i)
      ? `The input gate opens ${part(i, true)}, and something new is written into the memory.`
      : "The input gate stays shut, so nothing of it is written.",
    shuts(f)
      ? ` The forget gate shuts ${part(f, false)}: what stood there is dropped.`
      : " The forget gate stays open, so the memory is kept.",
    opens(o)
      ? ` The output gate opens ${part(o, true)}: the memory can be seen.`
      : step === 0
        ? " The output gate is shut: nobody has asked yet."
        : "",
  ].join("");
}

/** @param {Rows} rows @param {number} step */
function ofGru(rows, step) {
  const [z, r] = [rows.update[step], rows.reset[step]];
  return [
    shuts(z)
      ? `The update gate lets go ${part(z, false)}: there the new content takes the place of the old.`
      : "The update gate stays full, so the state is kept as it is.",
    step
      ? ""
      : opens(r)
        ? " The reset gate is open: new content may also look at the old state."
        : " The reset gate is shut: new content is made of the letter alone.",
  ].join("");
}

/** @param {Word} word @param {number} step @param {number} chosen @returns {Sentence} */
export function says({ letters, right, runs }, step, chosen) {
  const { rows, answer } = runs[chosen];
  const done = "input" in rows ? ofLstm(rows, step) : ofGru(rows, step);
  if (step < letters.length) return ["It reads ", encoder(letters[step]), ". ", done];
  const verdict = answer === right ? ", which is right." : `; ${right} would be right.`;
  return ["The word ends. ", done, " The answer is ", decoder(answer), verdict];
}
