"""Every page is in the table of contents, and says what Jupyter Book must know to run it."""

import ast

import pytest

from encdec_lib.page.chapters import CHAPTERS
from tests.book.tree import executable_pages, pages, text
from tools.myst_pages import ROOT, code_cells, read


def test_the_table_of_contents_and_the_folder_agree():
    assert sorted(pages()) == sorted(f"book/{p.stem}" for p in (ROOT / "book").glob("*.md"))


@pytest.mark.parametrize("page", pages())
def test_a_page_with_code_is_run(page):
    """Without these lines a page silently becomes prose: nothing runs, and nothing fails."""
    settings = read(text(page)).metadata
    if code_cells(text(page)):
        assert settings.get("file_format") == "mystnb", page
        assert settings["kernelspec"]["name"] == "python3", page
    else:
        assert "kernelspec" not in settings, f"{page} has a kernel and no code"


@pytest.mark.parametrize("page", [chapter.page for chapter in CHAPTERS])
def test_a_chapter_has_what_every_chapter_has(page):
    source = text(page)
    assert "page.setup(" in source, "the first cell calls page.setup()"
    assert "page.elapsed(" in source, "the last cell prints the page's time"
    exercises = source.count("{exercise}") + source.count("{exercise-start}")
    assert exercises >= 4, f"{page} has {exercises} exercises"
    solutions = source.count("{solution}") + source.count("{solution-start}")
    assert solutions == exercises


@pytest.mark.parametrize("slug", executable_pages())
def test_no_page_goes_to_the_network(slug):
    source = text(f"book/{slug}")
    for word in ("requests.get", "urlopen", "urlretrieve", "!wget", "!curl", "%pip", "!pip"):
        assert word not in source, f"{slug} must run offline: {word}"


@pytest.mark.parametrize("slug", executable_pages())
def test_a_dial_that_was_moved_breaks_no_later_cell(slug):
    """In a live kernel a figure's config follows its dials; a cell compares with the page's."""
    for cell in code_cells(text(f"book/{slug}")):
        if "fitted_losses(" in cell.code:
            assert ".config" not in cell.code, (
                f"{slug}: keep the config in the cell that makes the figure"
            )


SHOWN_LAST = ("plots.table", "page.stored", "scoreboard.table")


@pytest.mark.parametrize("slug", executable_pages())
def test_a_table_is_the_last_thing_in_its_cell(slug):
    """A notebook shows the value of a cell's last line; a table further up is made for nobody."""
    for cell in code_cells(text(f"book/{slug}")):
        for statement in ast.parse(cell.code).body[:-1]:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                made = ast.unparse(statement.value.func)
                assert made not in SHOWN_LAST, f"{slug}, cell at line {cell.line}: {made}"
