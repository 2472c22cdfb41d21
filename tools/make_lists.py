"""What follows from the chapters and from the package -> the files that must repeat it.

    python tools/make_lists.py            writes them
    python tools/make_lists.py --check    says which are stale; exit 1

From `encdec_lib/page/chapters.toml`: the table of README.md, the list of book/index.md and the
chapters of _toc.yml. From the package: the rooms in CONTRIBUTING.md, the widgets that
encdec_lib/widgets/__init__.pyi exports, and the whole of book/api.md. Lists inside other text stand
between two lines that say `list: begin` and `list: end`.
"""

import argparse
import ast
import itertools
import pathlib
import re
import sys
from collections.abc import Iterator

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "book" / "_ext"), str(ROOT / "tools")]

import addresses  # noqa: E402
import make_api  # noqa: E402

from encdec_lib.page.chapters import CHAPTERS, Chapter  # noqa: E402

BETWEEN = re.compile(r"(?ms)(^[^\n]*list: begin[^\n]*\n).*?(^[^\n]*list: end)")


def readme(chapters: tuple[Chapter, ...], where: addresses.Addresses | None) -> str:
    """A row a chapter, with its notebook, and where that opens if the address is known."""
    columns = ["chapter", "notebook", *(["Colab", "Binder"] if where else [])]
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for chapter in chapters:
        notebook = chapter.page.replace(addresses.BOOK, addresses.NOTEBOOKS, 1) + ".ipynb"
        cells = [f"{chapter.number}. {chapter.title}", f"[{notebook}]({notebook})"]
        if where:
            cells += [f"[open]({where.colab(notebook)})", f"[open]({where.binder(notebook)})"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def index(chapters: tuple[Chapter, ...]) -> str:
    """A definition a chapter: its title, as a link, and what it is about."""
    return "\n".join(
        f"{{doc}}`{chapter.page.removeprefix(addresses.BOOK)}`\n: "
        + chapter.about.strip().replace("\n", "\n  ")
        + "\n"
        for chapter in chapters
    )


def contents(chapters: tuple[Chapter, ...]) -> str:
    """The parts of the book and their pages, as `_toc.yml` has them."""
    lines = []
    for part, members in itertools.groupby(chapters, lambda chapter: chapter.part):
        lines += [f"  - caption: {part}", "    chapters:"]
        lines += [f"      - file: {chapter.page}" for chapter in members]
    return "\n".join(lines) + "\n"


def rooms(package: pathlib.Path) -> str:
    """A row a room, with the first sentence of its docstring."""
    lines = ["| room | what it holds |", "|---|---|"]
    for room in make_api.rooms(package):
        folder = package / room
        name = f"{room}/" if folder.is_dir() else f"{room}.py"
        file = folder / "__init__.py" if folder.is_dir() else package / name
        first = (ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "").partition("\n")[0]
        plain = re.sub(r":\w+:(?=`)", "", first).replace("``", "`")
        lines.append(f"| `{name}` | {plain} |")
    return "\n".join(lines) + "\n"


def widgets(package: pathlib.Path) -> str:
    """The face of `encdec_lib.widgets`: what the folder of each figure exports."""
    found = {"host.book_widget": ["BookWidget"]}
    for stub in package.glob("widgets/*/__init__.pyi"):
        nodes = ast.parse(stub.read_text("utf-8")).body
        found[stub.parent.name] = [node.names[0].name for node in nodes]
    lines = [f"from .{home} import {n} as {n}" for home in sorted(found) for n in found[home]]
    return "\n".join(["# Written by tools/make_lists.py: `make notebooks`.", *lines]) + "\n"


def replaced(path: pathlib.Path, body: str) -> str:
    """The text of a file with `body` between its two marks.

    Raises:
      ValueError: if the file has not one pair of marks.
    """
    text, count = BETWEEN.subn(
        lambda match: match[1] + body + match[2], path.read_text(encoding="utf-8")
    )
    if count != 1:
        raise ValueError(
            f"{path.name} must have one line with `list: begin` and one below it with "
            f"`list: end`; found {count} pairs."
        )
    return text


def wanted(root: pathlib.Path = ROOT) -> Iterator[tuple[pathlib.Path, str]]:
    """Path and text of every file that this tool keeps, each worked out when its turn comes.

    The last, `book/api.md`, shows what the face of the widgets exports, so that comes before it.
    """
    package = root / "encdec_lib"
    bodies = {
        "README.md": readme(CHAPTERS, addresses.stated(root)),
        "book/index.md": "\n" + index(CHAPTERS) + "\n",  # MyST wants a blank line around a list
        "_toc.yml": contents(CHAPTERS),
        "CONTRIBUTING.md": rooms(package),
    }
    for name, body in bodies.items():
        yield root / name, replaced(root / name, body)
    yield package / "widgets" / "__init__.pyi", widgets(package)
    yield root / "book" / "api.md", make_api.page(root)


def main(arguments: list[str] | None = None, root: pathlib.Path = ROOT) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare only")
    check = parser.parse_args(arguments).check
    stale = 0
    for path, text in wanted(root):
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale += 1
        if check:
            print(f"stale: {path.relative_to(root).as_posix()} (run `make notebooks`)")
        else:
            path.write_text(text, "utf-8")
    if not check:
        print(f"lists: {stale} written")
    return 1 if check and stale else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ValueError as error:
        sys.exit(f"make_lists: {error}")
