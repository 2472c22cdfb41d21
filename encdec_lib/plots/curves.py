"""Curves and bars: what a training did, and how good what came out of it is."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from encdec_lib.plots.inputs import as_many, curves_over, named, numbers
from encdec_lib.plots.style import (
    ATTENTION,
    DECODER,
    ENCODER,
    GREY,
    legend_above,
    look,
    new_axes,
    use_style,
)
from encdec_lib.runtime.checks import check_whole


def quality_by_length(
    curves: dict,
    ylabel: str,
    trained_up_to: int | float | tuple | None = None,
    ax: Axes | None = None,
    ylim: tuple | None = (0, 102),
    looks: dict | None = None,
) -> Axes:
    """Draws quality against source length, one line a model.

    Args:
      curves: from a model's name to ``(lengths, mean)`` or ``(lengths, mean, spread)``. The
        spread is the half-width of the band, or a pair (low, high); None draws no band. The
        first name with "attention" in it has the colour of attention.
      ylabel: what is measured.
      trained_up_to: marks the longest source of the training data; a tuple marks several.
      ax: where to draw; a new figure's if None.
      ylim: of the vertical axis, fixed so that figures compare; None fits it to the data.
      looks: from a model's name to Matplotlib's ``color``, ``linestyle`` and ``marker``, where
        the names alone do not say which lines belong together.

    Returns:
      The Axes.

    Raises:
      ValueError: if there is no curve, one has no number, lengths and values differ in number, or
        ``looks`` names no curve. A nan among the values leaves a gap.
    """
    named("curves", curves)
    if unknown := [name for name in looks or {} if name not in curves]:
        raise ValueError(f"looks must name curves, {list(curves)}; got {unknown}.")
    ax = new_axes(ax)
    for index, (name, curve) in enumerate(curves.items()):
        if not isinstance(curve, tuple | list) or len(curve) not in (2, 3):
            raise ValueError(
                f"curves must be pairs (lengths, mean) or triples with a spread; got "
                f"{type(curve).__name__} for {name!r}."
            )
        lengths, mean, spread = (*curve, None)[:3]
        lengths = numbers(f"lengths of curves[{name!r}]", lengths, 1).astype(float)
        mean = numbers(f"curves[{name!r}]", mean, 1, gaps=True).astype(float)
        if lengths.shape != mean.shape:
            raise ValueError(
                f"curve {name!r} needs one value a length; got {lengths.shape} lengths and "
                f"{mean.shape} values."
            )
        drawn = look(index, name, list(curves)) | (looks or {}).get(name, {})
        ax.plot(lengths, mean, label=name, markersize=5, **drawn)
        if spread is not None:
            low, high = spread if isinstance(spread, tuple) else (mean - spread, mean + spread)
            ax.fill_between(lengths, low, high, color=drawn["color"], alpha=0.2, linewidth=0)
    if trained_up_to is not None:
        caps = trained_up_to if isinstance(trained_up_to, tuple) else (trained_up_to,)
        label = "trained up to " + " and ".join(f"{cap:g}" for cap in caps)
        for cap in caps:
            ax.axvline(cap, color=GREY, linewidth=1.2, linestyle=(0, (4, 3)), label=label)
            label = None  # one entry in the legend for all
    ax.set(xlabel="source length (tokens)", ylabel=ylabel, ylim=ylim)
    ax.grid(axis="y", color="#E6E6E6", linewidth=0.8)
    legend_above(ax)
    return ax


def losses(histories: dict, ax: Axes | None = None, smooth: int = 25) -> Axes:
    """Draws the training loss, every step pale and its running mean strong.

    Args:
      histories: from a model's name to a ``History`` of ``fit``, or an array of losses.
      ax: where to draw; a new figure's if None.
      smooth: number of steps in the running mean; 1 draws the steps alone.

    Returns:
      The Axes. The vertical axis is logarithmic.

    Raises:
      ValueError: if there is no model, or one has no losses, or a nan among them.
    """
    found = {
        name: numbers(f"histories[{name!r}]", getattr(history, "losses", history), 1)
        for name, history in named("histories", histories).items()
    }
    check_whole("smooth", smooth)
    ax = new_axes(ax)
    for index, (name, given) in enumerate(found.items()):
        values = given.astype(float)
        drawn: dict[str, Any] = look(index, name, list(found)) | {"marker": None}
        window = max(1, min(smooth, len(values)))
        mean = np.convolve(values, np.ones(window) / window, mode="valid")
        steps = np.arange(1, len(values) + 1)
        stride = -(-len(values) // 1500)  # an SVG of at most 1500 points a line
        if window > 1:
            ax.plot(steps[::stride], values[::stride], color=drawn["color"], alpha=0.2, linewidth=1)
        ax.plot(steps[window - 1 :][::stride], mean[::stride], label=name, **drawn)
    ax.set(xlabel="training step", ylabel="loss (nats per target token)", yscale="log")
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.grid(axis="y", color="#E6E6E6", linewidth=0.8)
    legend_above(ax)
    return ax


def bars(
    values: dict, xlabel: str, published: tuple[str, ...] = (), ax: Axes | None = None
) -> Axes:
    """Draws one horizontal bar a name, with its number beside it.

    Args:
      values: from a name to a number, or to (mean, spread).
      xlabel: what is measured.
      published: names whose numbers come from papers; drawn hollow.
      ax: where to draw; a new figure's if None.

    Returns:
      The Axes.

    Raises:
      ValueError: if there is no bar, or one has no number, or more than (mean, spread).
    """
    found = {
        name: np.atleast_1d(numbers(f"values[{name!r}]", value, 0, 1))
        for name, value in named("values", values).items()
    }
    if wrong := [name for name, pair in found.items() if len(pair) > 2]:
        raise ValueError(
            f"values must be numbers or pairs (mean, spread); got {values[wrong[0]]!r:.60} for "
            f"{wrong[0]!r}."
        )
    ax = new_axes(ax, (4.8, 0.9 + 0.42 * len(values)))
    largest = max(pair[0] for pair in found.values())
    for row, (name, (mean, *rest)) in enumerate(found.items()):
        spread = rest[0] if rest else None
        color = look(row, name, list(values))["color"]
        face = "white" if name in published else color
        ax.barh(row, mean, height=0.62, color=face, edgecolor=color, linewidth=1.5, xerr=spread)
        text = f"{mean:.1f}" + (f" ± {spread:.1f}" if spread is not None else "")
        ax.text(mean + (spread or 0) + 0.02 * largest, row, text, va="center", fontsize=10)
    ax.set_yticks(range(len(values)), list(values))
    ax.tick_params(axis="y", length=0)
    ax.invert_yaxis()
    ax.set(xlabel=xlabel, xlim=(0, 1.22 * largest))
    return ax


def dials(
    temperatures: list,
    quality: dict,
    variety: dict,
    real: tuple,
) -> Figure:
    """Draws what is right and how much samples differ, against temperature.

    Args:
      temperatures: along the horizontal axes.
      quality: from a name to percent right, one a temperature.
      variety: from the same names to the spread between samples of one caption.
      real: percent right and spread of real scenes, drawn as a dashed line.

    Returns:
      The Figure, two panels side by side.

    Raises:
      ValueError: if there is no temperature, no curve or more than three, or not a number a
        temperature.
    """
    count = len(numbers("temperatures", temperatures, 1))
    for name, curves in (("quality", quality), ("variety", variety)):
        curves_over(name, curves, count, "temperatures", most=3)
    as_many("real", numbers("real", real, 1), 2, "panels")
    use_style()
    figure, axes = plt.subplots(1, 2, figsize=(6.6, 3.2), layout="constrained")
    looks = (
        {"color": DECODER, "marker": "o", "linestyle": "-"},
        {"color": ENCODER, "marker": "s", "linestyle": "--"},
        {"color": ATTENTION, "marker": "D", "linestyle": "-."},
    )
    labels = ("digits right (%)", "difference of two samples")
    for ax, curves, level, label in zip(axes, (quality, variety), real, labels, strict=True):
        for own, (name, values) in zip(looks, curves.items(), strict=False):
            ax.plot(temperatures, values, label=name, markersize=5, **own)
        ax.axhline(level, color=GREY, linewidth=1.4, linestyle=(0, (2, 2)), label="real scenes")
        ax.set(xlabel="temperature", ylabel=label)
        ax.grid(axis="y", color="#E6E6E6", linewidth=0.8)
        ax.set_ylim(bottom=0)
    axes[0].set_ylim(0, 102)
    axes[0].legend(loc="lower left")
    return figure
