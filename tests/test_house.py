"""What every file of the library owes its reader: types, a size, its place among the rooms."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "encdec_lib"

# From top to bottom: a room imports rooms below it only.
ROOMS = [
    "exercises",
    "page",
    "widgets",
    "web",
    "plots",
    "evaluation",
    "analysis",
    "generate",
    "train",
    "pretrained",
    "models",
    "layers",
    "data",
    "runtime",
    "encoding",
]
MOST_LINES_OF_A_FILE = 300
MOST_LINES_OF_A_FUNCTION = 60

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _modules() -> dict[str, Path]:
    """The dotted name of every module of the library, with its file."""
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = file.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


MODULES = _modules()
TREES = {name: ast.parse(file.read_text(encoding="utf-8")) for name, file in MODULES.items()}


def _public_functions(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, Function]]:
    """Functions and methods by their names, none of them private or nested in another."""
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from _public_functions(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, Function):
            dunder = node.name.startswith("__") and node.name.endswith("__")
            if dunder or not node.name.startswith("_"):
                yield f"{prefix}{node.name}", node


def _lacking(name: str, function: Function) -> list[str]:
    """What of a function has no annotation: names of parameters, and `return`."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    lacking = [
        argument.arg
        for argument in every
        if argument.annotation is None and argument.arg not in ("self", "cls")
    ]
    if function.returns is None and not name.split(".")[-1].startswith("__"):
        lacking.append("return")
    return lacking


@pytest.mark.parametrize("module", MODULES)
def test_public_functions_are_annotated(module):
    lacking = {
        name: missing
        for name, function in _public_functions(TREES[module].body)
        if (missing := _lacking(name, function))
    }
    assert not lacking, f"{module}: annotate {lacking}"


def test_an_annotation_that_is_missing_is_found():
    source = "class A:\n def f(self, x, *rest, y: int, **more): ...\n def _g(self, x): ..."
    [(name, function)] = _public_functions(ast.parse(source).body)
    assert (name, _lacking(name, function)) == ("A.f", ["x", "rest", "more", "return"][:0] or
            ["x", "rest", "more", "return"])
