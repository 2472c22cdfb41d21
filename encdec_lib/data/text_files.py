"""Files of pairs: tables separated by tabs or commas, and two files whose lines belong together.

An error names the file and the line.
"""

import csv
import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

TATOEBA = (1, 3)  # its exports of pairs: number, text, number, text


class Pair(NamedTuple):
    """Two texts that belong together, as they stand in the file."""

    source: str
    target: str
    line: int  # where it ends, counted from 1


def read_pairs(
    path: str | Path | Sequence[str | Path],
    *,
    columns: Sequence[int | str] | None = None,
    separator: str | None = None,
    header: bool | None = None,
    encoding: str = "utf-8",
) -> list[Pair]:
    """The pairs of a table, or of two files of lines. Lines with nothing in them are passed over.

    Args:
      path: of a table; or of two files of lines, ``("a.en", "a.de")``. ``~`` is the home folder.
      columns: the two to take, by number from 0 or by the name in the first row. If None the
        first two, or the second and fourth where the first and third hold nothing but numbers,
        as in Tatoeba's exports.
      separator: between columns. If None a comma in a file called ``.csv``, else a tab. With a
        tab, quotation marks are part of the text; with anything else they may enclose a column,
        as CSV has it.
      header: whether the first row names the columns; if None, when ``columns`` are names.
      encoding: of the file. A byte-order mark of UTF-8 is passed over.

    Returns:
      The pairs in the order of the file.

    Raises:
      FileNotFoundError: if there is no such file.
      ValueError: for arguments that do not fit together; naming file and line, for bytes that
        are not in this encoding, for a row without one of the columns, for a name that is not in
        the first row, and for two files of unequal numbers of lines.
    """
    if not isinstance(path, (str, os.PathLike)):
        for name, value in (("columns", columns), ("separator", separator), ("header", header)):
            if value is not None:
                raise ValueError(
                    f"{name} must be left out for two files of lines, which have no columns; got "
                    f"{value!r}."
                )
        return _line_pairs(path, encoding)
    file = Path(path).expanduser()
    if separator is None:
        separator = "," if file.suffix.lower() == ".csv" else "\t"
    if len(separator) != 1 or separator in '\r\n"':
        raise ValueError(f"separator must be one character, such as '\\t'; got {separator!r}.")
    rows = list(_rows(_text(file, encoding), file, separator))
    if columns is None:
        columns = _usual_columns([row for _, row in rows[bool(header) :]])
    names = [column for column in columns if isinstance(column, str)]
    if header is None:
        header = bool(names)
    elif names and not header:
        raise ValueError(
            f"header must be True where columns are names; got columns={tuple(columns)!r} and "
            f"header=False. Give numbers, from 0."
        )
    places = _places(columns, rows[0] if header and rows else None, file)
    return [_pair(places, row, line, file, separator) for line, row in rows[bool(header) :]]


def _text(file: Path, encoding: str) -> str:
    """The characters of a file, with ``\\n`` at the end of every line."""
    if not file.exists():
        raise FileNotFoundError(f"path must name a file; there is no {file}.")
    if file.is_dir():
        raise ValueError(f"path must name a file; {file} is a folder.")
    data = file.read_bytes()
    try:
        text = data.decode("utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding)
    except LookupError:
        raise ValueError(f"encoding must be one that Python knows; got {encoding!r}.") from None
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
        advice = "utf-16" if wide else "latin-1"
        raise ValueError(
            f"{file}, line {line}, holds the byte 0x{data[error.start]:02x}, which is not "
            f"{encoding} there. Save the file as UTF-8, or pass its encoding, perhaps "
            f'encoding="{advice}".'
        ) from None
    return io.StringIO(text, newline=None).read()


def _rows(text: str, file: Path, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Line and columns of every row that is not blank."""
    if separator == "\t":
        for line, row in enumerate(text.split("\n"), 1):
            if row.strip():
                yield line, row.split("\t")
        return
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    try:
        for row in reader:
            if any(column.strip() for column in row):
                yield reader.line_num, row
    except csv.Error as error:
        raise ValueError(
            f"{file}, line {reader.line_num}, cannot be read as CSV: {error}. Is a quotation mark "
            f"left open? Inside quotes it must be doubled."
        ) from None


def _usual_columns(rows: list[list[str]]) -> Sequence[int]:
    """The first two; the second and fourth where the two beside them hold numbers alone."""
    numbers = all(len(row) > 3 and row[0].isdigit() and row[2].isdigit() for row in rows)
    return TATOEBA if rows and numbers else (0, 1)


def _places(
    columns: Sequence[int | str], names: tuple[int, list[str]] | None, file: Path
) -> list[int]:
    """The numbers of the two columns."""
    if isinstance(columns, str) or len(columns) != 2 or columns[0] == columns[1]:
        raise ValueError(f"columns must be two different columns, source first; got {columns!r}.")
    found = []
    for column in columns:
        if isinstance(column, str):
            line, row = names or (1, [])
            row = [name.strip() for name in row]
            if column not in row:
                raise ValueError(
                    f"{file}, line {line}, names the columns {', '.join(row) or 'not at all'}; "
                    f"columns asks for {column!r}. Give one of these, or numbers from 0."
                )
            found.append(row.index(column))
        elif isinstance(column, bool) or not isinstance(column, int) or column < 0:
            raise ValueError(f"columns must be numbers from 0 or names; got {column!r}.")
        else:
            found.append(column)
    return found


def _pair(places: list[int], row: list[str], line: int, file: Path, separator: str) -> Pair:
    """The two columns of a row."""
    if max(places) >= len(row):
        shown = row[0] if len(row[0]) <= 40 else row[0][:40] + "…"
        raise ValueError(
            f"{file}, line {line}, needs a column {max(places)} (counting from 0) and has only "
            f"{len(row)}, split at {separator!r}: {shown!r}. Mend the line, or pass other columns "
            f"or another separator."
        )
    return Pair(row[places[0]], row[places[1]], line)


def _line_pairs(paths: Sequence[str | Path], encoding: str) -> list[Pair]:
    """Line n of one file with line n of the other, where either has something in it."""
    if len(paths) != 2:
        raise ValueError(f"path must be one table or two files of lines; got {len(paths)} paths.")
    files = [Path(path).expanduser() for path in paths]
    sides = [_text(file, encoding).removesuffix("\n").split("\n") for file in files]
    if len(sides[0]) != len(sides[1]):
        raise ValueError(
            f"path must name two files of as many lines; {files[0]} has {len(sides[0])} and "
            f"{files[1]} has {len(sides[1])}. Line n of one is the translation of line n of the "
            f"other."
        )
    pairs = zip(*sides, strict=True)
    return [
        Pair(source, target, line)
        for line, (source, target) in enumerate(pairs, 1)
        if source.strip() or target.strip()
    ]
