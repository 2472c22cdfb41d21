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

/** @param {Rows} rows @param {number} step @param {boolean} ended at the end, only what moves is said */
function ofLstm(rows, step, ended) {
  const [i, f, o] = [rows.input[step], rows.forget[step], rows.output[step]];
  return [
    opens(i)
      ? `The input gate opens ${part(i, true)}, and something new is written into the memory.`
      : ended
        ? ""
        : "The input gate stays shut, so nothing of it is written.",
    shuts(f)
      ? ` The forget gate shuts ${part(f, false)}: what stood there is dropped.`
      : ended
        ? ""
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
  const ended = step === letters.length;
  const done = "input" in rows ? ofLstm(rows, step, ended).trim() : ofGru(rows, step);
  if (!ended) return ["It reads ", encoder(letters[step]), ". ", done];
  const verdict = answer === right ? ", which is right." : `; ${right} would be right.`;
  return ["The word ends. ", done, done && " ", "The answer is ", decoder(answer), verdict];
}
