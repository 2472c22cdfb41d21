// Starts the engine that trains: in a worker, or in the page itself where it refuses workers.

import { lazily } from "../lazily.js";

/** @typedef {import("./types.js").Order} Order */
/** @typedef {import("./types.js").Report} Report */
/** @typedef {import("./types.js").Engine} Engine */
/** @typedef {DataView | import("../lazily.js").Lazy} Source */

const STRICT = '"use strict";\n'; // as a module is
const NOT_HERE =
  "This page lets no program train in it; open the chapter's notebook, where the same figure can.";

/**
 * Posts go to a worker, in their order. `orders` are those that were given before it stood; if the
 * worker is refused, which a browser may say at once or later, `refused` is called instead.
 * @param {string} url of the program
 * @param {Order[]} orders
 * @param {(report: Report) => void} hear
 * @param {() => void} refused
 * @param {(sentence: string) => void} fail
 * @returns {Engine | null}
 */
function inWorker(url, orders, hear, refused, fail) {
  /** @type {Worker} */
  let worker;
  try {
    worker = new Worker(url);
  } catch {
    refused();
    return null;
  }
  let alive = false; // it has answered
  worker.onmessage = ({ data }) => {
    alive = true;
    hear(data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    worker.terminate();
    if (alive) fail("Training has stopped: the browser ended it. Reset, and choose less.");
    else refused();
  };
  for (const order of orders) worker.postMessage(order);
  return { post: (order) => worker.postMessage(order), stop: () => worker.terminate() };
}

/**
 * An engine that can be given orders at once; it starts meanwhile.
 * @param {object} options
 * @param {Source} options.source the bundle of engine.js
 * @param {(report: Report) => void} options.hear
 * @param {(sentence: string) => void} options.fail
 * @returns {Engine & {where: () => string}}
 */
export function startEngine({ source, hear, fail }) {
  /** @type {Order[]} */
  const orders = []; // until something answers, so that they can be given again
  /** @type {Engine | null} */
  let engine = null;
  let [ended, answered, where] = [false, false, "worker"];
  /** @param {Report} report */
  const heard = (report) => {
    answered = true;
    orders.length = 0;
    if (!ended) hear(report);
  };

  /** @param {string} url */
  async function inPage(url) {
    where = "page";
    await import(url); // the same program, in slices of 8 ms
    if (ended) return;
    const obey = /** @type {any} */ (globalThis).bookEngineHere(heard);
    engine = { post: obey, stop: () => obey({ type: "pause" }) };
    for (const order of [...orders]) obey(order);
  }

  async function begin() {
    const program = await lazily(source).load();
    const bytes = new Uint8Array(program.buffer, program.byteOffset, program.byteLength);
    const url = URL.createObjectURL(
      new Blob([STRICT, /** @type {BlobPart} */ (bytes)], { type: "text/javascript" }),
    );
    if (ended) return;
    const refused = () => inPage(url).catch(() => fail(NOT_HERE));
    engine = inWorker(url, orders, heard, refused, fail);
  }
  begin().catch(() => fail(NOT_HERE));
  return {
    where: () => where,
    post(order) {
      if (!answered) orders.push(order);
      engine?.post(order);
    },
    stop() {
      ended = true;
      engine?.stop();
    },
  };
}
