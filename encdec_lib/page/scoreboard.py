"""The scoreboard of the book: every stored run, beside the published figure that it resembles.

Our numbers come from the files of ``encdec_lib/results/``; a model has a row as soon as a file
holds a run of it. Which chapter a run belongs to, and which runs are on the short board, stands in
``chapters.toml``; the figures of papers stand in :mod:`encdec_lib.page.published`.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from encdec_lib import plots
from encdec_lib.page.chapters import CHAPTERS, chapter_of, main_runs
from encdec_lib.page.published import PUBLISHED, Published
from encdec_lib.page.result_files import results


class Task(NamedTuple):
    """What one results file holds."""

    title: str  # of the task; files with the same title are compared
    metric: str  # its unit and direction, as a table's heading
    quality: Callable[[dict], float]  # from a run's last test
    name: Callable[[str], str] = str  # from a run's label to the model's name


class Score(NamedTuple):
    """One model on one task, over its seeds."""

    task: str
    chapter: int
    model: str
    parameters: int
    core_seconds: float  # of training: seconds times CPU cores (or accelerators), fastest seed
    metric: str
    mean: float
    low: float
    high: float
    seeds: int
    published: Published | None


UP_TO_50 = 50  # tokens; the test sets also hold longer sentences


def _bleu(test: dict) -> float:
    """Mean of the BLEU of the buckets of trained lengths; the same for all files."""
    return float(np.mean([v for k, v in test["bleu"].items() if int(k.split("–")[0]) <= UP_TO_50]))


def _per(test: dict) -> float:
    return test["greedy"]["PER"] if "greedy" in test else test["PER"]


_TRANSLATION = "English → Korean"
_PRONUNCIATION = "spelling → sounds"
_BLEU = "BLEU ↑"
_PER = "PER % ↓"


def _transformer(label: str) -> str:
    return "Transformer" if label in ("base", "transformer") else f"Transformer, {label}"


def _captioner(label: str) -> str:
    """What the ViT was told before, which the others were not (chapter 15)."""
    return "ViT, Transformer; patches named first" if label == "ViT, Transformer" else label


def _scored(label: str) -> str:
    return "attention, few parameters" if label == "chapter 8" else f"score: {label}"


TASKS = {
    "segmentation": Task(
        "scenes → labels of pixels", "mean IoU % ↑", lambda test: test["mean IoU"],
        lambda label: f"U-Net {label}",
    ),
    "translation": Task(_TRANSLATION, _BLEU, _bleu),
    "reading_translation": Task(_TRANSLATION, _BLEU, _bleu, lambda label: f"read: {label}"),
    "scores_translation": Task(_TRANSLATION, _BLEU, _bleu, _scored),
    "transformer_translation": Task(_TRANSLATION, _BLEU, _bleu, _transformer),
    "pronunciation": Task(_PRONUNCIATION, _PER, _per),
    "reading_pronunciation": Task(_PRONUNCIATION, _PER, _per, lambda label: f"read: {label}"),
    "scores_pronunciation": Task(_PRONUNCIATION, _PER, _per, _scored),
    "transformer_pronunciation": Task(_PRONUNCIATION, _PER, _per, _transformer),
    "vit_digits": Task("digits → classes", "accuracy % ↑", lambda test: test["test"]),
    "captions": Task(
        "scenes → captions", "exact % ↑", lambda test: test["all"]["exact"], _captioner
    ),
    "digit_scenes": Task(
        "captions → scenes", "digits read right % ↑", lambda test: test["digits"]
    ),
}  # fmt: skip


def scores(main: bool = False) -> list[Score]:
    """One row for each model of each results file there is.

    Args:
      main: only those of the short board: a few for each step of the book.

    Returns:
      The rows, task by task in the order of the book, within a task by chapter.

    Raises:
      KeyError: if a run lacks the number that the task is judged by.

    Example:
      >>> rows = scores()
      >>> sorted({row.chapter for row in rows if row.task == "English → Korean"})
      [6, 7, 8, 9, 12]
      >>> rows[0].low <= rows[0].mean <= rows[0].high
      True
    """
    found = {}
    for name in TASKS:
        try:
            runs = results(name)["runs"]
        except FileNotFoundError:
            continue  # not trained yet
        for label in dict.fromkeys(run["label"] for run in runs):
            found[name, label] = _score(name, label, [r for r in runs if r["label"] == label])
    keys = [key for key in main_runs() if key in found] if main else found
    tasks = list(dict.fromkeys(task.title for task in TASKS.values()))
    rows = [found[key] for key in keys]
    return sorted(rows, key=lambda row: (tasks.index(row.task), row.chapter))


def _score(name: str, label: str, runs: list[dict]) -> Score:
    task = TASKS[name]
    quality = [float(task.quality(run["tests"][-1])) for run in runs]
    return Score(
        task=task.title,
        chapter=chapter_of(name, label).number,
        model=task.name(label),
        parameters=runs[0]["parameters"],
        core_seconds=float(min(run["seconds"] * run["devices"] for run in runs)),
        metric=task.metric,
        mean=float(np.mean(quality)),
        low=min(quality),
        high=max(quality),
        seeds=len(runs),
        published=PUBLISHED.get((name, label)),
    )


def table(rows: list[Score]) -> plots.Rows:
    """The rows of one task as a table.

    Args:
      rows: of :func:`scores`, all of one task.

    Returns:
      What a notebook shows as a table, with quality as mean (lowest–highest over seeds), training
      in seconds times cores, and the published figure, "—" where there is none; there is no such
      column where no row has one.

    Raises:
      ValueError: if there is no row, or the rows belong to several tasks.
    """
    tasks = list(dict.fromkeys(row.task for row in rows))
    if len(tasks) != 1:
        raise ValueError(f"rows must be those of one task; got {tasks or 'none'}.")
    lines = [
        {
            "ch.": row.chapter,
            "model": row.model,
            row.metric: _spread(row),
            **_published(row, rows),
            "weights": _short(row.parameters),
            "core-s": f"{row.core_seconds:,.0f}",
        }
        for row in rows
    ]
    seeds = sorted({row.seeds for row in rows})
    number = f"{seeds[0]}" if len(seeds) == 1 else f"{seeds[0]} to {seeds[-1]}"
    caption = f"{tasks[0]}; mean (lowest–highest), {number} seed{'s' * (seeds[-1] > 1)}"
    return plots.table(lines, caption)


def sources(rows: list[Score]) -> plots.Rows:
    """The published figures beside ``rows``: figure, source, and what differs from ours."""
    lines = [
        {
            "ours": row.model,
            "published": row.published.figure,
            "source": row.published.source,
            "what differs": row.published.differs,
        }
        for row in rows
        if row.published
    ]
    return plots.table(lines, "Published figures; compare direction and gap, never the numbers")


#: Colour, marker and name with which a chart shows the models of a part of the book.
MARKS = {
    "One vector for everything": ("#444444", "s", "one vector"),
    "One vector for every token": (plots.ENCODER, "D", "many vectors"),
    "Attention": (plots.ATTENTION, "o", "attention"),
    "Self-attention": (plots.DECODER, "^", "Transformer"),
    "Images as tokens": (plots.ATTENTION, "o", "many vectors"),
}


def chart(
    rows: list[Score],
    names: dict[str, str | tuple],
    against: str = "core_seconds",
    ax: Axes | None = None,
) -> Axes:
    """Draws quality against training time or parameters, one mark a model.

    Args:
      rows: of :func:`scores`, all of one task.
      names: from a model's name to what is written beside its mark, alone or with how far from it,
        right and up, in points: ``("no positions", 6, 6)``. Other models are marks without a name.
      against: ``"core_seconds"`` or ``"parameters"``.
      ax: where to draw; a new figure's if None.

    Returns:
      The Axes; its horizontal axis is logarithmic, bars reach over the seeds.

    Raises:
      ValueError: if ``against`` is neither.
    """
    labels = {"core_seconds": "training, seconds × cores", "parameters": "parameters"}
    if against not in labels:
        raise ValueError(f"against must be one of {', '.join(labels)}; got {against!r}.")
    ax = plots.new_axes(ax, (4.8, 3.8))
    ends = [getattr(row, against) for row in rows]
    middle = (min(ends) * max(ends)) ** 0.5
    for part, (color, marker, kind) in MARKS.items():
        own = [row for row in rows if CHAPTERS[row.chapter - 1].part == part]
        if not own:
            continue
        x = [getattr(row, against) for row in own]
        low, mean, high = np.array([(r.low, r.mean, r.high) for r in own]).T
        spread = np.maximum(mean - low, 0), np.maximum(high - mean, 0)
        ax.errorbar(
            x, mean, spread, fmt=marker, ms=5.5, color=color, elinewidth=1.2, label=kind
        )  # fmt: skip
        for row, at in zip(own, x, strict=True):
            if row.model in names:
                name = names[row.model]
                text, *offset = (name,) if isinstance(name, str) else name
                right, up = offset or (-8 if at > middle else 8, -4)
                ax.annotate(
                    text, (at, row.mean), (right, up), textcoords="offset points", fontsize=9.5,
                    ha="right" if right < 0 else "left",
                )  # fmt: skip
    ax.set(xlabel=labels[against], ylabel=rows[0].metric, xscale="log")
    ax.set_xlim(min(ends) / 1.4, max(ends) * 1.4)
    ax.xaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _short(x)))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.grid(axis="y", color="#E6E6E6", linewidth=0.8)
    ax.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2)
    return ax


def _published(row: Score, rows: list[Score]) -> dict[str, str]:
    """A column of its own only where one of the rows has a figure beside it."""
    if not any(one.published for one in rows):
        return {}
    return {"published": row.published.figure if row.published else "—"}


def _spread(row: Score) -> str:
    """Mean (lowest–highest), which no line break parts."""
    return f"{row.mean:.1f} ({row.low:.1f}\u2060–\u2060{row.high:.1f})"


def _short(count: int | float) -> str:
    """1,234,567 as "1.2 M", 12,345 as "12 k"."""
    for size, unit in ((1e6, " M"), (1e3, " k")):
        if count >= size:
            return f"{count / size:.3g}{unit}"
    return f"{count:g}"
