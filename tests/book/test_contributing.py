"""CONTRIBUTING.md names files and functions that are there, and few of them."""

import ast
import re

import pytest

from tests.book.tree import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
# Examples of what stands where the page says <slug>, <number>_<slug> and <name>.
EXAMPLE = {"<number>": "08", "<slug>": "bahdanau_attention", "<name>": "width_dial"}


def section(title: str) -> str:
    return re.search(rf"(?ms)^## {title}.*?(?=^## |\Z)", TEXT)[0]


def steps(title: str) -> list[str]:
    """The numbered items of a section, each in one line."""
    items = re.findall(r"(?ms)^\d+\. (.*?)(?=^\d+\. |\n\n|\Z)", section(title))
    return [" ".join(item.split()) for item in items]


def defined(path: str, name: str) -> bool:
    """Whether a module defines a function, a class, or a method of one."""
    body = ast.parse((ROOT / "encdec_lib" / path).read_text("utf-8")).body
    for part in name.split("."):
        found = [node for node in body if getattr(node, "name", None) == part]
        if not found:
            return False
        body = found[0].body
    return True


@pytest.mark.parametrize(
    "title", ["How a sentence becomes a translation", "How a gradient reaches a weight"]
)
def test_a_walk_has_ten_steps_through_functions_that_are_there(title):
    named = re.findall(r"`([\w/]+\.py)` `([\w.]+)`", " ".join(steps(title)))
    assert len(steps(title)) == 10 and len(named) >= 10
    assert not [pair for pair in named if not defined(*pair)]


def test_a_chapter_a_model_and_a_widget_are_fifteen_files_or_fewer():
    said = {
        "A new chapter: five files": 5,
        "A new model: three files": 3,
        "A new widget: seven files": 7,
    }
    assert {title: len(steps(title)) for title in said} == said
    assert sum(said.values()) <= 15


def test_every_file_that_is_named_is_there():
    wanted = set(re.findall(r"`((?:book|encdec_lib|tests|tools)/[^`\s]*)`", TEXT))
    missing = []
    for name in wanted:
        path = name
        for mark, example in EXAMPLE.items():
            path = path.replace(mark, example)
        if not list(ROOT.glob(path.rstrip("/"))):
            missing.append(name)
    assert not missing


def test_every_target_of_make_that_is_named_is_there():
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8")))
    assert set(re.findall(r"`make ([a-z-]+)", TEXT)) <= targets
