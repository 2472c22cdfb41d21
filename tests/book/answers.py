"""The answer fields and questions of all pages, and right and wrong attempts at them."""

import inspect
import sys
from collections.abc import Iterator
from typing import Any

from encdec_lib.exercises import checking
from tests.book.tree import ROOT, pages, text

sys.path.append(str(ROOT / "book" / "_ext"))
import kit_syntax as syntax  # noqa: E402

OUTSIDE = 1.1  # so much further than the page allows


def answers() -> list[tuple[str, str, list[syntax.Field]]]:
    """Page, exercise and fields of every `answer`."""
    return [
        (page, name, syntax.fields(body))
        for page in pages()
        for name, _, body in syntax.directives("answer", text(page))
    ]


def wrong(field: syntax.Field) -> list[Any]:
    """What is nearly right: every other option, and numbers just outside."""
    if field.rule == "choice":
        return [syntax.python_value(o) for o in field.options if o != field.right]
    value = field.value
    if field.rule == "exact":
        return [value + 1, value - 1] if isinstance(value, int) else [value * 1.01, value * 0.99]
    if field.rule == "relative":
        return [value * (1 + field.by * OUTSIDE), value * (1 - field.by * OUTSIDE)]
    return [value * field.by * OUTSIDE, value / field.by / OUTSIDE]


def attempts(fields: list[syntax.Field]) -> Iterator[tuple[list[Any], bool]]:
    """All right; then one field wrong after another. With whether the attempt is right."""
    right = [field.value for field in fields]
    yield right, True
    for place, field in enumerate(fields):
        for value in wrong(field):
            yield [*right[:place], value, *right[place + 1 :]], False


def library_says(name: str, fields: list[syntax.Field], values: list[Any]) -> bool:
    """What `exercises.check` says of an attempt.

    The fields are the check's arguments in their order, or, where it takes any names, by label.
    """
    parameters = inspect.signature(checking._find(name)).parameters.values()
    if any(one.kind is one.VAR_KEYWORD for one in parameters):
        labels = [field.label.strip("*`") for field in fields]
        return bool(checking.check(name, **dict(zip(labels, values, strict=True))).passed)
    if len(parameters) == 1 and len(values) > 1:
        values = [values]
    return bool(checking.check(name, *values).passed)
