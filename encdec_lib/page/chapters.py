"""The book's chapters, read from ``chapters.toml``: the one list that the others follow from.

A chapter's slug finds its files: ``book/<number>_<slug>.md``, ``encdec_lib/exercises/<slug>.py``
and, where it brings a model of its own, ``encdec_lib/models/<slug>.py``.
"""

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any


@dataclass(frozen=True)
class Runs:
    """Stored runs that belong to a chapter: some labels of one file of ``encdec_lib/results``."""

    results: str  # the file's name without .json
    labels: str = ""  # what the labels begin with
    main: tuple[str, ...] = ()  # those of them that the short scoreboard shows


@dataclass(frozen=True)
class Chapter:
    """One chapter, and what it brings."""

    number: int
    slug: str
    title: str
    part: str
    about: str
    models: tuple[str, ...] = ()
    widgets: tuple[str, ...] = ()
    runs: tuple[Runs, ...] = ()

    @property
    def page(self) -> str:
        """Its page without ``.md``, as ``_toc.yml`` names it: ``book/04_seq2seq``."""
        return f"book/{self.number:02d}_{self.slug}"


def _chapter(number: int, part: str, entry: dict[str, Any]) -> Chapter:
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()
    }
    runs = tuple(
        Runs(**(run | {"main": tuple(run.get("main", ()))})) for run in fields.pop("runs", ())
    )
    return Chapter(number=number, part=part, runs=runs, **fields)


def _read() -> tuple[tuple[Chapter, ...], tuple[str, ...]]:
    """The chapters, and the widgets of the home page."""
    text = resources.files("encdec_lib.page").joinpath("chapters.toml").read_text(encoding="utf-8")
    told = tomllib.loads(text)
    entries = [(part["title"], e) for part in told["parts"] for e in part["chapters"]]
    chapters = tuple(_chapter(number, *entry) for number, entry in enumerate(entries, start=1))
    return chapters, tuple(told["home_widgets"])


#: The chapters in reading order.
#:
#: :meta hide-value:
CHAPTERS: tuple[Chapter, ...]
CHAPTERS, _HOME_WIDGETS = _read()


def widgets_by_page() -> dict[str, tuple[str, ...]]:
    """The classes of :mod:`encdec_lib.widgets` on each page that has code, the home page first.

    Returns:
      A page without ``.md``, as ``_toc.yml`` names it, to the classes.

    Example:
      >>> widgets_by_page()["book/index"]
      ('LengthRace',)
    """
    return {"book/index": _HOME_WIDGETS} | {one.page: one.widgets for one in CHAPTERS}


def chapter_of(results: str, label: str) -> Chapter:
    """The chapter that a stored run belongs to.

    Args:
      results: the name of a file of ``encdec_lib/results``, without ``.json``.
      label: the run's label in it.

    Returns:
      The chapter whose ``runs`` fit; of several, the one that says most of the label.

    Raises:
      ValueError: if none does.

    Example:
      >>> chapter_of("translation", "fixed vector, long").slug
      'fixed_size'
    """
    fitting = [
        (len(runs.labels), chapter)
        for chapter in CHAPTERS
        for runs in chapter.runs
        if runs.results == results and label.startswith(runs.labels)
    ]
    if not fitting:
        raise ValueError(
            f"results and label must be a run that a chapter claims; got {results!r} and "
            f"{label!r}. Add it to that chapter's runs in encdec_lib/page/chapters.toml."
        )
    return max(fitting, key=lambda pair: pair[0])[1]


def main_runs() -> list[tuple[str, str]]:
    """File and label of the runs on the short scoreboard, by chapter."""
    return [
        (runs.results, label)
        for chapter in CHAPTERS
        for runs in chapter.runs
        for label in runs.main
    ]
