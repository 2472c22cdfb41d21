"""The page kit on a built page and in a notebook; its syntax, and what it refuses."""

import re
import sys
import types

import pytest

pytest.importorskip("sphinx_exercise", reason="pages are built by the book's own versions")

from tests.book.tree import ROOT
from tests.browser.kit_page import TEXT, built

sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "book" / "_ext")]
import kit  # noqa: E402
import kit_syntax as syntax  # noqa: E402
import make_notebooks  # noqa: E402


@pytest.fixture(scope="module")
def html(tmp_path_factory) -> str:
    return built(tmp_path_factory.mktemp("kit")).read_text("utf-8")


def plain(fragment: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", fragment).split())


def test_facts_have_minutes_seconds_and_chapters_by_number(html):
    (facts,) = re.findall(r'<p class="facts">.*?</p>', html)
    assert re.fullmatch(r"1 min to read · \d+ s to run · builds on 3", plain(facts))
    assert 'href="03_before.html"' in facts


def test_the_aims_links_lead_to_an_id_of_the_page(html):
    (aims,) = re.findall(r'(?s)<div class="aims">.*?</div>', html)
    assert plain(aims) == "You will be able to count bytes exercise 1 read"
    (target,) = re.findall(r'href="#([^"]+)"', aims)
    assert f'id="{target}"' in html


def test_a_folded_cell_says_what_is_behind_it(html):
    lines = re.findall(r'<p class="collapsed admonition-title">(.*?)</p>', html)
    assert lines == [
        "How this was made, 3 lines",
        "How figure 4.1 was made, 1 line",
        "What training printed",
    ]
    assert re.findall(r'<p class="expanded admonition-title">(.*?)</p>', html) == lines


def test_an_exercise_shows_its_stub_and_no_output(html):
    (cell,) = re.findall(r'(?s)<div class="cell tag_exercise.*?(?=<div class="cell )', html)
    assert "cell_output" not in cell and "not yet" in plain(cell)
    for others in ("of a folded cell", "of figure 4.1", "a log", "a picture"):
        assert f"<span></span>{others}" in html, others


def test_sections_have_their_look_and_the_next_question_stands_apart(html):
    assert html.count('<section class="in-short"') == 1
    (picture,) = re.findall(r'(?s)<section class="one-picture".*?</section>', html)
    assert "a picture" in picture and "A sentence" in picture and "What is next" not in picture
    assert html.index('<p class="next-question">What is next') > html.index(picture)


def test_a_report_prints_nothing_and_quotes_its_number(html):
    assert "a = 3.14" not in html
    assert '<span class="pasted-text">3.14</span>' in html


def test_exercises_of_every_page_count_from_one():
    numbers = {
        "one": {"exercise": {"a-2": (2,), "a-1": (1,)}, "figure": {"f": (1,)}},
        "two": {"exercise": {"b-1": (9,), "b-2": (10,)}, "figure": {"g": (2,)}},
        "three": {},
    }
    kit.exercises_from_one(None, types.SimpleNamespace(toc_fignumbers=numbers))
    assert numbers == {
        "one": {"exercise": {"a-1": (1,), "a-2": (2,)}, "figure": {"f": (1,)}},
        "two": {"exercise": {"b-1": (1,), "b-2": (2,)}, "figure": {"g": (2,)}},
        "three": {},
    }


@pytest.fixture(scope="module")
def notebook() -> str:
    book = make_notebooks.Book(ROOT)
    name = "book/07_token_sized"
    macros = r"$\att{\alpha_{i,\enc{j_{1}}}}$"
    book.pages[name] = TEXT.replace("03_before", "04_seq2seq").replace("$x_1$", macros)
    return make_notebooks.convert(name, book).replace('\\"', '"').replace("\\\\", "\\")


def test_a_notebook_has_facts_aims_and_a_question_with_the_readers_number(notebook):
    assert "1 min to read · builds on [4. " in notebook
    assert "**You will be able to**\\n\\n- count *bytes* (exercise 1)\\n- read" in notebook
    assert r"**Predict.** What of *though*, ${\alpha_{i,{j_{1}}}}$?" in notebook
    assert "1. One $x^2$\\n2. Two" in notebook
    assert 'page.say(r"""<details>\\n<summary>The answer</summary>' in notebook
    assert "**Two.** It is {a:.2f}.\\n\\nMore.\\n\\n</details>" in notebook
    assert "one-two-1" not in notebook and "{answer}" not in notebook
    assert 'print("not yet")' in notebook and "page.elapsed()" in notebook


@pytest.mark.parametrize(
    "item, rule, right, by",
    [
        ("- a :: 30", "exact", "30", 0),
        ("- a :: b :: -0.5 ~ 1%", "relative", "-0.5", 0.01),
        ("- a :: 8 ~ x2", "factor", "8", 2),
        ("- a :: x | *y z* | w", "choice", "y z", 0),
    ],
)
def test_an_answer_is_read(item, rule, right, by):
    (field,) = syntax.fields(item)
    assert (field.rule, field.right, field.by) == (rule, right, by)


@pytest.mark.parametrize(
    "item, message",
    [
        ("", "needs a list"),
        ("- thirty", "is not `label :: right answer`"),
        ("- a :: thirty", "'thirty'.* is no number"),
        ("- a :: 30 ~ 5", "neither `1%` nor `x2`"),
        ("- a :: x | y", "needs one option in asterisks"),
        ("- a :: *x* | *y*", "needs one option in asterisks"),
    ],
)
def test_a_wrong_answer_field_is_named(item, message):
    with pytest.raises(ValueError, match=message):
        syntax.fields(item)


@pytest.mark.parametrize(
    "body, answer, message",
    [
        ("- a\n\n---\n\nb", "1", "two options or more"),
        ("- a\n- b\n", "1", "the reason"),
        ("- a\n- b\n\n---\n\nc", "3", "needs :answer: 1 to 2; got '3'"),
        ("- a\n- b\n\n---\n\nc", "", "needs :answer: 1 to 2; got ''"),
    ],
)
def test_a_wrong_question_is_named(body, answer, message):
    with pytest.raises(ValueError, match=message):
        syntax.question(body, answer)


def test_words_are_those_that_are_read():
    text = """---
kernelspec: {name: python3}
---

# One two

{.promise}
Three $a + b$ five.

```{code-cell} ipython3
not = "read"
```

````{solution-start} ex-a-1
:class: dropdown
````

nor this

````{solution-end}
````

```{note}
:class: x

six seven
```
"""
    assert syntax.words(text) == 8  # the heading's sign is one
    assert syntax.minutes("word " * 221) == 2 and syntax.minutes("") == 1
