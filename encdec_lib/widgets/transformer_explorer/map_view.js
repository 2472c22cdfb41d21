// Which of an answer's attention maps is on show, and what its rows and columns are.

/** @typedef {import("./map_grid.js").TokenMap} TokenMap */

/** @typedef {"encoder" | "decoder" | "cross"} Attention */

/**
 * The map that is on show.
 * @typedef {object} View
 * @property {string} key of attention, layer and head
 * @property {Attention} attention
 * @property {number} layer counted from 1
 * @property {number} head counted from 1; 0 is the mean of all
 * @property {import("../parts/head_pictures.js").HeadMap} map
 * @property {boolean} masked whether a row sees no column after its own
 * @property {TokenMap["rows"]} rows
 * @property {TokenMap["columns"]} columns
 * @property {number[]} sure the probability of each token that was written
 */

/**
 * The map that a reader asks for, or the nearest one that the answer has.
 * @param {import("./model_answer.js").ModelAnswer} answered
 * @param {Record<string, string>} glosses of the tokens that are written
 * @param {{attention: Attention, layer: number, head: number}} asked
 * @returns {View}
 */
export function viewOf({ tokens, names, sure, maps }, glosses, asked) {
  const attention = maps[asked.attention]?.length ? asked.attention : "cross";
  const layer = Math.min(Math.max(asked.layer, 1), maps[attention].length);
  const map = maps[attention][layer - 1];
  const head = Math.min(Math.max(asked.head, map.heads > 1 ? 0 : 1), map.heads);
  const masked = attention === "decoder";
  return {
    key: [attention, layer, head].join(),
    attention,
    layer,
    head,
    map,
    masked,
    rows:
      attention === "encoder"
        ? { side: "source", names: tokens, glosses: {} }
        : { side: "target", names, glosses },
    columns: masked
      ? { side: "target", names: ["start", ...names.slice(0, -1)], first: 0 }
      : { side: "source", names: tokens },
    sure,
  };
}
