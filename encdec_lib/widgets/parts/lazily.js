// Bytes of a widget's state that are loaded when they are first asked for, wherever the figure is.

/** @typedef {{load: () => Promise<DataView>}} Lazy */

/**
 * In a page, a Lazy value of the state has load() already; a kernel sends the bytes themselves.
 * @param {Lazy | DataView} value
 * @returns {Lazy}
 */
export function lazily(value) {
  return value instanceof DataView ? { load: async () => value } : value;
}
