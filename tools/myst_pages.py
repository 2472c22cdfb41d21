"""The book's pages, read as MyST-NB reads them: their settings and their code cells.

Jupytext does the reading. A code cell inside another fence, as a listing shows it, is no cell.
"""

import dataclasses
import pathlib

import nbformat
from jupytext.myst import myst_to_notebook

ROOT = pathlib.Path(__file__).resolve().parents[1]


@dataclasses.dataclass(frozen=True)
class Cell:
    """A code cell of a page."""

    tags: frozenset[str]
    code: str
    line: int  # of its fence in the page, from 1


def pages(root: pathlib.Path = ROOT) -> dict[str, str]:
    """`book/<name>` -> its Markdown, for every page."""
    files = sorted((root / "book").glob("*.md"))
    return {p.relative_to(root).with_suffix("").as_posix(): p.read_text("utf-8") for p in files}


def read(text: str) -> nbformat.NotebookNode:
    """A page as a notebook; its metadata are the settings that stand at the page's top."""
    return myst_to_notebook(text, add_source_map=True)


def has_kernel(text: str) -> bool:
    """Whether a page asks to be run."""
    return "kernelspec" in read(text).metadata


def is_notebook(text: str) -> bool:
    """Whether a page is a notebook too: it asks to be run, and some of its code is for readers."""
    return has_kernel(text) and any("remove-input" not in cell.tags for cell in code_cells(text))


def code_cells(text: str) -> list[Cell]:
    """The code cells of a page, from top to bottom."""
    notebook = read(text)
    return [
        Cell(frozenset(cell.metadata.get("tags", ())), cell.source, line)
        for cell, line in zip(notebook.cells, notebook.metadata["source_map"], strict=True)
        if cell.cell_type == "code"
    ]
