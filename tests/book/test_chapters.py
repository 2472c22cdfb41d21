"""Every chapter of encdec_lib/page/chapters.toml has its files, and no file is without one.

A slug that finds nothing is a fault, and so is a page, a model or a widget that no chapter names.
"""

import ast
from pathlib import Path

import pytest

from encdec_lib import widgets
from encdec_lib.page.chapters import CHAPTERS, widgets_by_page
from tests.book.tree import pages, text
from tools.myst_pages import ROOT, code_cells

PACKAGE = ROOT / "encdec_lib"
#: Of version 0.1, which goes on being importable (tests/old_imports.txt), and is on no page now.
EARLIER = {"HeadsDial"}
every_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.slug)


def modules(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.py") if path.stem != "__init__"}


def imported(page: str, package: str) -> set[str]:
    """What a page's cells import from one package."""
    nodes = [node for cell in code_cells(text(page)) for node in ast.walk(ast.parse(cell.code))]
    return {
        alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module == package
        for alias in node.names
    }


def test_every_numbered_page_is_a_chapters():
    numbered = {f"book/{p.stem}" for p in (ROOT / "book").glob("[0-9]*.md")}
    assert numbered == {chapter.page for chapter in CHAPTERS}
    assert [p for p in pages() if p in numbered] == [chapter.page for chapter in CHAPTERS]


@every_chapter
def test_a_pages_heading_is_the_chapters_title(chapter):
    headings = [line for line in text(chapter.page).splitlines() if line.startswith("# ")]
    assert f"# {chapter.number}. {chapter.title}" in headings


def test_every_chapter_has_its_file_of_exercises_and_no_other_has_one():
    machinery = {"checking", "report"}
    assert modules(PACKAGE / "exercises") == machinery | {chapter.slug for chapter in CHAPTERS}


def test_every_model_is_named_by_one_chapter_and_found_by_its_slug():
    named = [model for chapter in CHAPTERS for model in chapter.models]
    assert sorted(named) == sorted(modules(PACKAGE / "models"))
    for chapter in CHAPTERS:
        assert not chapter.models or chapter.models[0] == chapter.slug, chapter.slug


@pytest.mark.parametrize("page", widgets_by_page())
def test_the_widgets_of_a_page_are_named(page):
    assert imported(page, "encdec_lib.widgets") == set(widgets_by_page()[page])


def test_every_widget_is_on_a_page_and_in_a_folder_of_its_own():
    shown = {name for names in widgets_by_page().values() for name in names}
    assert shown == set(widgets.__all__) - {"BookWidget"} - EARLIER
    folders = {path.parent.name for path in (PACKAGE / "widgets").glob("*/__init__.py")}
    face = ast.parse((PACKAGE / "widgets" / "__init__.pyi").read_text("utf-8")).body
    homes = [node.module for node in face if node.names[0].name in shown | EARLIER]
    assert sorted(homes) == sorted(folders - {"host", "parts"})
