// What a widget reads from an exported model before it is loaded.

/** @typedef {import("../../web/engine/types.js").Exported} Exported */

/**
 * How many blocks the deepest stack of a model has.
 * @param {Exported} exported
 * @param {string} [part] the beginning of the parameters' paths that count, such as "decoder."
 */
export function depthOf({ manifest }, part = "") {
  const numbers = Object.keys(manifest)
    .filter((path) => path.startsWith(part))
    .map((path) => Number(/blocks\.(\d+)\./.exec(path)?.[1] ?? 0));
  return 1 + Math.max(0, ...numbers);
}

/**
 * How many tokens a decoder can write: with learned positions as many as it knows.
 * @param {Exported} exported
 */
export function placesOf({ manifest }) {
  return manifest["decoder.tokens.positions.table"]?.shape[0] ?? Infinity;
}
