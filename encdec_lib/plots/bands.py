"""Lines over several seeds: the middle, and a band from the lowest run to the highest."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from encdec_lib.plots.inputs import named, numbers
from encdec_lib.plots.style import DECODER, ENCODER, GREY, INK, legend_above, look, new_axes

#: Colour and dashes of the recurrent layers of chapter 3, the same in all its figures.
LAYERS = {
    "tanh RNN": (INK, "-"),
    "LSTM": (ENCODER, "-."),
    "GRU": ("#CC79A7", ":"),
    "GRU, bias +3": ("#B8860B", "-"),
    "linear RNN": (DECODER, "--"),
}


def middle(runs: Any, log: bool = False) -> np.ndarray:
    """The mean over seeds, of logarithms where sizes differ by powers of ten.

    Args:
      runs: ``(seeds, points)``.
      log: whether to take the geometric mean; the numbers must then be above 0.

    Returns:
      ``(points,)``.

    Example:
      >>> middle([[1.0, 4.0], [100.0, 4.0]], log=True).round(6).tolist()
      [10.0, 4.0]
    """
    found = numbers("runs", runs, 2).astype(float)
    return np.exp(np.log(found).mean(axis=0)) if log else found.mean(axis=0)


def seed_bands(
    runs: dict,
    x: Any,
    xlabel: str,
    ylabel: str,
    *,
    log: bool = False,
    ylim: tuple | None = None,
    guess: float | int | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draws a line for each name, the mean over its seeds, and a band from lowest to highest.

    Args:
      runs: from a name to ``(seeds, points)``.
      x: ``(points,)``.
      xlabel: what x is.
      ylabel: what is measured.
      log: a logarithmic axis, and the geometric mean.
      ylim: of the vertical axis; None fits it to the data.
      guess: marks what a guess would reach.
      ax: where to draw; a new figure's if None.

    Returns:
      The Axes.

    Raises:
      ValueError: if there is nothing to draw, or points and x differ in number.
    """
    across = numbers("x", x, 1).astype(float)
    ax = new_axes(ax)
    for index, (name, given) in enumerate(named("runs", runs).items()):
        found = numbers(f"runs[{name!r}]", given, 2).astype(float)
        if found.shape[1] != len(across):
            raise ValueError(
                f"runs[{name!r}] needs a value for each of {len(across)} x; got {found.shape[1]}."
            )
        drawn: dict[str, Any] = look(index, name, list(runs)) | {"marker": None}
        if name in LAYERS:
            drawn |= dict(zip(("color", "linestyle"), LAYERS[name], strict=True))
        ax.plot(across, middle(found, log), label=name, **drawn)
        low, high = found.min(axis=0), found.max(axis=0)
        ax.fill_between(across, low, high, color=drawn["color"], alpha=0.2, linewidth=0)
    if guess is not None:
        ax.axhline(guess, color=GREY, linewidth=1.2, linestyle=(0, (4, 3)), label="a guess")
    ax.set(xlabel=xlabel, ylabel=ylabel, yscale="log" if log else "linear")
    if ylim is not None:
        ax.set(ylim=ylim)
    ax.grid(axis="y", color="#E6E6E6", linewidth=0.8)
    legend_above(ax)
    return ax
