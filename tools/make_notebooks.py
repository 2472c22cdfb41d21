"""book/*.md (MyST) -> notebooks/*.ipynb, for Colab and Binder.

    python tools/make_notebooks.py            writes them
    python tools/make_notebooks.py --check    says which are stale, missing or orphaned; exit 1

The Markdown pages are what people edit. The notebooks are generated and committed, since Colab and
Binder open files of the repository. The same pages give the same bytes: no outputs, no random ids,
and nothing of the clone that made them (book/_ext/addresses.py). Those that the built site offers
know its address too; book/_ext/downloads.py makes them.
"""

import argparse
import hashlib
import itertools
import json
import pathlib
import re
import sys
import tomllib
from collections.abc import Sequence

import nbformat
from packaging.requirements import Requirement
from pybtex.database import parse_file

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "book" / "_ext"), str(ROOT / "tools")]

import addresses  # noqa: E402
import myst_to_markdown as myst  # noqa: E402
from myst_pages import is_notebook, pages, read  # noqa: E402

# tags of cells whose code starts hidden
FOLDED = {"solution", "hide-input", "remove-input", "remove-cell"}
BIBLIOGRAPHY, LIST_OF_REFERENCES = "book/references.bib", "book/references"

SETUP = ROOT / "tools" / "setup_cell.py"
# A page that reads these texts has the packages in its first cell.
TEXTS, TEXTS_FILE = "early_modern_english.load(", "requirements-verses.txt"


def texts_of(page: str, root: pathlib.Path = ROOT) -> list[str]:
    """The packages of data that a page reads, as pip takes them.

    Args:
      page: its source.
      root: of the repository.
    """
    if TEXTS not in page:
        return []
    lines = (root / TEXTS_FILE).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")] + ["tokenizers"]


def setup_cell(requirement: str, root: pathlib.Path = ROOT, texts: Sequence[str] = ()) -> str:
    """The first code cell: tools/setup_cell.py with what it must know of the library.

    Args:
      requirement: what pip installs where there is no clone; may be empty.
      root: of the repository, whose pyproject.toml says what the library takes.
      texts: packages of data that it shall install too, where they are missing.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    needs = [Requirement(text) for text in project["dependencies"]]
    takes = "".join(f'    "{need.name}": "{need.specifier}",\n' for need in needs)
    known = {
        '_VERSION = ""': f'_VERSION = "{addresses.version(root)}"',
        '_ADDRESS = ""': f'_ADDRESS = "{requirement}"',
        "_TAKES = {}": f"_TAKES = {{\n{takes}}}",
        "_TEXTS = []": f"_TEXTS = {json.dumps(list(texts))}",
    }
    text = SETUP.read_text("utf-8").rstrip()
    for blank, filled in known.items():
        assert text.count(blank) == 1, blank
        text = text.replace(blank, filled)
    return text


def citation(entry, style: str) -> str:
    """Authors and year as the book's pages cite them: `A & B (2015)`, `A et al., 2015`."""
    names = [" ".join(p.prelast_names + p.last_names) for p in entry.persons.get("author", [])]
    names = [re.sub(r"[{}]", "", name) for name in names] or [entry.fields.get("title", "?")]
    who = names[0] if len(names) == 1 else " and ".join(names)
    who = f"{names[0]} et al." if len(names) > 2 else who
    year = entry.fields.get("year", "no date")
    return f"{who} ({year})" if style == "t" else f"{who}, {year}"


def without_classes(macro: str | list) -> str | list:
    r"""A TeX macro without `\class{name}`, which notebooks cannot show: \enc{x} is x there."""
    if isinstance(macro, list):
        return [without_classes(macro[0]), *macro[1:]]
    return re.sub(r"\\class\{\w+\}\{(#\d)\}", r"\1", macro)


