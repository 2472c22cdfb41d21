// The program that trains: the entry of a worker. Where a page refuses workers, it imports the same
// text and calls bookEngineHere(). Nothing is exported: a page from disk may start a worker out of
// a script, and not out of a module.

import { Trainer } from "./trainer.js";

/** @typedef {import("./types.js").Order} Order */
/** @typedef {import("./types.js").Post} Post */

const IN_PAGE = 8; // ms at a time, so that the page can draw a frame in between

/**
 * Runs the engine in the page.
 * @param {Post} post is called with what it has to say
 * @returns {(order: Order) => void}
 */
function engineHere(post) {
  const trainer = new Trainer(post, { slice: IN_PAGE });
  return (order) => trainer.take(order);
}

const scope = /** @type {any} */ (globalThis);
if (typeof scope.WorkerGlobalScope === "function" && scope instanceof scope.WorkerGlobalScope) {
  const trainer = new Trainer((message, transfer = []) => self.postMessage(message, { transfer }));
  self.onmessage = ({ data }) => trainer.take(data);
} else {
  scope.bookEngineHere = engineHere;
}
