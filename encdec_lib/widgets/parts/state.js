// A widget's traits, whichever host it lives in: a live kernel's model or the one of static.js.

/**
 * What both hosts give a widget.
 * @typedef {object} Model
 * @property {(name: string) => any} get
 * @property {(name: string, value: unknown) => void} set
 * @property {() => void} save_changes
 * @property {(events: string, listener: () => void) => void} on
 * @property {(events: string, listener: () => void) => void} off
 */

/** @typedef {{model: Model, el: HTMLElement}} Host what a widget's render() is given */

/**
 * The traits of a model, and what has to end with the widget.
 *
 *     const state = stateOf(model);
 *     state.follow(["width"], soon);
 *     state.atEnd(soon.cancel, voice.stop);
 *     return state.stop;                 // render() returns what cleans up
 *
 * @param {Model} model
 */
export function stateOf(model) {
  /** @type {(() => void)[]} */
  const endings = [];
  return {
    /** @param {string} name */
    get: (name) => model.get(name),

    /**
     * Sets traits, which those who follow them hear, and a live kernel too.
     * @param {Record<string, unknown>} changes
     */
    keep(changes) {
      for (const [name, value] of Object.entries(changes)) model.set(name, value);
      model.save_changes();
    },

    /**
     * Calls `listener` when one of the traits changes, from the page or from Python.
     * @param {string[]} names
     * @param {() => void} listener
     */
    follow(names, listener) {
      const events = names.map((name) => `change:${name}`).join(" ");
      model.on(events, listener);
      endings.push(() => model.off(events, listener));
    },

    /** @param {...(() => void)} more is called when the widget is taken away */
    atEnd: (...more) => endings.push(...more),

    /** Ends everything. */
    stop() {
      for (const end of endings) end();
    },
  };
}

/** @typedef {ReturnType<typeof stateOf>} State */
