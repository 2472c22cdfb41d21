"""Stored runs as a table of the house's form: one line of a page, ``page.stored("pronunciation")``.

A cell has the mean over the seeds, with the lowest and highest run small beside it; the caption
says what is counted; where the numbers come from stands folded beneath.
"""

import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from encdec_lib.page.result_files import Results, results
from encdec_lib.page.table_registry import TABLES, Column
from encdec_lib.plots.tables import with_origin

_NO_BREAK = "\u2060–\u2060"  # a range is not divided between two lines


class OverSeeds(NamedTuple):
    """A number of several runs that differ in their seed."""

    mean: float
    low: float
    high: float
    seeds: int


def over_seeds(name: str, label: str, read: str | Callable[[dict], float]) -> OverSeeds:
    """Mean, lowest, highest and number of runs with one label.

    Args:
      name: a file of ``encdec_lib/results``, without ``.json``.
      label: of its runs.
      read: the heading of a column of the file's table, or a function of a run's last test.

    Returns:
      The four numbers, by name.

    Raises:
      ValueError: if the file has no such label or column.

    Example:
      >>> found = over_seeds("pronunciation", "attention", "PER %")
      >>> found.low <= found.mean <= found.high, found.seeds
      (True, 3)
    """
    measure = _column(name, read).read if isinstance(read, str) else read
    values = [float(measure(run["tests"][-1])) for run in _runs(results(name), name, label)]
    return OverSeeds(float(np.mean(values)), min(values), max(values), len(values))


def by_length(
    name: str, label: str, measure: str | Callable[[dict], dict[str, float]] = "bleu"
) -> tuple[list[float], Any, Any]:
    """Quality against source length, as ``plots.quality_by_length`` draws it.

    Args:
      name: a results file on sentences, without ``.json``.
      label: of its runs.
      measure: ``"bleu"`` or ``"exact"``, or what finds numbers by length in a run's last test.

    Returns:
      Middle of each group of lengths, mean over the seeds, and (lowest, highest).

    Example:
      >>> middle, mean, (low, high) = by_length("translation", "attention")
      >>> middle[0], len(middle) == len(mean)
      (7.0, True)
    """
    read = measure if callable(measure) else lambda test: test[measure]
    tests = [read(run["tests"][-1]) for run in _runs(results(name), name, label)]
    middle = [(int(a) + int(b)) / 2 for a, b in (group.split("–") for group in tests[0])]
    values = np.array([list(test.values()) for test in tests])
    return middle, values.mean(axis=0), (values.min(axis=0), values.max(axis=0))


