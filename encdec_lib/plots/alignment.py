"""Where a decoder looked: weights as a grid, and as lines that may cross.

Each function draws on one Axes and returns it.
"""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from encdec_lib.plots.inputs import listed, texts
from encdec_lib.plots.style import ATTENTION, DECODER, ENCODER, INK, WEIGHTS, new_axes
from encdec_lib.runtime.inputs import check_finite


def alignment(
    weights: Any,
    source: list[str],
    target: list[str],
    ax: Axes | None = None,
    title: str = "",
    bar: bool = True,
) -> Axes:
    """Draws attention weights, one row a target token.

    Args:
      weights: ``(T, S)``, rows adding up to 1. Of several heads, pass one.
      source: S tokens, shown left to right, in the encoder's colour.
      target: T tokens, shown top to bottom, in the decoder's colour.
      ax: where to draw; a new figure's if None.
      title: above the picture.
      bar: whether a colour bar says what a shade means. Leave it out here rather than remove it
        afterwards: Matplotlib 3.10.0, which Colab has, cannot lay out a figure that has lost one.

    Returns:
      The Axes, with the colour scale fixed at 0..1 so that figures compare.

    Raises:
      ValueError: if the labels do not match ``weights``, or one of these is no number.
    """
    weights = _checked(weights, source, target)
    size = (min(1.9 + 0.3 * len(source), 8.0), min(1.3 + 0.3 * len(target), 9.0))
    ax = new_axes(ax, size)
    image = ax.imshow(weights, cmap=WEIGHTS, vmin=0, vmax=1, aspect="auto")
    steep = max(map(len, source), default=0) > 2
    # A dollar in a token begins no formula.
    ax.set_xticks(range(len(source)), source, rotation=60 if steep else 0, parse_math=False)
    if steep:
        plt.setp(ax.get_xticklabels(), ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(target)), target, parse_math=False)
    ax.tick_params(axis="x", labelcolor=ENCODER, length=0)
    ax.tick_params(axis="y", labelcolor=DECODER, length=0)
    ax.set_xticks(np.arange(len(source) + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(len(target) + 1) - 0.5, minor=True)
    ax.grid(which="minor", color="#EEEEEE", linewidth=0.6)
    ax.tick_params(which="minor", length=0)
    ax.spines[:].set_visible(False)
    ax.set(xlabel="source token", ylabel="target token", title=title)
    if bar:
        ax.figure.colorbar(image, ax=ax, label="attention weight", ticks=[0, 0.5, 1], pad=0.02)
    return ax


def crossing(
    weights: Any,
    source: list[str],
    target: list[str],
    links: Any = None,
    least: float = 0.1,
    ax: Axes | None = None,
) -> Axes:
    """Draws attention as lines between two rows of tokens, so that crossings are seen as such.

    A line's thickness is its weight.

    Args:
      weights: ``(T, S)``, rows adding up to 1. Of several heads, pass one.
      source: S tokens, in the upper row, in the encoder's colour.
      target: T tokens, in the lower row, in the decoder's colour.
      links: true pairs ``(target position, source position)``, drawn as thin dashed lines
        over the others.
      least: weights below it are left out, unless they are the largest of their row.
      ax: where to draw; a new figure's if None.

    Returns:
      The Axes.

    Raises:
      ValueError: if the labels do not match ``weights``.

    Example:
      >>> ax = crossing([[0.2, 0.8], [0.9, 0.1]], ["red", "ball"], ["balle", "rouge"], least=0.15)
      >>> [round(line.get_linewidth(), 1) for line in ax.lines]  # 0.2, 0.8 and 0.9
      [1.4, 5.6, 6.3]
    """
    weights = _checked(weights, source, target)
    ax = new_axes(ax, (min(max(0.9 + 0.28 * max(weights.shape), 2.4), 8.0), 3.6))
    above, below = (np.linspace(0, 1, n) if n > 1 else np.array([0.5]) for n in weights.shape[::-1])
    for i, row in enumerate(weights):
        for j in np.flatnonzero((row >= least) | (row == row.max())):
            ends = [below[i], above[j]], [0, 1]
            ax.plot(*ends, color=ATTENTION, alpha=0.55, linewidth=7 * row[j])
    for i, j in [] if links is None else links:
        ax.plot([below[i], above[j]], [0, 1], "--", color=INK, linewidth=1)
    for tokens, places, y, color, gap in (
        (source, above, 1, ENCODER, 4),
        (target, below, 0, DECODER, -4),
    ):
        ax.scatter(places, np.full(len(tokens), y), 16, color=color, zorder=3)
        for token, x in zip(tokens, places, strict=True):
            ax.annotate(
                token,
                (x, y),
                (0, gap),
                textcoords="offset points",
                rotation=60,
                rotation_mode="anchor",
                ha="left" if gap > 0 else "right",
                va="center",
                color=color,
                parse_math=False,  # a dollar in a token begins no formula
            )
    ax.set(xlim=(-0.03, 1.03), ylim=(-0.02, 1.02))
    ax.axis("off")
    return ax


def _checked(weights, source: list[str], target: list[str]) -> np.ndarray:
    """The weights as an array, if they fit the tokens."""
    for name, tokens in (("source", source), ("target", target)):
        listed(name, texts(name, tokens))
    weights = check_finite("weights", weights).astype(np.float32)
    if weights.shape != (len(target), len(source)):
        raise ValueError(
            f"weights needs shape (T, S) = {(len(target), len(source))}, one row a target token "
            f"and one column a source token; got {weights.shape}."
        )
    return weights