class Book:
    """What every page's conversion needs to know of the others."""

    def __init__(self, root: pathlib.Path, where: addresses.Addresses | None = None):
        config = addresses.read_config(root)["sphinx"]["config"]
        macros = config.get("mathjax3_config", {}).get("tex", {}).get("macros", {})
        self.macros = {name: without_classes(body) for name, body in macros.items()}
        self.pages = pages(root)
        chapters = frozenset(name for name, text in self.pages.items() if is_notebook(text))
        self.addresses = where or addresses.Clone(chapters)
        self.setup = self.setup_for("")
        self.titles, self.labels = {}, {}
        for name, text in self.pages.items():
            heading = re.search(r"(?m)^# (.+)$", text)
            self.titles[name] = heading[1].strip() if heading else name
            self.labels |= {label: (name, called) for label, called in myst.labels(text).items()}
        bibliography = root / BIBLIOGRAPHY
        self.entries = parse_file(bibliography).entries if bibliography.exists() else {}

    def cite(self, keys: str, style: str) -> str:
        names = [key.strip() for key in keys.split(",")]
        if unknown := [name for name in names if name not in self.entries]:
            raise ValueError(f"{{cite}}`{keys}`: {unknown} not in {BIBLIOGRAPHY}.")
        cited = [citation(self.entries[name], style) for name in names]
        text = ", ".join(cited) if style == "t" else f"({'; '.join(cited)})"
        return f"[{text}]({self.addresses.page(LIST_OF_REFERENCES)})"

    def setup_for(self, source: str) -> str:
        """The first code cell of a page with this source."""
        return setup_cell(self.addresses.requirement, texts=texts_of(source))

    def link_file(self, path: str) -> str:
        """A picture or file named on a page: Sphinx puts `book/_static` at `_static`."""
        if path.startswith(("http://", "https://")):
            return path
        name = path.rsplit("/", 1)[-1]
        folder = "_static" if "_static/" in path else "_images"
        tail = path.split("_static/", 1)[1] if "_static/" in path else name
        return self.addresses.file(f"{folder}/{tail}")

    def page(self, name: str) -> myst.Page:
        return myst.Page(
            name=name, macros=self.macros, link_page=self.addresses.page, link_file=self.link_file,
            labels=self.labels, titles=self.titles, cite=self.cite, source=self.pages.get(name, ""),
        )  # fmt: skip

    def header(self, name: str) -> str:
        where = self.addresses
        page = (
            f"[read it as a web page]({where.page(name)}), with its figures and widgets already "
            "drawn"
            if where.site
            else "`make book` in the repository builds it as a web page"
        )
        return (
            f"*A chapter of a book: {page}. This notebook is generated from "
            f"[`{name}.md`]({where.source(f'{name}.md')}); run its cells from the top, and change "
            "them as you like.*"
        )


SAY = "# @title Text with the numbers of your run"


def say(markdown: str) -> str:
    """The code of a cell that shows `markdown` with the numbers of the reader's own run."""
    pieces = myst.QUOTED.split(markdown)  # text, name and format, text, ...
    pieces[::2] = [piece.replace("{", "{{").replace("}", "}}") for piece in pieces[::2]]
    pieces[1::2] = [f"{{{piece}}}" for piece in pieces[1::2]]
    text = "".join(pieces)
    raw = '"""' not in text and not text.endswith(('"', "\\"))
    return f'{SAY}\npage.say(r"""{text}""")' if raw else f"{SAY}\npage.say({text!r})"


def split_at_numbers(cells: list, name: str) -> list:
    """Makes what quotes a number a cell of code, which says it with the reader's own."""
    out = []
    for cell in cells:
        if cell.cell_type != "markdown" or not myst.QUOTED.search(cell.source):
            out.append(cell)
            continue
        parts = itertools.groupby(myst.blocks(cell.source), lambda b: bool(myst.QUOTED.search(b)))
        for quotes, together in parts:
            text = "\n\n".join(together)
            if not quotes:
                out.append(nbformat.v4.new_markdown_cell(text))
                continue
            if re.search(r"(?m)^#{1,6} ", text):
                raise ValueError(f"{name}.md: a heading cannot quote a number; got {text!r}.")
            spoken = nbformat.v4.new_code_cell(say(text))
            out.append(with_metadata(spoken, cellView="form", jupyter={"source_hidden": True}))
    return out


