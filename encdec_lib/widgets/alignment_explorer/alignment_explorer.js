// Chapter 8: type a word, see which letters the attention model reads for each phoneme.
// The same word goes through the fixed-vector model below.

import { greedy, loadModel } from "../../web/engine/engine.js";
import { compareNearest } from "../parts/compare.js";
import { eachFrame, element, markedTokens, prepare, verdict, vocabulary } from "../parts/page.js";
import { fitCells, sentence, weightGrid } from "../parts/weight_grid.js";
import { legend, wordField } from "../parts/word_field.js";

function render({ model: shared, el }) {
  const id = prepare(el, "explorer");
  el.classList.add("bw-words");
  const letters = vocabulary(shared.get("source_symbols"));
  const phonemes = vocabulary(shared.get("target_symbols"));
  const attention = loadModel(shared.get("attention")),
    fixed = loadModel(shared.get("fixed"));
  const sounds = shared.get("sounds"),
    references = shared.get("references");
  const maxLetters = shared.get("max_letters"),
    maxPhonemes = shared.get("max_phonemes");

  const soon = eachFrame(draw);
  const field = wordField(id, {
    letters,
    maxLetters,
    examples: shared.get("examples"),
    word: shared.get("word"),
    hint: `Up to ${maxLetters} letters. Both models answer here, in the page.`,
    onInput: soon,
    onDone: draw,
  });
  const picture = element("div", { class: "bw-picture" });
  const reading = element("p", { class: "bw-reading" });
  const answers = element("div", { class: "bw-answers" });
  const announce = element("p", { class: "bw-spoken", "aria-live": "polite" });
  const result = element("div", { class: "bw-result" }, picture, reading, answers);
  el.append(...field.nodes, result, announce);
  if (Object.keys(sounds).length) el.append(legend(sounds));

  function answerRow(kind, who, answer, known) {
    const tokens = phonemes.decode(answer.tokens);
    const pairs = known
      ? compareNearest(tokens, known)
      : tokens.map((token) => ({ kind: "right", answer: token }));
    const cut = answer.finished ? "" : `stopped after ${maxPhonemes} phonemes`;
    const note = [known ? verdict(pairs) : "", cut].filter(Boolean).join("; ");
    return element(
      "div",
      { class: `bw-answer is-${kind}` },
      element(
        "span",
        { class: "bw-who" },
        who,
        element("span", { class: "bw-verdict", text: note }),
      ),
      markedTokens(pairs, "\u2002"),
    );
  }

  let shown = null,
    later = 0;
  function draw() {
    const word = field.check();
    result.classList.toggle("is-stale", word === null);
    if (word === null) {
      clearTimeout(later);
      return;
    }
    if (word !== shown) show(word);
    if (shared.get("word") !== word) {
      shared.set("word", word);
      shared.save_changes();
    }
  }

  function show(word) {
    const source = letters.encode([...word]);
    const answer = greedy(attention, source, maxPhonemes);
    const one = greedy(fixed, source, maxPhonemes);
    const tokens = phonemes.decode(answer.tokens);
    const known = Object.hasOwn(references, word) ? references[word] : null;
    const split = [...word],
      rows = tokens.map((name, i) => ({
        name,
        gloss: sounds[name],
        sure: Math.exp(answer.logProbs[i]),
        weights: answer.weights[i],
      }));
    const read = (position) => {
      reading.textContent = sentence(position, split, rows);
    };
    picture.replaceChildren(
      rows.length
        ? weightGrid({ letters: split, rows, read })
        : element("p", { text: "The attention model says nothing at all for this word." }),
    );
    read(null);
    answers.replaceChildren(
      answerRow("attention", "With attention", answer, known),
      answerRow("fixed", "One fixed vector", one, known),
    );
    if (known) {
      const said = [...new Set(known.map((tokens) => tokens.join("\u2002")))].join("  or  ");
      answers.prepend(
        element(
          "div",
          { class: "bw-answer is-reference" },
          element("span", { class: "bw-who", text: shared.get("reference_name") }),
          element("span", { class: "bw-tokens", text: said }),
        ),
      );
    }
    shown = word;
    el.dataset.word = word;
    clearTimeout(later);
    later = setTimeout(() => {
      // once the reader stops typing
      announce.textContent =
        `${word}. With attention: ${tokens.join(" ")}. ` +
        `One fixed vector: ${phonemes.decode(one.tokens).join(" ")}.`;
    }, 700);
  }

  const follow = () => {
    if (shared.get("word") === field.word) return;
    field.word = shared.get("word");
    draw();
  };
  shared.on("change:word", follow);
  draw();

  const fit = fitCells(el, picture);
  return () => {
    fit.disconnect();
    soon.cancel();
    clearTimeout(later);
    shared.off("change:word", follow);
  };
}

export default { render };
