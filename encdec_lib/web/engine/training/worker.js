// The program that trains: the entry of a worker. Where a page refuses workers, it imports the same
// text and calls engineHere().

import { Trainer } from "./trainer.js";

const IN_PAGE = 8; // ms at a time, so that the page can draw a frame in between

/** @typedef {import("./types.js").Order} Order */
/** @typedef {import("./types.js").Post} Post */

/**
 * Runs the engine in the page.
 * @param {Post} post is called with what it has to say
 * @returns {(order: Order) => void}
 */
export function engineHere(post) {
  const trainer = new Trainer(post, { slice: IN_PAGE });
  return (order) => trainer.take(order);
}

const { WorkerGlobalScope: Scope } = /** @type {any} */ (globalThis);
if (typeof Scope === "function" && globalThis instanceof Scope) {
  const trainer = new Trainer((message, transfer = []) => self.postMessage(message, { transfer }));
  self.onmessage = ({ data }) => trainer.take(data);
}