def with_metadata(cell, **metadata):
    cell.metadata.update(metadata)
    return cell


def fold_solutions(cells: list) -> list[str]:
    """Hides solutions; returns the ids of the headings Colab shall collapse.

    A section ends at the next heading of its rank or above, so a solution is collapsed only where
    such a heading (the next exercise, the next section) is what comes after it.
    """
    collapsed, opened = [], None
    for index, cell in enumerate(cells):
        if cell.cell_type == "code":
            if opened is not None or FOLDED & set(cell.metadata.get("tags", [])):
                cell.metadata["jupyter"] = {"source_hidden": True}
            continue
        if cell.source.startswith("##### Solution"):
            opened = index
        elif opened is not None and re.match(r"#{1,5} ", cell.source):
            collapsed.append(cells[opened].metadata["id"])
            opened = None
    return collapsed


def split_at_headings(cells: list) -> list:
    """Gives every exercise and solution its own cell, so that it can be folded."""
    out = []
    for cell in cells:
        if cell.cell_type != "markdown":
            out.append(cell)
            continue
        for part in re.split(r"(?m)^(?=#{1,4} |##### Solution)", cell.source):
            if part.strip():
                out.append(nbformat.v4.new_markdown_cell(part.strip("\n")))
    return out


def convert(name: str, book: Book) -> str:
    """One page as the text of a notebook."""
    notebook = read(book.pages[name])
    page = book.page(name)
    cells = [nbformat.v4.new_markdown_cell(book.header(name))]
    setup = nbformat.v4.new_code_cell(book.setup_for(book.pages[name]))
    cells.append(with_metadata(setup, cellView="form", jupyter={"source_hidden": True}))
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = myst.convert(cell.source, page)
        if cell.source.strip():
            cells.append(cell)
    cells = split_at_numbers(split_at_headings(cells), name)
    for index, cell in enumerate(cells):  # jupytext's ids are random: every run would be a change
        cell["id"] = hashlib.sha256(f"{name}:{index}".encode()).hexdigest()[:12]
        cell.metadata["id"] = cell["id"]  # Colab's own
    collapsed = fold_solutions(cells)
    notebook.cells = cells
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "colab": {"provenance": [], "toc_visible": True, "collapsed_sections": collapsed},
        }
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    nbformat.validate(notebook)
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def notebooks(
    root: pathlib.Path, where: addresses.Addresses | None = None
) -> dict[pathlib.Path, str]:
    """Path -> text of every notebook the book should have: one for each page whose code is shown.

    Args:
      root: of the repository.
      where: what the notebooks link to and install; None: the clone that they lie in.
    """
    book = Book(root, where)
    return {
        root / "notebooks" / f"{name.removeprefix('book/')}.ipynb": convert(name, book)
        for name, text in book.pages.items()
        if is_notebook(text)
    }


def main(arguments: list[str] | None = None, root: pathlib.Path = ROOT) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare only")
    check = parser.parse_args(arguments).check
    wanted, folder = notebooks(root, addresses.stated(root)), root / "notebooks"
    stale = [p for p, text in wanted.items() if not p.exists() or p.read_text("utf-8") != text]
    orphans = sorted(set(folder.glob("*.ipynb")) - set(wanted))
    if check:
        for path in [*stale, *orphans]:
            print(f"stale: {path.relative_to(root).as_posix()} (run `make notebooks`)")
        return 1 if stale or orphans else 0
    folder.mkdir(exist_ok=True)
    for path in stale:
        path.write_text(wanted[path], "utf-8")
    for path in orphans:
        path.unlink()
    print(f"notebooks: {len(stale)} written, {len(orphans)} removed, {len(wanted)} in all")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ValueError as error:  # a page says something no notebook can show
        sys.exit(f"make_notebooks: {error}")
