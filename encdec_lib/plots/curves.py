"""Curves and bars: what a training did, and how good what came out of it is."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullFormatter

from encdec_lib.plots.inputs import named, numbers
from encdec_lib.plots.style import GREY, legend_above, look, new_axes
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
      ValueError: if a curve's lengths and values differ in number, or ``looks`` names no curve.
    """
    named("curves", curves)
    ax = new_axes(ax)
    if unknown := [name for name in looks or {} if name not in curves]:
        raise ValueError(f"looks must name curves, {list(curves)}; got {unknown}.")
    for index, (name, curve) in enumerate(curves.items()):
        if not isinstance(curve, tuple | list) or len(curve) not in (2, 3):
            raise ValueError(
                f"curves must be pairs (lengths, mean) or triples with a spread; got "
                f"{type(curve).__name__} for {name!r}."
            )
        lengths, mean, spread = (*curve, None)[:3]
        lengths = numbers("curves", lengths, 1, finite=False).astype(float)
        mean = numbers("curves", mean, 1, finite=False).astype(float)
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
      ValueError: if there is no history, or no loss in one of them.
    """
    named("histories", histories)
    check_whole("smooth", smooth)
    ax = new_axes(ax)
    for index, (name, history) in enumerate(histories.items()):
        losses = getattr(history, "losses", history)
        values = numbers(f"histories[{name!r}]", losses, 1, finite=False).astype(float)
        drawn: dict[str, Any] = look(index, name, list(histories)) | {"marker": None}
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
      ValueError: if there is no value, or one is no number.
    """
    for name, value in named("values", values).items():
        if numbers(f"values[{name!r}]", value, 0, 1).size > 2:
            raise ValueError(f"values must be numbers or pairs (mean, spread); got {value!r:.60}.")
    ax = new_axes(ax, (4.8, 0.9 + 0.42 * len(values)))
    largest = max(np.atleast_1d(value)[0] for value in values.values())
    for row, (name, value) in enumerate(values.items()):
        mean, *rest = np.atleast_1d(value)
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
