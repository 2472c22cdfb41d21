// Chapter 8: type a word, see which letters the attention model reads for each phoneme.
// The same word goes through the fixed-vector model below.

import { greedy, loadModel } from "../web/engine.js";
import { compareNearest } from "../web/compare.js";
import { eachFrame, element, markedTokens, prepare, spoken, verdict, vocabulary } from "./page.js";

const percent = (share) => `${Math.round(100 * share)}%`;

/** What a sentence of help says about a word that cannot be read, or null. */
function complaint(word, letters, maxLetters, example) {
  const characters = [...word];
  if (!characters.length) return `Type a word to begin, for example ${example}.`;
  if (/\s/.test(word)) return "Type one word at a time, without spaces.";
  if (characters.length > maxLetters) {
    return `This word has ${characters.length} letters; the models have only seen words of up to ` +
      `${maxLetters}, so try a shorter one.`;
  }
  const unknown = characters.find((letter) => !letters.has(letter));
  if (unknown === undefined) return null;
  const others = letters.symbols.filter((symbol) => !/[a-z]/.test(symbol));
  const also = others.includes("'") ? " and the apostrophe" : "";
  return `The models only know the letters a to z${also}, so they cannot read “${unknown}”.`;
}

/** The letters × phonemes grid; calls `read(row, column)` with what is pointed at or focused. */
function alignmentGrid({ letters, phonemes, weights, sounds, logProbs, read }) {
  const cells = []; // cells[i + 1][j + 1]; row 0 the letters, column 0 the phonemes
  const largest = (values) => values.reduce((best, v, k) => (v > values[best] ? k : best), 0);
  const place = (j) => (letters.indexOf(letters[j]) === letters.lastIndexOf(letters[j])
    ? letters[j]
    : `${letters[j]} (letter ${j + 1})`);
  const sound = (phoneme) => (sounds[phoneme] ? `${phoneme} as in ${sounds[phoneme]}` : phoneme);

  const header = element("div", { role: "row", class: "bw-row" },
    element("div", { role: "columnheader", class: "bw-corner" }, spoken("phoneme")));
  cells.push([null, ...letters.map((letter, j) => {
    const i = largest(phonemes.map((_, i) => weights[i][j]));
    return element("div", {
      role: "columnheader", class: "bw-letter", tabindex: -1, text: letter,
      "aria-label": `letter ${place(j)}, read most by ${phonemes[i]}, ${percent(weights[i][j])}`,
    });
  })]);
  header.append(...cells[0].slice(1));

  const rows = phonemes.map((phoneme, i) => {
    const j = largest([...weights[i]]);
    const head = element("div", {
      role: "rowheader", class: "bw-phoneme", tabindex: -1,
      "aria-label": `phoneme ${sound(phoneme)}, ${percent(Math.exp(logProbs[i]))} sure, ` +
        `reads ${place(j)} most, ${percent(weights[i][j])}`,
    }, element("b", { text: phoneme }));
    if (sounds[phoneme]) head.append(element("small", { text: sounds[phoneme] }));
    const row = [head, ...letters.map((letter, k) => {
      const share = weights[i][k], cell = element("div", {
        role: "gridcell", class: share > 0.8 ? "bw-cell is-strong" : "bw-cell", tabindex: -1,
        "aria-label": `${phoneme} reads ${place(k)}: ${percent(share)}`,
      });
      cell.style.setProperty("--share", percent(share));
      if (share >= 0.05) cell.append(element("span", { text: Math.round(100 * share) }));
      return cell;
    })];
    cells.push(row);
    return element("div", { role: "row", class: "bw-row" }, ...row);
  });

  const grid = element("div", {
    role: "grid", class: "bw-heat",
    "aria-label": `Attention weights, ${phonemes.length} phonemes by ${letters.length} letters. ` +
      "Arrow keys move.",
  }, header, ...rows);
  grid.style.setProperty("--letters", letters.length);

  const positionOf = (target) => {
    for (let i = 0; i < cells.length; i++) {
      const j = cells[i].indexOf(target.closest?.("[tabindex]"));
      if (j >= 0 && cells[i][j]) return [i - 1, j - 1];
    }
    return null;
  };
  let stop = cells[1]?.[0]; // the one cell that Tab reaches
  if (stop) stop.tabIndex = 0;
  let focused = null;

  /** Lights row i and column j (-1: none): letters by their share of i, phonemes by that of j. */
  function light(position) {
    const [i, j] = position ?? [-1, -1];
    grid.classList.toggle("is-lit", position !== null);
    cells.forEach((row, r) => row.forEach((cell, c) => {
      if (!cell) return;
      const here = r - 1 === i && c - 1 === j;
      const chosen = (i >= 0 && r - 1 === i) || (i < 0 && c - 1 === j);
      cell.classList.toggle("is-here", here);
      cell.classList.toggle("is-chosen", position !== null && chosen);
      if (r && c) return;
      const share = r === 0 && i >= 0 ? weights[i][c - 1] // a letter, by the chosen phoneme
        : c === 0 && i < 0 && j >= 0 ? weights[r - 1][j] : 0; // a phoneme, by the chosen letter
      cell.style.setProperty("--share", percent(share));
      cell.classList.toggle("is-strong", share > 0.4);
    }));
    read(position);
  }

  grid.addEventListener("pointerover", (event) => {
    const position = positionOf(event.target);
    if (position) light(position);
  });
  grid.addEventListener("pointerleave", () => light(focused));
  grid.addEventListener("focusin", (event) => {
    focused = positionOf(event.target);
    stop.tabIndex = -1;
    stop = event.target;
    stop.tabIndex = 0;
    light(focused);
  });
  grid.addEventListener("focusout", (event) => {
    if (grid.contains(event.relatedTarget)) return;
    focused = null;
    light(null);
  });
  grid.addEventListener("keydown", (event) => {
    const position = positionOf(event.target);
    if (!position) return;
    let [i, j] = position;
    const moves = {
      ArrowUp: () => i--, ArrowDown: () => i++, ArrowLeft: () => j--, ArrowRight: () => j++,
      Home: () => { j = i < 0 ? 0 : -1; },
      End: () => { j = letters.length - 1; },
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
    cells[i + 1]?.[j + 1]?.focus();
  });
  return grid;
}

function render({ model: shared, el }) {
  const id = prepare(el, "explorer");
  const letters = vocabulary(shared.get("source_symbols"));
  const phonemes = vocabulary(shared.get("target_symbols"));
  const attention = loadModel(shared.get("attention")), fixed = loadModel(shared.get("fixed"));
  const sounds = shared.get("sounds"), references = shared.get("references");
  const maxLetters = shared.get("max_letters"), maxPhonemes = shared.get("max_phonemes");
  const examples = shared.get("examples");

  const input = element("input", {
    id: `${id}-word`, type: "text", class: "bw-word", autocomplete: "off", autocapitalize: "none",
    spellcheck: "false", "aria-describedby": `${id}-hint ${id}-message`,
  });
  const buttons = examples.map((word) => element("button", {
    type: "button", class: "bw-example", text: word, on: { click: () => choose(word) },
  }));
  const message = element("p", { id: `${id}-message`, class: "bw-message", role: "status" });
  const picture = element("div", { class: "bw-picture" });
  const reading = element("p", { class: "bw-reading" });
  const answers = element("div", { class: "bw-answers" });
  const announce = element("p", { class: "bw-spoken", "aria-live": "polite" });
  const result = element("div", { class: "bw-result" }, picture, reading, answers);
  el.append(
    element("div", { class: "bw-form" },
      element("label", { for: input.id, text: "Type an English word" }),
      input,
      element("span", { class: "bw-examples" }, element("span", { text: "or try" }), ...buttons)),
    element("p", {
      id: `${id}-hint`, class: "bw-hint",
      text: `Up to ${maxLetters} letters. Both models answer here, in the page.`,
    }),
    message, result, announce);
  if (Object.keys(sounds).length) el.append(legend(sounds));

  const pointer = "Point at a phoneme, or reach it by Tab and arrow keys: its letters light up.";

  /** One sentence about what is pointed at. */
  function sentence(position, word, answer, tokens) {
    if (!position) return pointer;
    const [i, j] = position, list = (shares, names) => shares
      .map((share, k) => [share, names[k]])
      .sort((a, b) => b[0] - a[0]).slice(0, 3).filter(([share]) => share >= 0.05)
      .map(([share, name]) => `${name} ${percent(share)}`).join(", ");
    if (i < 0) {
      const shares = tokens.map((_, t) => answer.weights[t][j]);
      return `The letter ${word[j]} is read by ${list(shares, tokens) || "no phoneme much"}.`;
    }
    const sound = sounds[tokens[i]] ? ` (as in ${sounds[tokens[i]]})` : "";
    return `${tokens[i]}${sound} reads ${list([...answer.weights[i]], word)}. The model is ` +
      `${percent(Math.exp(answer.logProbs[i]))} sure of it.`;
  }

  function answerRow(kind, who, answer, known) {
    const tokens = phonemes.decode(answer.tokens);
    const pairs = known ? compareNearest(tokens, known)
      : tokens.map((token) => ({ kind: "right", answer: token }));
    const cut = answer.finished ? "" : `stopped after ${maxPhonemes} phonemes`;
    const note = [known ? verdict(pairs) : "", cut].filter(Boolean).join("; ");
    return element("div", { class: `bw-answer is-${kind}` },
      element("span", { class: "bw-who" }, who,
        element("span", { class: "bw-verdict", text: note })),
      markedTokens(pairs, "\u2002"));
  }

  let shown = null, later = 0;
  function draw() {
    const word = input.value.trim().toLowerCase();
    if (word === shown && !message.textContent) return;
    const wrong = complaint(word, letters, maxLetters, examples[0] ?? shared.get("word"));
    message.textContent = wrong ?? "";
    input.setAttribute("aria-invalid", String(Boolean(wrong)));
    result.classList.toggle("is-stale", Boolean(wrong));
    clearTimeout(later);
    if (wrong) return;
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
    const split = [...word];
    picture.replaceChildren(tokens.length
      ? alignmentGrid({
        letters: split, phonemes: tokens, sounds,
        weights: answer.weights, logProbs: answer.logProbs,
        read: (position) => {
          reading.textContent = sentence(position, split, answer, tokens);
        },
      })
      : element("p", { text: "The attention model says nothing at all for this word." }));
    reading.textContent = pointer;
    answers.replaceChildren(
      answerRow("attention", "With attention", answer, known),
      answerRow("fixed", "One fixed vector", one, known));
    if (known) {
      const said = [...new Set(known.map((tokens) => tokens.join("\u2002")))].join("  or  ");
      answers.prepend(element("div", { class: "bw-answer is-reference" },
        element("span", { class: "bw-who", text: shared.get("reference_name") }),
        element("span", { class: "bw-tokens", text: said })));
    }
    shown = word;
    el.dataset.word = word;
    later = setTimeout(() => { // once the reader stops typing
      announce.textContent = `${word}. With attention: ${tokens.join(" ")}. ` +
        `One fixed vector: ${phonemes.decode(one.tokens).join(" ")}.`;
    }, 700);
  }

  function choose(word) {
    input.value = word;
    draw();
  }

  const soon = eachFrame(draw);
  const follow = () => {
    if (shared.get("word") !== input.value.trim().toLowerCase()) choose(shared.get("word"));
  };
  input.addEventListener("input", soon);
  shared.on("change:word", follow);
  choose(shared.get("word"));

  const fit = new ResizeObserver(() => {
    const cell = picture.querySelector(".bw-cell");
    if (cell) el.classList.toggle("is-tight", cell.getBoundingClientRect().width < 26);
  });
  fit.observe(picture);
  return () => {
    fit.disconnect();
    soon.cancel();
    clearTimeout(later);
    shared.off("change:word", follow);
  };
}

/** The phonemes and a word for each, folded away. */
function legend(sounds) {
  return element("details", { class: "bw-legend" },
    element("summary", { text: "How to say the phonemes" }),
    element("ul", {}, ...Object.entries(sounds).map(([phoneme, word]) =>
      element("li", {}, element("b", { text: phoneme }), ` as in ${word}`))));
}

export default { render };
