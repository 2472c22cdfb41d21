"""What the page kit's directives say, read without Sphinx: the pages, the notebooks and tests do.

`facts`, `aims`, `predict` and `answer` are explained in CONTRIBUTING.md, "How a page is written".
"""

import dataclasses
import html
import math
import re

WORDS_A_MINUTE = 220
_ITEM = re.compile(r"(?m)^[-*] +")
_LABEL = re.compile(r"\s*\((?P<label>ex-[\w-]+)\)\s*$")
_NUMBER = re.compile(r"^-?\d+(?:\.\d+)?(?:e-?\d+)?$")
_CELL = re.compile(r"(?ms)^(?P<fence>`{3,})\{code-cell\}.*?^(?P=fence)$")
_SOLUTION = re.compile(r"(?ms)^(?P<a>`{3,})\{solution-start\}.*?^`{3,}\{solution-end\}\n`{3,}$")
_FRAME = re.compile(r"(?m)^(?:[`:~]{3,}.*|:[\w-]+:.*|\{[.#].*\}|\([\w:-]+\)=|%.*|---)$")
_FORMULA = re.compile(r"(?s)\$\$.*?\$\$|\$[^$\n]+\$")
_PAGE = re.compile(r"\{doc\}`(?P<page>(?P<number>\d\d)_\w+)`")


@dataclasses.dataclass(frozen=True)
class Field:
    """One thing that an exercise asks for, and how the page knows that it is right.

    Args:
      label: what the reader is asked, in MyST.
      rule: `exact`, `relative`, `factor` or `choice`.
      right: the number as it was written, or the right option.
      by: how far from it a number may be: a share, or a factor; 0 where the rule has none.
      options: of a choice.
    """

    label: str
    rule: str
    right: str
    by: float = 0.0
    options: tuple[str, ...] = ()

    @property
    def value(self) -> int | float | str | bool:
        """The right answer as Python has it: what `exercises.check` is given."""
        return python_value(self.right)


def python_value(option: str) -> str | bool | int | float:
    """An option as an answer in code: `True`, `False` and numbers are no strings."""
    if _NUMBER.match(option):
        return number(option)
    return {"True": True, "False": False}.get(option, option)


def number(text: str) -> int | float:
    """A number of a page: a whole one stays whole."""
    return int(text) if re.fullmatch(r"-?\d+", text) else float(text)


def fields(body: str) -> list[Field]:
    """The items of an `answer`.

    Raises:
      ValueError: if an item is not `label :: right`, or its right side is not understood.
    """
    found = [_field(item) for item in items(body)]
    if not found:
        raise ValueError("{answer} needs a list: `- what is asked :: the answer`.")
    return found


def _field(item: str) -> Field:
    label, sign, right = (part.strip() for part in item.rpartition("::"))
    if not sign or not label or not right:
        raise ValueError(f"{{answer}}: {item!r} is not `label :: right answer`.")
    if "|" in right:
        options = tuple(option.strip() for option in right.split("|"))
        chosen = [o for o in options if re.fullmatch(r"\*.+\*", o)]
        if len(chosen) != 1:
            raise ValueError(f"{{answer}}: {item!r} needs one option in asterisks: `a | *b*`.")
        plain = tuple(option.strip("*") for option in options)
        return Field(label, "choice", chosen[0].strip("*"), options=plain)
    value, about, by = (part.strip() for part in right.partition("~"))
    if not _NUMBER.match(value):
        raise ValueError(f"{{answer}}: {value!r} in {item!r} is no number such as 0.75.")
    if not about:
        return Field(label, "exact", value)
    if share := re.fullmatch(r"(\d+(?:\.\d+)?)%", by):
        return Field(label, "relative", value, float(share[1]) / 100)
    if factor := re.fullmatch(r"x(\d+(?:\.\d+)?)", by):
        return Field(label, "factor", value, float(factor[1]))
    raise ValueError(f"{{answer}}: {by!r} in {item!r} is neither `1%` nor `x2`.")


