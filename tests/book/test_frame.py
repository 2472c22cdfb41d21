"""book/_ext/frame.py: what stands over a chapter's title, and in the menus of the bar."""

import re
import sys
import types

import pytest

pytest.importorskip("sphinx", reason="the book's extension needs Sphinx")

from encdec_lib.page.chapters import CHAPTERS
from tests.book.tree import ROOT

sys.path[:0] = [str(ROOT / "book" / "_ext")]
import frame  # noqa: E402
from docutils import nodes  # noqa: E402

TITLE = '<section id="a"><h1>8. Bahdanau attention<a class="headerlink" href="#a">#</a></h1>'


def test_every_chapter_has_its_part_and_its_number_over_its_title():
    lines = [frame.eyebrow(chapter.page) for chapter in CHAPTERS]
    assert "Part 3, Attention · Chapter 8" in lines
    numbers = [int(re.match(r"Part (\d+), ", line)[1]) for line in lines]
    assert numbers == sorted(numbers) and set(numbers) == set(range(1, max(numbers) + 1))
    assert frame.eyebrow("book/glossary") == ""


def test_a_title_stands_without_its_number_and_without_a_link():
    text = frame.headed(TITLE + "<h1>2. Another</h1>", "Part 3, A & B · Chapter 8")
    assert text.startswith(
        '<section id="a"><p class="eyebrow">Part 3, A &amp; B · Chapter 8</p>\n'
        "<h1>Bahdanau attention</h1>"
    )
    assert text.endswith("<h1>2. Another</h1>"), "the first alone is the page's"
    assert frame.headed("<h1>Glossary</h1>", "") == "<h1>Glossary</h1>"


def test_the_buttons_become_a_menu_that_offers_the_notebook_and_never_its_source():
    groups = [
        {"buttons": [{"text": "Binder", "url": "https://mybinder.org/x", "label": None}]},
        {
            "buttons": [
                {"label": "download-notebook-button", "url": "../notebooks/a.ipynb", "text": "x"},
                {"label": "download-source-button", "url": "../_sources/a.md", "text": ".md"},
                {"label": "download-pdf-button", "javascript": "window.print()", "text": ".pdf"},
            ]
        },
        {"label": "source-repository-button", "url": "https://github.com/Ann/book", "text": ""},
    ]
    notebook, page = frame.links(groups)
    assert [one["text"] for one in notebook] == ["Open it in Binder", "Download the notebook"]
    assert [one["text"] for one in page] == ["Print this page", "The book's repository"]
    assert notebook[1]["keep"] and "keep" not in notebook[0]


def test_a_cell_that_holds_a_figure_says_so():
    cell, other = nodes.container(classes=["cell"]), nodes.container(classes=["cell"])
    output = nodes.container()
    output += nodes.raw("", '<div class="bw-root" data-widget="A">', format="html")
    cell += output
    other += nodes.raw("", "<table></table>", format="html")
    document = nodes.container("", cell, other)
    frame.mark_figures(None, document, "a")
    assert cell["classes"] == ["cell", "holds-figure"] and other["classes"] == ["cell"]


def test_the_faces_are_there_under_the_names_that_the_style_sheet_has(tmp_path):
    if not (ROOT / "node_modules" / "@fontsource-variable").is_dir():
        pytest.skip("needs node_modules")
    builder = types.SimpleNamespace(format="html")
    app = types.SimpleNamespace(builder=builder, srcdir=str(ROOT), outdir=str(tmp_path))
    frame.copy_fonts(app, None)
    sheet = (ROOT / "book" / "_static" / "tokens.css").read_text("utf-8")
    wanted = set(re.findall(r"url\(fonts/([^)]+)\)", sheet))
    assert wanted == {path.name for path in (tmp_path / frame.FACES).glob("*.woff2")}
    licences = [path.read_text("utf-8") for path in (tmp_path / frame.FACES).glob("*.txt")]
    assert len(licences) == len(frame.FONTS)
    assert all("Open Font License" in text or "OPEN FONT LICENSE" in text for text in licences)
    assert {f"{name}.woff2" for name in frame.EARLY} <= wanted
