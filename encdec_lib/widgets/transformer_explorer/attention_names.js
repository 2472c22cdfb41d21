// What the three attentions of a Transformer are called, and what a map of each shows.

/** @typedef {import("./map_view.js").Attention} Attention */

/** @type {Record<Attention, string>} */
export const NAMES = {
  encoder: "in the encoder",
  decoder: "in the decoder, masked",
  cross: "from decoder to encoder",
};
/** @type {Record<Attention, string>} */
export const ABOUT = {
  encoder: "Every source token (a row) looks at all source tokens (the columns).",
  decoder:
    "A row is the token that is being written. It looks at what was read so far (the " +
    "columns): the start, then the answer. Striped: not written yet, hidden by the mask.",
  cross: "A row is the token that is being written. It looks at the source (the columns).",
};
export const IDLE = "Point at a row, or reach it by Tab and arrow keys: it is read out here.";
