"""Progress of a long run that reads well in a terminal, a notebook and a static page.

In a notebook one table is updated in place; its last state is what a built page shows. In a
terminal one line is rewritten. Where output goes to a file, a line is printed now and then.
"""

import html
import sys
from collections.abc import Mapping
from typing import Any

MAX_ROWS = 8
RESERVED = ("step", "seconds", "loss")  # names of what a training itself writes
Row = dict[str, int | float]


def measured(found: Any) -> dict[str, float]:
    """What an evaluation returned, as plain numbers.

    Args:
      found: numbers by name.

    Returns:
      The same, each a float.

    Raises:
      ValueError: if it is something else, or a name is one of ``RESERVED``.

    Example:
      >>> measured({"loss": 1.5})  # doctest: +ELLIPSIS
      Traceback (most recent call last):
      ValueError: evaluate must not use the names step, seconds, loss, which the training...
    """
    if not isinstance(found, Mapping):
        raise ValueError(
            f"evaluate must return numbers by name, such as {{'accuracy': 0.5}}; got "
            f"{type(found).__name__}."
        )
    if taken := [name for name in RESERVED if name in found]:
        raise ValueError(
            f"evaluate must not use the names {', '.join(RESERVED)}, which the training itself "
            f"writes; got {taken[0]!r}. Call it {'dev_' + taken[0]!r}."
        )
    try:
        return {name: float(value) for name, value in found.items()}
    except (TypeError, ValueError):
        raise ValueError(
            f"evaluate must return one number a name; got {dict(found)!r:.200}."
        ) from None


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and hasattr(shell, "kernel")


class Progress:
    """Shows rows of (step, seconds, loss, ...), the newest always, older ones thinned out.

    Args:
      total: the last step.
      enabled: False shows nothing.
    """

    def __init__(self, total: int, enabled: bool = True):
        self.total, self.enabled = total, enabled
        self.rows: list[Row] = []
        self.note = ""
        self._handle = None
        self._printed = 0
        self._notebook = enabled and _in_notebook()

    def update(self, step: int, seconds: int | float, **numbers: int | float) -> None:
        """Adds a row and shows it."""
        self.rows.append({"step": step, "seconds": seconds, **numbers})
        if not self.enabled:
            return
        if self._notebook:
            self._display()
        elif sys.stdout.isatty():
            print("\r\x1b[K" + self._line(self.rows[-1]), end="", flush=True)
        elif step * MAX_ROWS // self.total > self._printed:
            self._printed = step * MAX_ROWS // self.total
            print(self._line(self.rows[-1]), flush=True)

    def finish(self, note: str = "") -> None:
        """Shows the last state, with one closing remark."""
        self.note = note
        if not self.enabled:
            return
        if self._notebook:
            self._display()
        else:
            print(("\n" if sys.stdout.isatty() else "") + note, flush=True)

    def _line(self, row: Row) -> str:
        others = "  ".join(
            f"{name} {value:.3f}" for name, value in row.items() if name not in ("step", "seconds")
        )
        return f"step {row['step']:>6} of {self.total}  {row['seconds']:6.1f} s  {others}"

    def thinned(self) -> list[Row]:
        """At most eight rows, spread evenly, with the first and the newest."""
        count = len(self.rows)
        if count <= MAX_ROWS:
            return self.rows
        picked = {round(i * (count - 1) / (MAX_ROWS - 1)) for i in range(MAX_ROWS)}
        return [self.rows[i] for i in sorted(picked)]

    def __repr__(self) -> str:
        lines = [self._line(row) for row in self.thinned()]
        return "\n".join([*lines, self.note] if self.note else lines)

    def _repr_html_(self) -> str:
        rows = self.thinned()
        names = list(dict.fromkeys(name for row in rows for name in row))
        digits = {"step": "{:.0f}", "seconds": "{:.1f}"}
        head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in names)
        body = "".join(
            "<tr>"
            + "".join(
                f"<td>{digits.get(name, '{:.3f}').format(row[name]) if name in row else ''}</td>"
                for name in names
            )
            + "</tr>"
            for row in rows
        )
        done = self.rows[-1]["step"] if self.rows else 0
        note = html.escape(self.note or f"step {done} of {self.total}")
        return (
            f'<table class="progress-table"><caption>{note}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )

    def _display(self) -> None:
        from IPython.display import display  # only there in a notebook

        if self._handle is None:
            self._handle = display(self, display_id=True)
        else:
            self._handle.update(self)
