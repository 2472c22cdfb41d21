"""The library's own source, shown on a page from the one place where it lives."""

import ast
import inspect
import re
import textwrap
from typing import Any


class Source:
    """Python source which the notebook shows highlighted."""

    def __init__(self, text: str):
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        longest = max(map(len, re.findall(r"~{3,}", self.text)), default=3)
        fence = "~" * (longest + 1)  # none in the source ends it
        return f"{fence}python\n{self.text}\n{fence}"


def show_source(obj: Any, docstring: bool = False) -> Source:
    """Shows a library object's source, from the one place where it lives.

    Args:
      obj: a class, a function or a method.
      docstring: False leaves the docstrings out; the page of the library has them.

    Returns:
      An object which the notebook shows highlighted.

    Raises:
      TypeError: if it has no source.
    """
    try:
        text = textwrap.dedent(inspect.getsource(inspect.unwrap(obj)))
    except (TypeError, OSError):
        raise TypeError(
            f"obj must be a class, a function or a method written in Python; got {obj!r:.60}."
        ) from None
    lines, dropped = text.splitlines(), set()
    if not docstring:
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or len(node.body) < 2:
                continue
            if ast.get_docstring(node) is not None:
                first, end = node.body[0].lineno - 1, node.body[0].end_lineno or 0
                if end < len(lines) and not lines[end].strip():
                    end += 1  # and the empty line below it
                dropped.update(range(first, end))
    kept = (line for number, line in enumerate(lines) if number not in dropped)
    return Source("\n".join(kept).rstrip())
