// A caption put together from choices: one digit, or two with a relation between.

import { element } from "../parts/elements.js";
import { NAMES } from "../parts/scene_rule.js";

const ALONE = "alone";

/**
 * [digit] or [digit, relation, digit] of a caption in words; null of another text.
 * @param {string} text
 */
function partsOf(text) {
  const [, first, relation, second] = /^a (\w+)(?: (.+) a (\w+))?$/.exec(text) ?? [];
  const known = [first, second].every((name) => name === undefined || NAMES.includes(name));
  return first && known ? [first, relation, second].filter(Boolean) : null;
}

/** @param {string[]} parts */
const textOf = ([first, relation, second]) =>
  `a ${first}${relation ? ` ${relation} a ${second}` : ""}`;

/** @param {string[]} values */
const options = (values) => values.map((value) => element("option", { value, text: value }));

/**
 * The choices: {node, text, unseen}, of which `text` can also be set; `unseen` says whether the
 * caption has a relation that the training did not have.
 * @param {object} choices
 * @param {string} choices.text
 * @param {string[]} choices.seen relations of the training
 * @param {string[]} choices.others relations that it did not have; without any there is one digit
 * @param {(text: string) => void} choices.onChange hears of a reader's choice
 */
export function captionChoice({ text, seen, others, onChange }) {
  /** @param {string} label @param {...HTMLElement} choices */
  const choose = (label, ...choices) =>
    element("select", { "aria-label": label, on: { change: changed } }, ...choices);
  const first = choose("first digit", ...options(NAMES));
  const unseen = element("optgroup", { label: "not in the training" }, ...options(others));
  const relation = choose(
    "where it is",
    ...options([ALONE, ...seen]),
    ...(others.length ? [unseen] : []),
  );
  const second = choose("second digit", ...options(NAMES));
  const article = element("span", { text: "a" });
  const node = element(
    "div",
    { class: "bw-caption", role: "group", "aria-label": "Caption" },
    element("span", { class: "bw-name", text: "Caption" }),
    element("span", { text: "a" }),
    first,
    ...(seen.length + others.length ? [relation, article, second] : []),
  );
  let parts = partsOf(text) ?? [NAMES[0]];

  function changed() {
    parts = relation.value === ALONE ? [first.value] : [first.value, relation.value, second.value];
    show();
    onChange(textOf(parts));
  }

  function show() {
    first.value = parts[0];
    relation.value = parts[1] ?? ALONE;
    if (parts.length === 3) second.value = parts[2]; // else what was chosen last waits there
    article.hidden = parts.length < 3;
    second.hidden = parts.length < 3;
  }

  second.value = "seven";
  show();
  return {
    node,
    get text() {
      return textOf(parts);
    },
    set text(value) {
      parts = partsOf(value) ?? parts; // a live kernel may ask for anything
      show();
    },
    get unseen() {
      return others.includes(parts[1]);
    },
  };
}