def items(body: str) -> list[str]:
    """The items of a list, each on one line."""
    return [" ".join(item.split()) for item in _ITEM.split(body)[1:]]


def aim(item: str) -> tuple[str, str, str]:
    """What one will be able to do, the exercise's label and its number; empty without one."""
    found = _LABEL.search(item)
    if not found:
        return item, "", ""
    return item[: found.start()], found["label"], found["label"].rpartition("-")[2]


def question(body: str, answer: str) -> tuple[list[str], str]:
    """The options and the reason of a `predict`.

    Raises:
      ValueError: if there are no two options, no reason, or the answer is none of them.
    """
    options, *reasons = re.split(r"(?m)^---+\s*$", body, maxsplit=1)
    listed, reason = items(options), "".join(reasons)
    if len(listed) < 2:
        raise ValueError("{predict} needs two options or more, as a list.")
    if not reason.strip():
        raise ValueError("{predict} needs a line `---` after its options, and the reason.")
    if not answer.isdigit() or not 1 <= int(answer) <= len(listed):
        raise ValueError(f"{{predict}} needs :answer: 1 to {len(listed)}; got {answer!r}.")
    return listed, reason.strip()


def words(text: str) -> int:
    """Words of a page that are read: without code, solutions, frames; a formula is one word."""
    text = re.sub(r"(?s)\A---\n.*?\n---\n", "", text)
    for frame in (_SOLUTION, _CELL, _FRAME):
        text = frame.sub("", text)
    return len(_FORMULA.sub("F", text).split())


def minutes(text: str) -> int:
    """Minutes that a page takes to read."""
    return max(1, math.ceil(words(text) / WORDS_A_MINUTE))


def by_number(text: str) -> str:
    """Links to chapters that show the chapter's number: `04_seq2seq` becomes `4`."""
    return _PAGE.sub(lambda m: f"{{doc}}`{int(m['number'])} <{m['page']}>`", text)


def directives(name: str, text: str) -> list[tuple[str, str, str]]:
    """Argument, options and body of a page's directives of one name."""
    found = re.finditer(
        rf"(?ms)^(?P<fence>[`:]{{3,}})\{{{name}\}}(?P<argument>[^\n]*)\n"
        r"(?P<options>(?::[\w-]+:[^\n]*\n)*)(?P<body>.*?)^(?P=fence)[ ]*$",
        text,
    )
    return [(m["argument"].strip(), m["options"], m["body"]) for m in found]


def form(name: str, asked: list[Field]) -> list[str]:
    """The HTML around the labels of an exercise's fields: one piece more than there are labels.

    The form is hidden until questions.js has brought it to life.
    """
    name = html.escape(name, quote=True)
    pieces = [f'<form class="answer-fields" data-exercise="{name}" hidden novalidate>']
    for place, one in enumerate(asked, start=1):
        key = f"answer-{name}-{place}"
        right = html.escape(one.right, quote=True)
        said = f'<p class="answer-said" id="{key}-said"></p>'
        rule = f'class="answer-field" data-rule="{one.rule}" data-right="{right}"'
        if one.rule == "choice":
            pieces[-1] += f'<fieldset {rule} aria-describedby="{key}-said"><legend>'
            rows = "".join(
                f'<label><input type="radio" name="{key}" value="{option}">'
                f"<span>{option}</span></label>"
                for option in (html.escape(option, quote=True) for option in one.options)
            )
            pieces.append(f'</legend><div class="answer-options">{rows}</div>{said}</fieldset>')
            continue
        pieces[-1] += f'<div {rule} data-by="{one.by:g}"><label for="{key}">'
        pieces.append(
            f'</label><input id="{key}" type="text" inputmode="decimal" autocomplete="off" '
            f'spellcheck="false" aria-describedby="{key}-said">{said}</div>'
        )
    pieces[-1] += (
        '<div class="answer-bar"><button type="submit">Check</button>'
        '<p class="answer-verdict" role="status"></p></div></form>'
    )
    return pieces
