"""Figures of chapter 15: where a caption's words look on the picture, and quality by digits.

A map has one weight for each cell of a grid over the picture, row by row: the cells of a CNN or
the patches of a Vision Transformer. It is laid over the picture in the colour of attention.
"""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle

from encdec_lib.analysis.word_maps import as_grid
from encdec_lib.data.scenes import Placed
from encdec_lib.plots.images import picture
from encdec_lib.plots.inputs import listed, named, texts
from encdec_lib.plots.style import ATTENTION, DECODER, ENCODER, INK, new_axes, use_style
from encdec_lib.runtime.checks import check_whole
from encdec_lib.runtime.inputs import check_finite

#: From transparent to the colour of attention, so what no word looks at stays as it is.
OVERLAY = LinearSegmentedColormap.from_list("overlay", [ATTENTION + "00", ATTENTION + "D9"])
_LOOKS: tuple[dict[str, Any], ...] = (
    {"color": "#444444", "marker": "s", "linestyle": "--"},
    {"color": ATTENTION, "marker": "o", "linestyle": "-"},
    {"color": ENCODER, "marker": "D", "linestyle": "-."},
    {"color": DECODER, "marker": "^", "linestyle": ":"},
    {"color": "#CC79A7", "marker": "v", "linestyle": "--"},
)


def overlay(
    weights: Any, image: Any, ax: Axes, title: str = "", most: float | int | None = None
) -> AxesImage:
    """Draws a picture and over it the weight of each cell.

    Args:
      weights: ``(M,)``, one a cell, row by row.
      image: ``(H, W)`` or ``(H, W, 1)``, ink 1.
      ax: where to draw.
      title: above the picture.
      most: the weight that is drawn full; the largest of these if None.

    Returns:
      What a colour bar is made from.

    Raises:
      ValueError: if the weights are no square grid of numbers.
    """
    grid = as_grid(weights)
    picture(image, ax, title)
    height, width = np.shape(image)[:2]
    return ax.imshow(
        grid,
        cmap=OVERLAY,
        vmin=0,
        vmax=float(grid.max() if most is None else most) or 1.0,
        extent=(-0.5, width - 0.5, height - 0.5, -0.5),
        interpolation="nearest",
    )


def word_maps(
    image: Any,
    words: Sequence[str],
    weights: Any,
    *,
    layout: Sequence[Placed] = (),
    columns: int = 5,
    width: int | float = 1.35,
    most: int | float | None = None,
) -> Figure:
    """One small picture a word, with the word above it and where it looked on it.

    Args:
      image: ``(H, W)`` or ``(H, W, 1)``, ink 1.
      words: T words.
      weights: ``(T, M)``, a row a word. Of several heads, pass one or their mean.
      layout: digits whose rectangles are outlined.
      columns: pictures in a row.
      width: of a picture, in inches.
      most: the weight that is drawn full; the largest of all if None.

    Returns:
      The Figure, with one scale for all words.

    Raises:
      ValueError: if there is not one row of weights a word.
    """
    listed("words", texts("words", words))
    check_whole("columns", columns)
    weights = check_finite("weights", weights).astype(np.float64)
    if weights.ndim != 2 or len(weights) != len(words):
        raise ValueError(
            f"weights needs a row a word, (T, M) with T = {len(words)}; got {weights.shape}."
        )
    use_style()
    most = float(weights.max() if most is None else most)
    rows = -(-len(words) // columns)
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(columns * width, rows * (width + 0.3) + 0.6),
        squeeze=False,
        layout="constrained",
    )
    drawn = []
    for ax in axes.flat[len(words) :]:
        ax.axis("off")
    for ax, word, row in zip(axes.flat, words, weights, strict=False):
        drawn.append(overlay(row, image, ax, word, most))
        ax.title.set_parse_math(False)  # a dollar in a word begins no formula
        for p in layout:
            box = (p.left - 0.5, p.top - 0.5), p.right - p.left, p.bottom - p.top
            ax.add_patch(Rectangle(*box, fill=False, edgecolor=INK, linewidth=0.8, linestyle=":"))
    bar = figure.colorbar(
        drawn[-1], ax=axes, orientation="horizontal", fraction=0.05, shrink=0.5, aspect=30, pad=0.03
    )
    more = " or more" if weights.max() > most else ""
    bar.set_ticks([0, most], labels=["0%", f"{100 * most:.0f}%{more}"])
    bar.set_label("share of a word's weight in one cell")
    return figure


def quality_by_digits(found: dict, measure: str, ax: Axes | None = None, ylabel: str = "") -> Axes:
    """Draws a score against the number of digits: the mean of the seeds, and their range.

    Args:
      found: from a model's name to its runs; a run is what
        :func:`encdec_lib.evaluation.captions.by_number` returns, scores by number of digits.
      measure: which of the scores, such as ``"exact"``. Numbers where it is nan are left out.
      ax: where to draw; a new figure's if None.
      ylabel: what is measured, in words.

    Returns:
      The Axes.

    Raises:
      ValueError: if a model has no run, or its runs have no such score.

    Example:
      >>> one, other = {1: {"exact": 90}, 2: {"exact": 60}}, {1: {"exact": 80}, 2: {"exact": 50}}
      >>> ax = quality_by_digits({"one vector": [one, other]}, "exact")
      >>> ax.lines[0].get_ydata().tolist()
      [85.0, 55.0]
    """
    named("found", found)
    for name, runs in found.items():
        if not runs or any(measure not in scores for run in runs for scores in run.values()):
            raise ValueError(
                f"{name!r} needs at least one run, each with the score {measure!r} (measure); got "
                f"{len(runs)} runs."
            )
    ax = new_axes(ax)
    for k, (name, runs) in enumerate(found.items()):
        values = np.array([[run[n][measure] for n in runs[0]] for run in runs], np.float64)
        numbers = np.array([int(n) for n in runs[0]])
        kept = ~np.isnan(values).any(axis=0)
        numbers, values = numbers[kept], values[:, kept]
        mean = values.mean(axis=0)
        spread = np.stack([mean - values.min(axis=0), values.max(axis=0) - mean])
        places = numbers + 0.05 * (k - (len(found) - 1) / 2)  # beside one another
        look = _LOOKS[k % len(_LOOKS)]
        ax.plot(places, mean, markersize=5, label=name, **look)
        ax.errorbar(
            places, mean, spread, fmt="none", ecolor=look["color"], capsize=2.5, linewidth=1.2
        )
        ax.set_xticks(numbers)
    ax.set(xlabel="digits in the scene", ylabel=ylabel or measure, ylim=(0, 102))
    ax.grid(axis="y", color="#E6E6E6", linewidth=0.8)
    return ax
