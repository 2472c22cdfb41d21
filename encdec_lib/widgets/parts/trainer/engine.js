// The program that trains: the entry of the worker. Where a page refuses workers, start_engine.js
// imports the same text and runs it there. It exports nothing, since a page from disk may start a
// classic worker from a Blob, and no module.

import { Trainer } from "../../../web/engine/training/trainer.js";

const IN_PAGE = 8; // ms at a time, so that the page can draw a frame in between

/** @typedef {import("./types.js").Order} Order */
/** @typedef {import("./types.js").Report} Report */

/**
 * Runs the engine in the page. Returns what takes orders.
 * @param {(report: Report) => void} hear
 * @returns {(order: Order) => void}
 */
function engineHere(hear) {
  const trainer = new Trainer(/** @type {any} */ (hear), { slice: IN_PAGE });
  return (order) => trainer.take(/** @type {any} */ (order));
}

const here = /** @type {any} */ (globalThis);
if (typeof here.WorkerGlobalScope === "function" && here instanceof here.WorkerGlobalScope) {
  const trainer = new Trainer((report, transfer = []) => here.postMessage(report, { transfer }));
  here.onmessage = (/** @type {MessageEvent} */ { data }) => trainer.take(data);
} else {
  here.bookEngineHere = engineHere;
}