class StoredTable:
    """Rows of runs that show themselves in a notebook, on a page and in a terminal."""

    def __init__(
        self, caption: str, heads: Sequence[str], rows: Sequence[Any], provenance: Sequence[str]
    ):
        self.caption, self.heads = caption, list(heads)
        self.rows, self.provenance = list(rows), list(provenance)

    def __repr__(self) -> str:
        lines = [self.heads]
        for row in self.rows:
            lines.append([row.name, *(_plain(cell) for cell in row.cells)])
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        text = ["  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)) for r in lines]
        return "\n".join([self.caption, *(line.rstrip() for line in text), *self.provenance])

    def _repr_html_(self) -> str:
        first, *others = map(html.escape, self.heads)
        head = f'<th scope="col">{first}</th>' + "".join(
            f'<th scope="col" class="num">{name}</th>' for name in others
        )
        body = "".join(row.as_html() for row in self.rows)
        table = (
            f'<table class="table"><caption>{html.escape(self.caption)}'
            f"</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )
        return with_origin(table, *self.provenance)


class _Row(NamedTuple):
    """A row: cells are (number, range) as text; the range may be empty."""

    name: str
    cells: list[tuple[str, str]]
    best: bool = False

    def as_html(self) -> str:
        cells = "".join(
            f'<td class="num">{html.escape(mean)}'
            + (f" <small>{html.escape(spread)}</small>" if spread else "")
            + "</td>"
            for mean, spread in self.cells
        )
        row = '<tr class="best">' if self.best else "<tr>"
        return f'{row}<th scope="row">{html.escape(self.name)}</th>{cells}</tr>'


def stored(
    *names: str,
    labels: Sequence[str] | Mapping[str, str] | None = None,
    columns: Sequence[str] | None = None,
    caption: str | None = None,
    first: str = "model",
    above: Iterable[Mapping[str, Any]] = (),
    below: Iterable[Mapping[str, Any]] = (),
    parameters: bool = True,
) -> StoredTable:
    """A table of stored runs: a row for each label, mean and range over its seeds.

    The best row is marked where the ranges of three seeds or more lie apart from all others, in
    the first column.

    Args:
      *names: files of ``encdec_lib/results``, without ``.json``; columns of several stand side by
        side, for the labels that all of them have.
      labels: which rows, in this order; a dictionary also says how each is called. All if None.
      columns: headings of the columns; those of the registry
        (``encdec_lib/page/table_registry.py``) if None.
      caption: what is counted; that of the registry if None.
      first: the heading of the first column.
      above: rows of other numbers before them, such as this page's own run: heading to value.
      below: rows after them, such as a published figure.
      parameters: whether the number of parameters is a column.

    Returns:
      An object which the notebook shows as a table.

    Raises:
      ValueError: if there is no such table, label or column; the message lists those there are.

    Example:
      >>> stored("pronunciation", columns=["PER %"], parameters=False)  # doctest: +ELLIPSIS
      Held-out words of CMUdict, stress removed; mean and range of 3 seeds
      model         PER %
      attention     7.8 (...)
      fixed vector  10.6 (...)
      make results ...
    """
    if not names:
        raise ValueError(f"stored needs the name of a table: {', '.join(TABLES)}.")
    files = {name: results(name) for name in names if _table(name)}
    called = _called(files, labels)
    picked = [
        (name, _column(name, heading))
        for name in names
        for heading in _headings(name, columns, many=len(names) > 1)
    ]
    if not picked:
        raise ValueError(f"columns must be among {_all_headings(names)}; got {columns}.")
    runs = {label: {name: _runs(files[name], name, label) for name in names} for label in called}
    counts = {len(found) for each in runs.values() for found in each.values()}
    heads = [first, *(column.heading for _, column in picked)]
    heads += ["parameters"] * parameters + ["seeds"] * (len(counts) > 1)
    spread = "mean and range of " + (
        f"{counts.pop()} seeds" if len(counts) == 1 else "the seeds"
    )  # fmt: skip
    winner = _best(runs, picked[0])
    rows = [
        _Row(shown, _cells(runs[label], picked, heads), label == winner)
        for label, shown in called.items()
    ]
    said = caption or "; ".join(dict.fromkeys(_table(name).caption for name in names))
    origins = [files[name].provenance for name in names]
    return StoredTable(
        f"{said}; {spread}",
        heads,
        [*_others(above, heads), *rows, *_others(below, heads)],
        origins if len(names) == 1 else [f"{n}: {o}" for n, o in zip(names, origins, strict=True)],
    )


def _table(name: str):
    if name not in TABLES:
        raise ValueError(f"there is no table of {name!r}; there are: {', '.join(TABLES)}.")
    return TABLES[name]


def _column(name: str, heading: str) -> Column:
    found = {column.heading: column for column in _table(name).columns}
    if heading not in found:
        raise ValueError(f"{name} has no column {heading!r}; it has: {', '.join(found)}.")
    return found[heading]


def _all_headings(names: Iterable[str]) -> str:
    return ", ".join(column.heading for name in names for column in _table(name).columns)


def _headings(name: str, columns: Sequence[str] | None, many: bool) -> list[str]:
    """Those of a file; of several files each shows the columns that it has."""
    table = _table(name)
    if columns is None:
        return list(table.shown)
    if not many:
        return list(columns)
    there = {column.heading for column in table.columns}
    return [heading for heading in columns if heading in there]


def _called(files: Mapping[str, Results], labels: Any) -> dict[str, str]:
    """Label to the name that is shown."""
    if labels is not None:
        return dict(labels) if isinstance(labels, Mapping) else {label: label for label in labels}
    first, *others = (list(file.by_label) for file in files.values())
    return {label: label for label in first if all(label in other for other in others)}


def _runs(file: Results, name: str, label: str) -> list[dict]:
    found = file.by_label
    if label not in found:
        raise ValueError(f"{name} has no runs {label!r}; it has: {', '.join(found)}.")
    return found[label]


def _values(runs: Mapping[str, list[dict]], name: str, column: Column) -> list[float]:
    return [float(column.read(run["tests"][-1])) for run in runs[name]]


def _cells(runs: Mapping[str, list[dict]], picked: Sequence, heads: Sequence[str]) -> list:
    cells = []
    for name, column in picked:
        values, digits = _values(runs, name, column), column.digits
        low, high = f"{min(values):.{digits}f}", f"{max(values):.{digits}f}"
        cells.append((f"{np.mean(values):.{digits}f}", f"{low}{_NO_BREAK}{high}"))
        if len(values) == 1:
            cells[-1] = (cells[-1][0], "")
    if "parameters" in heads:
        sizes = dict.fromkeys(f"{found[0]['parameters']:,}" for found in runs.values())
        cells.append((" / ".join(sizes), ""))
    if "seeds" in heads:
        sizes = dict.fromkeys(str(len(found)) for found in runs.values())
        cells.append((" / ".join(sizes), ""))
    return cells


def _best(runs: Mapping[str, Mapping[str, list[dict]]], first: tuple[str, Column]) -> str | None:
    """The label whose runs are all better than every other's, with three seeds or more each."""
    name, column = first
    if not column.better or len(runs) < 2:
        return None
    values = {
        label: [column.better * value for value in _values(each, name, column)]
        for label, each in runs.items()
    }
    if min(map(len, values.values())) < 3:
        return None
    best = max(values, key=lambda label: min(values[label]))
    others = [max(found) for label, found in values.items() if label != best]
    return best if min(values[best]) > max(others) else None


def _others(rows: Iterable[Mapping[str, Any]], heads: Sequence[str]) -> list[_Row]:
    """Rows that a page gives itself: a number has one digit behind the point, a text none."""
    made = []
    for row in rows:
        if unknown := [key for key in row if key not in heads]:
            raise ValueError(f"a row has {unknown}; the table's columns are {list(heads)}.")
        made.append(_Row(str(row.get(heads[0], "")), [(_text(row.get(h)), "") for h in heads[1:]]))
    return made


def _text(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float | np.floating):
        return f"{value:.1f}"
    return f"{value:,}" if isinstance(value, int | np.integer) else str(value)


def _plain(cell: tuple[str, str]) -> str:
    mean, spread = cell
    return f"{mean} ({spread})" if spread else mean
