// Questions that the page asks and answers by itself: no kernel, no network, also from disk.
//
// The built page holds a question as a list and a folded reason, and an exercise's fields as a
// hidden form (book/_ext/kit.py). This makes choices of the list, folds the reason until the reader
// has decided, and shows and checks the form. Without this script all of it can still be read.

{
  /** A tag with attributes and children. */
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  /** The rows of a question: what was an item of a list becomes a choice. */
  const choices = (items, key) =>
    items.map((item, index) => {
      const input = make("input", { type: "radio", name: key, value: `${index + 1}` });
      const words = make("span", { class: "question-words" });
      const paragraph = item.children.length === 1 && item.querySelector(":scope > p");
      words.append(...(paragraph || item).childNodes);
      const mark = make("span", { class: "question-mark" });
      return make("label", {}, input, words, mark);
    });

  /** Shows which row is right, which was the reader's, and why. */
  const decide = (question, rows, chosen, verdict) => {
    const right = Number(question.dataset.answer);
    rows.forEach((row, index) => {
      const input = row.querySelector("input");
      const marks = [];
      if (index + 1 === right) {
        row.classList.add("right");
        marks.push("the answer");
      }
      if (index + 1 === chosen) {
        row.classList.add("chosen");
        marks.push("yours");
      }
      row.querySelector(".question-mark").textContent = marks.join(", ");
      input.disabled = true;
    });
    const row = rows[right - 1].querySelector(".question-words").textContent.trim();
    verdict.textContent = chosen === right ? "You had it." : `It is another one: ${row}`;
    question.classList.add("done");
  };

  /** Makes a question of a list and a folded reason. */
  const ask = (question) => {
    const list = question.querySelector(".question-options");
    const folded = question.querySelector("details.question-reason");
    const asked = question.querySelector(".question-asked");
    asked.id ||= `${question.dataset.key}-asked`;
    const rows = choices([...list.children], question.dataset.key);
    const options = make("fieldset", { class: "question-options" });
    options.setAttribute("aria-labelledby", asked.id);
    options.append(...rows);
    list.replaceWith(options);

    const reason = make("div", { class: "question-reason", tabindex: "-1" });
    reason.append(...[...folded.childNodes].filter((node) => node.nodeName !== "SUMMARY"));
    reason.hidden = true;
    const button = make("button", { type: "button", class: "question-commit" });
    button.textContent = "That is my answer";
    button.disabled = true;
    const verdict = make("p", { class: "question-verdict", role: "status" });
    const bar = make("div", { class: "question-bar" }, button, verdict);
    folded.replaceWith(bar, reason);

    options.addEventListener("change", () => {
      button.disabled = false;
    });
    button.addEventListener("click", () => {
      const chosen = rows.findIndex((row) => row.querySelector("input").checked) + 1;
      if (!chosen) return;
      const held = document.activeElement === button;
      decide(question, rows, chosen, verdict);
      reason.hidden = false;
      button.remove();
      if (held) reason.focus({ preventScroll: true });
    });
  };

  /** A number as a reader writes it, or NaN: 1,024 and 1_024 are 1024, 75% is 0.75, 3/4 too. */
  const number = (text) => {
    const plain = text
      .trim()
      .replace(/\u2212/g, "-")
      .replace(/[\s\u00a0\u2009\u202f]/g, "");
    const joined = plain.replace(/(\d)[,_](?=\d{3}(?!\d))/g, "$1");
    const form = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(?:%|\/(\d+(?:\.\d+)?))?$/i.exec(joined);
    if (!form) return Number.NaN;
    if (form[2]) return Number(form[1]) / Number(form[2]);
    return joined.endsWith("%") ? Number(form[1]) / 100 : Number(form[1]);
  };

  /** Whether a number is near enough, by the rule that stands at the field. */
  const near = (value, { rule, right, by }) => {
    const truth = Number(right);
    if (rule === "exact") return value === truth;
    if (rule === "relative") return Math.abs(value - truth) <= Number(by) * Math.abs(truth);
    return value * truth > 0 && value / truth <= Number(by) && truth / value <= Number(by);
  };

  /** What to say of one field, and whether it is right. */
  const judge = (field) => {
    if (field.dataset.rule === "choice") {
      const chosen = field.querySelector("input:checked");
      if (!chosen) return [false, "Choose one."];
      const holds = chosen.value === field.dataset.right;
      return [holds, holds ? "Right." : "Not this one."];
    }
    const text = field.querySelector("input").value;
    if (!text.trim()) return [false, "Write a number."];
    const value = number(text);
    if (Number.isNaN(value)) return [false, "Write a number, such as 0.75 or 1200."];
    const holds = near(value, field.dataset);
    return [holds, holds ? "Right." : "Not yet."];
  };

  /** Shows a form and checks it when the reader asks. */
  const check = (form) => {
    const fields = [...form.querySelectorAll(".answer-field")];
    const verdict = form.querySelector(".answer-verdict");
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      let right = 0;
      for (const field of fields) {
        const [holds, said] = judge(field);
        right += holds ? 1 : 0;
        field.classList.toggle("right", holds);
        field.classList.toggle("wrong", !holds);
        field.querySelector(".answer-said").textContent = said;
        const input = field.querySelector("input[type=text]");
        if (input) input.setAttribute("aria-invalid", `${!holds}`);
      }
      const all = fields.length;
      if (right === all)
        verdict.textContent = all === 1 ? "That is right." : `All ${all} are right.`;
      else
        verdict.textContent =
          all === 1 ? "Not yet." : `${right} of ${all} ${right === 1 ? "is" : "are"} right.`;
      form.classList.toggle("done", right === all);
    });
    form.addEventListener("input", (event) => {
      const field = event.target.closest(".answer-field");
      field.classList.remove("right", "wrong");
      field.querySelector(".answer-said").textContent = "";
      field.querySelector("input").removeAttribute("aria-invalid");
      verdict.textContent = "";
      form.classList.remove("done");
    });
  };

  for (const question of document.querySelectorAll("div.question[data-answer]")) ask(question);
  for (const form of document.querySelectorAll("form.answer-fields")) check(form);
}
