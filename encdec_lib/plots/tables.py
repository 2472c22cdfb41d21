"""Small tables that read well in a notebook, on a page and in a terminal."""

import html
from collections.abc import Iterable, Mapping

import numpy as np

from encdec_lib.plots.inputs import listed


class Rows:
    """A small table that reads well in a notebook, on a page and in a terminal."""

    def __init__(self, rows: list[dict], caption: str, origin: str = ""):
        self.rows, self.caption, self.origin = rows, caption, origin
        self.names = list(dict.fromkeys(name for row in rows for name in row))

    def _cells(self) -> list[list[str]]:
        def text(value) -> str:
            if isinstance(value, float | np.floating):
                return f"{value:.1f}"
            return str(value)

        return [[text(row.get(name, "")) for name in self.names] for row in self.rows]

    def __repr__(self) -> str:
        cells = [self.names, *self._cells()]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = ["  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)) for r in cells]
        return "\n".join(
            [self.caption] * bool(self.caption) + lines + [self.origin] * bool(self.origin)
        )

    def _repr_html_(self) -> str:
        caption = f"<caption>{html.escape(self.caption)}</caption>" if self.caption else ""
        marked = [  # a column without a name has no head to read out
            (html.escape(name), ('th scope="col"', "th") if name.strip() else ("td", "td"))
            for name in self.names
        ]
        head = "".join(f"<{begin}>{name}</{end}>" for name, (begin, end) in marked)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
            for row in self._cells()
        )
        table = (
            f'<table class="table">{caption}<thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table>"
        )
        return with_origin(table, self.origin) if self.origin else table


def with_origin(table: str, *origins: str) -> str:
    """A table's HTML with the origin of its numbers folded beneath it.

    Args:
      table: a table element.
      *origins: a line each.

    Returns:
      HTML.

    Example:
      >>> with_origin("<table></table>", "measured")  # doctest: +ELLIPSIS
      '<div class="stored"><table></table><details ...<p>measured</p></details></div>'
    """
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in origins)
    return (
        f'<div class="stored">{table}<details class="provenance">'
        f"<summary>Where these numbers come from</summary>{lines}</details></div>"
    )


def table(rows: list[dict], caption: str = "", *, origin: str = "") -> Rows:
    """Shows rows of named values; numbers with a point get one decimal.

    Args:
      rows: one dictionary a row; its keys are the columns.
      caption: one line above the table.
      origin: where the numbers come from, folded beneath the table.

    Returns:
      An object which the notebook shows as a table.

    Raises:
      ValueError: if there is no row.
      TypeError: if a row is no dictionary.

    Example:
      >>> table([{"model": "attention", "BLEU": 99.5}, {"model": "fixed", "BLEU": 31.25}])
      model      BLEU
      attention  99.5
      fixed      31.2
    """
    if isinstance(rows, str | Mapping) or not isinstance(rows, Iterable):
        raise TypeError(f"rows must be a list of dictionaries; got {type(rows).__name__}.")
    for i, row in enumerate(rows := listed("rows", list(rows))):
        if not isinstance(row, Mapping):
            raise TypeError(f"rows must hold dictionaries; got {type(row).__name__} in row {i}.")
    return Rows(rows, caption, origin)
