// A figure that the reader's own model may take over, with all that is another then: what it reads
// and writes, examples, sizes. It is mounted again with the traits that are replaced.
//
//     render: (host) => orOwn(host, { kind, needs, values: (trained) => ({...}) }, mount)

import { ownModel } from "./handover.js";

/** @typedef {import("../state.js").Model} Model */
/** @typedef {import("../state.js").Host} Host */
/** @typedef {import("./handover.js").Trained} Trained */

/**
 * A model with some of its traits replaced. Those are the page's own: what is set on them reaches
 * neither the model nor a kernel.
 * @param {Model} model
 * @param {Record<string, unknown>} values
 * @returns {Model}
 */
export function lent(model, values) {
  const own = { ...values };
  /** @type {Map<string, Set<() => void>>} by the trait that they follow */
  const listeners = new Map(Object.keys(own).map((name) => [name, new Set()]));
  /** @param {"on" | "off"} what @param {string} events @param {() => void} listener */
  function follow(what, events, listener) {
    for (const event of events.split(" ")) {
      const here = listeners.get(event.replace("change:", ""));
      if (!here) model[what](event, listener);
      else if (what === "on") here.add(listener);
      else here.delete(listener);
    }
  }
  return {
    get: (name) => (listeners.has(name) ? own[name] : model.get(name)),
    set(name, value) {
      const here = listeners.get(name);
      if (!here) return model.set(name, value);
      if (own[name] === value) return;
      own[name] = value;
      for (const listener of here) listener();
    },
    save_changes: () => model.save_changes(),
    on: (events, listener) => follow("on", events, listener),
    off: (events, listener) => follow("off", events, listener),
  };
}

/**
 * Mounts a figure, and above it the line with the button that mounts it again with the reader's
 * models. Returns what ends both.
 * @param {Host} host
 * @param {object} options
 * @param {string} options.kind
 * @param {string[]} options.needs as of ownModel
 * @param {(trained: Trained) => Record<string, unknown>} options.values traits that are replaced
 * @param {(trained: Trained) => boolean} [options.fits]
 * @param {string} [options.what]
 * @param {(trained: Trained) => string} [options.does]
 * @param {(host: Host) => () => void} mount
 */
export function orOwn({ model, el }, { kind, needs, values, ...more }, mount) {
  const own = ownModel(kind, needs, show, more);
  let stop = mount({ model, el });
  /** @param {Trained | null} trained */
  function show(trained) {
    stop();
    // The line stays where it is: its button has the focus.
    for (const node of [...el.children]) if (node !== own.node) node.remove();
    stop = mount({ model: trained ? lent(model, values(trained)) : model, el });
  }
  el.prepend(own.node);
  return () => {
    own.stop();
    stop();
  };
}
