"""The package -> book/api.md: its rooms from top to bottom, and every public module in them.

Nothing is imported. The order of the rooms is that of the docstring of `encdec_lib/__init__.py`,
what a room exports stands in its `__init__.pyi`, and Sphinx reads the rest from the docstrings.
`tools/make_lists.py` writes the page.
"""

import ast
import pathlib
import re

from encdec_lib.page.chapters import CHAPTERS

HEAD = """\
% Written by tools/make_api.py from the package: change a docstring, then run `make notebooks`.

# The library

Every public function and class of `encdec_lib`, room by room. The letters in the shapes are
explained in {doc}`notation`. `[source]` beside a name shows its code.
"""
# Files named after chapters stand in the chapters' order, after those that are not.
BY_CHAPTER = {
    "models": [name for chapter in CHAPTERS for name in chapter.models],
    "exercises": [chapter.slug for chapter in CHAPTERS],
}


def rooms(package: pathlib.Path) -> list[str]:
    """The rooms in the order of the package's docstring, where each must stand.

    Raises:
      ValueError: if the docstring leaves a room out or names one that is not there.
    """
    text = ast.get_docstring(ast.parse((package / "__init__.py").read_text("utf-8"))) or ""
    block = re.search(r"::\n\n((?:    .*\n)+)", text + "\n")
    listed = block[1].split() if block else []
    there = {path.parent.name for path in package.glob("*/__init__.py")}
    there |= {path.stem for path in package.glob("*.py")}
    there = {name for name in there if not name.startswith("_")}
    if sorted(listed) != sorted(there):
        differing = ", ".join(sorted(set(listed) ^ there)) or "one twice"
        raise ValueError(
            f"{package.name}/__init__.py: its docstring must list every room once, from top to "
            f"bottom; {differing} differs from the folders that are there."
        )
    return listed


def modules(package: pathlib.Path, room: str) -> list[str]:
    """The public modules of a room below `encdec_lib`, such as `models.seq2seq`."""
    names = [
        ".".join(path.relative_to(package).with_suffix("").parts)
        for path in (package / room).rglob("*.py")
        if not any(part.startswith("_") for part in path.relative_to(package).parts)
    ]
    order = BY_CHAPTER.get(room, [])

    def place(name: str) -> tuple[int, str]:
        last = name.rpartition(".")[2]
        return order.index(last) if last in order else -1, name

    return sorted(names, key=place)


def described(file: pathlib.Path) -> set[str]:
    """The functions and classes of a module that have a docstring, and so a place on the page."""
    definitions = (ast.FunctionDef, ast.ClassDef)
    return {
        node.name
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, definitions) and ast.get_docstring(node)
    }


def exports(package: pathlib.Path, face: str) -> list[str]:
    """What a face's stub lets one import, modules apart, each linked to where it is described."""
    folder = package.joinpath(*face.split(".")) if face else package
    stub = folder / "__init__.pyi"
    found = []
    for node in ast.parse(stub.read_text("utf-8")).body if stub.exists() else []:
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue  # `from . import losses`: the module has a heading of its own
        name = node.names[0].name
        home = folder.joinpath(*node.module.split(".")).with_suffix(".py")
        if not home.exists():  # another face
            home = home.with_suffix("") / f"{node.module}.py"
        if name in described(home):
            parts = (*home.relative_to(package.parent).with_suffix("").parts, name)
            found.append(f"{{py:obj}}`{name} <{'.'.join(parts)}>`")
        else:
            found.append(f"`{name}`")
    return found


def _automodule(name: str, members: bool) -> list[str]:
    option = ["   :members:"] if members else []
    return ["", "```{eval-rst}", f".. automodule:: {name}", *option, "```"]


def _face(package: pathlib.Path, face: str) -> list[str]:
    """A room's own lines: its docstring, and what can be imported from it directly."""
    name = ".".join(filter(None, (package.name, face)))
    lines, names = _automodule(name, members=False), exports(package, face)
    return [*lines, "", f"`from {name} import` …", *_wrapped(names)] if names else lines


def _wrapped(names: list[str]) -> list[str]:
    return [f"{name}," for name in names[:-1]] + [f"{names[-1]}."]


def page(root: pathlib.Path) -> str:
    """The text of `book/api.md`."""
    package = root / "encdec_lib"
    lines = [HEAD.rstrip(), *_face(package, "")]
    for room in rooms(package):
        lines += ["", f"## {room}"]
        if not (package / room).is_dir():
            lines += _automodule(f"{package.name}.{room}", members=True)
            continue
        lines += _face(package, room)
        for module in modules(package, room):
            lines += ["", f"### {module}", *_automodule(f"{package.name}.{module}", members=True)]
    return "\n".join(lines) + "\n"
