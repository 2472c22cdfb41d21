// The one sentence of a trainer: what it can do now, and what comes next.

import { announcer } from "../announcer.js";
import { element } from "../elements.js";
import { MOST_SECONDS } from "./control.js";
import { stepsOf } from "./words.js";

/** @typedef {import("./control.js").Control} Control */
/** @typedef {import("./types.js").RunRecord} RunRecord */

const SLOW = "This browser lacks fast arithmetic: expect ten times the seconds, or choose less. ";
const ASKED = " It has trained for a minute; shall it go on?";
const SHOWN_EVERY = 500; // ms between sentences while it trains
const SAID_EVERY = 5000; // and for a screen reader

/** It stopped, and more would be more than a minute. @param {Control} control */
const asks = ({ state, seconds, isOver }) =>
  state === "stopped" && !isOver && seconds >= MOST_SECONDS - 0.5;

/**
 * What a few seconds more are called, where the reader may have them.
 * @param {Control} control
 */
export function longer(control) {
  const { state, allowance, names, isOver } = control;
  if (state !== "stopped" || !names.length || isOver) return null;
  return asks(control) ? `Yes, ${allowance} s more` : `Train ${allowance} s more`;
}

/**
 * @param {Control} control
 * @param {import("./types.js").Figure["says"]} says
 * @param {import("./types.js").Settings} settings
 * @param {RunRecord[]} runs
 */
export function sentence(control, says, settings, runs) {
  const { state, tracks, why, lead } = control;
  const record = runs[runs.length - 1];
  if (why) return why;
  if (state === "running") return says.running(tracks, settings);
  if (state === "solved") return says.solved(record, runs);
  if (state === "stopped") return says.stopped(record, runs) + (asks(control) ? ASKED : "");
  if (state === "paused") return `Paused after ${stepsOf(lead?.steps ?? 0)}.`;
  const slow = tracks.some(({ product }) => product === "js") ? SLOW : "";
  return slow + says.ready(tracks, settings);
}

/** The line. Returns {nodes, show(state, words), stop()}. */
export function statusLine() {
  const voice = announcer(400);
  const node = element("p", { class: "bw-status" });
  let [shown, said, last] = [0, 0, ""];
  return {
    node,
    voice: voice.node,
    stop: voice.stop,
    /** @param {string} state @param {() => string} words */
    show(state, words) {
      const time = performance.now();
      const changed = state !== last;
      const running = state === "running";
      last = state;
      if (changed || !running || time - shown > SHOWN_EVERY) {
        shown = time;
        const text = words();
        if (node.textContent !== text) node.textContent = text;
        node.classList.toggle("is-fault", state === "fault");
      }
      if (running && !changed && time - said < SAID_EVERY) return;
      said = time;
      if (running && !changed) voice.sayNow(words());
      else voice.say(words);
    },
  };
}
