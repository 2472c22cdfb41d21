"""A chapter has what CONTRIBUTING.md, "How a page is written", says."""

import re

import pytest

from encdec_lib.page.chapters import CHAPTERS
from tests.book.answers import answers, attempts, library_says, syntax
from tests.book.tree import pages, text
from tools.myst_pages import code_cells

PAGES = {chapter.slug: chapter.page for chapter in CHAPTERS}
REMOVED = {"remove-input", "remove-cell"}
HIDDEN = {"hide-input", "hide-cell"} | REMOVED
OF_EXERCISES = {"exercise", "solution"}
WIDEST, LONGEST, MOST_WORDS_OF_A_CAPTION = 76, 15, 46


def section(source: str, heading: str) -> str:
    """The text of a section; empty if the page has none of that name, or two."""
    found = re.findall(rf"(?ms)^## {heading}\n(.*?)(?=^## |\Z)", source)
    return found[0] if len(found) == 1 else ""


def frame_faults(source: str) -> list[str]:
    """Whether the page begins and ends as it should."""
    faults = [
        f"{source.count(sign)} of {sign!r}, not one"
        for sign in ("\n{.promise}\n", "\n```{facts}\n", "\n```{aims}\n")
        if source.count(sign) != 1
    ]
    items = re.findall(r"(?m)^\d+\. ", section(source, "In short"))
    if len(items) != 5:
        faults.append(f"'In short' has {len(items)} numbered sentences, not five")
    picture = section(source, "If you remember one picture")
    if "{code-cell}" not in picture and "{figure}" not in picture:
        faults.append("'If you remember one picture' has none")
    for body in re.findall(r"(?m)^\{\.caption\}\n((?:.+\n)+)", source):
        if (words := len(body.split())) > MOST_WORDS_OF_A_CAPTION:
            faults.append(f"a caption of {words} words: {body[:40]!r}")
    return faults


def aim_faults(source: str) -> list[str]:
    """Whether every aim leads to an exercise of the page."""
    faults = []
    labels = re.findall(r"(?m)^:label: (ex-[\w-]+)$", source)
    for _, _, body in syntax.directives("aims", source):
        listed = [syntax.aim(item) for item in syntax.items(body)]
        if not 3 <= len(listed) <= 4:
            faults.append(f"{len(listed)} aims, not three or four")
        faults += [f"no exercise {aim[1]!r} for an aim" for aim in listed if aim[1] not in labels]
    return faults


def code_faults(source: str) -> list[str]:
    """Whether listings fit their column, and are short where they are shown."""
    faults = []
    for cell in code_cells(source):
        lines = cell.code.split("\n")
        wide = [line for line in lines if len(line) > WIDEST]
        if wide and not cell.tags & REMOVED:
            faults.append(f"line {cell.line}: a listing wider than {WIDEST} columns: {wide[0]}")
        shown = len([line for line in lines if line.strip()])
        if shown > LONGEST and not cell.tags & (HIDDEN | OF_EXERCISES):
            faults.append(f"line {cell.line}: {shown} lines of code are shown, not {LONGEST}")
    return faults


def faults(source: str) -> list[str]:
    """What a page lacks of the form."""
    found = frame_faults(source) + aim_faults(source) + code_faults(source)
    if not syntax.directives("predict", source):
        found.append("no question to predict an answer to")
    if re.search(r"\{admonition\} Predict", source):
        found.append("a question without options: an admonition")
    return found


@pytest.mark.parametrize("slug", PAGES)
def test_a_chapter_has_its_form(slug):
    assert not faults(text(PAGES[slug]))


@pytest.mark.parametrize("page", pages())
def test_every_question_has_options_an_answer_and_a_reason(page):
    for asked, options, body in syntax.directives("predict", text(page)):
        assert asked
        answer = re.search(r":answer: *(\S+)", options)
        syntax.question(body, answer[1] if answer else "")


@pytest.mark.parametrize(
    "name, fields", [pytest.param(name, fields, id=name) for _, name, fields in answers()]
)
def test_the_library_says_what_the_page_says(name, fields):
    for values, right in attempts(fields):
        assert library_says(name, fields, values) == right, values


GOOD = """# 4. One

{.promise}
A promise.

```{facts}
```

```{aims}
- a (ex-one-1)
- b (ex-one-1)
- c (ex-one-1)
```

```{predict} What?
:answer: 1

- a
- b

---

Because.
```

```{exercise} One
:label: ex-one-1
```

```{code-cell} ipython3
print(1)
```

## In short

1. a
2. b
3. c
4. d
5. e

## If you remember one picture

```{figure} a.svg
```
"""


def test_a_page_in_the_new_form_has_no_fault():
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    "before, after, fault",
    [
        ("{.promise}\n", "", "0 of '\\n{.promise}\\n', not one"),
        ("```{facts}\n```\n", "```{facts}\n```\n\n```{facts}\n```\n", "2 of '\\n```{facts}\\n'"),
        ("- c (ex-one-1)\n", "- c (ex-one-2)\n", "no exercise 'ex-one-2'"),
        ("- c (ex-one-1)\n", "- c\n", "no exercise ''"),
        ("- c (ex-one-1)\n", "", "2 aims"),
        ("5. e\n", "", "4 numbered sentences"),
        ("```{figure} a.svg\n```\n", "A sentence.\n", "one picture' has none"),
        ("print(1)", f"print('{'1' * 70}')", "wider than 76"),
        ("print(1)", "\n".join(["print(1)"] * 16), "16 lines of code"),
        ("{predict} What?", "{admonition} Predict", "a question without options"),
        ("{.promise}\n", "{.caption}\n" + "word " * 47 + "\n\n{.promise}\n", "caption of 47"),
    ],
)
def test_what_a_page_lacks_is_named(before, after, fault):
    changed = GOOD.replace(before, after)
    assert changed != GOOD and any(fault in line for line in faults(changed)), faults(changed)
