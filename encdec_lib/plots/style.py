"""How every figure of the book looks: colours, letters, axes, legends.

One colour for the encoder, one for the decoder, one for attention, in every figure: they are
told apart by readers who see red and green alike, and lines differ in marker and dash as well.
"""

import contextlib
import functools
import warnings
from importlib import metadata
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.rcsetup import cycler

ENCODER, DECODER, ATTENTION = "#0072B2", "#D55E00", "#009E73"
INK, GREY, LIGHT_GREY = "#222222", "#767676", "#C8C8C8"

WEIGHTS = LinearSegmentedColormap.from_list("weights", ["#FFFFFF", ATTENTION, "#00271C"])
_OTHERS = ("#444444", DECODER, ENCODER, "#CC79A7", "#B8860B", "#56B4E9")
# Settings of how a figure looks, and those among them that are none.
_FAMILIES = (
    "axes.", "axes3d.", "boxplot.", "contour.", "errorbar.", "figure.", "font.", "grid.", "hatch.",
    "hist.", "image.", "legend.", "lines.", "markers.", "mathtext.", "patch.", "path.",
    "polaraxes.", "savefig.edgecolor", "savefig.facecolor", "scatter.", "text.", "xaxis.", "xtick.",
    "yaxis.", "ytick.",
)  # fmt: skip
_NO_LOOK = {"figure.hooks", "figure.max_open_warning", "figure.raise_window"}
_MARKERS, _DASHES = "osD^vPX", ("-", "--", "-.", ":")


@functools.cache
def korean_font() -> str | None:
    """Registers the NanumGothic file of the package ``koreanize-matplotlib`` with Matplotlib.

    The package is never imported: it changes settings of its own accord.

    Returns:
      The font's name, or None where the package is not installed.
    """
    try:
        files = metadata.files("koreanize-matplotlib") or []
    except metadata.PackageNotFoundError:
        return None
    for file in files:
        if file.name == "NanumGothic.ttf":
            font_manager.fontManager.addfont(file.locate())
            return "NanumGothic"
    return None


@functools.cache
def _plain() -> dict[Any, Any]:
    """Matplotlib's own look: what a style sheet may have changed, and our style does not set."""
    plain: dict[Any, Any] = {}
    for name in matplotlib.rcParamsDefault:
        if name.startswith(_FAMILIES) and name not in _NO_LOOK:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                with contextlib.suppress(matplotlib.MatplotlibDeprecationWarning):
                    plain[name] = matplotlib.rcParamsDefault[name]
    return plain


def use_style() -> None:
    """Sets fonts, sizes and the white background for every figure that follows.

    They are the same whatever style sheet is in use (``plt.style.use("dark_background")``).
    """
    korean = korean_font()
    plt.rcParams.update(_plain())
    plt.rcParams.update(
        {
            "font.family": ["DejaVu Sans", korean] if korean else ["DejaVu Sans"],
            "font.size": 11,
            "figure.figsize": (4.8, 3.2),
            "figure.facecolor": "white",
            "savefig.facecolor": "white",
            "figure.dpi": 100,
            "axes.edgecolor": GREY,
            "axes.labelcolor": INK,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlesize": 11,
            "axes.unicode_minus": False,
            "axes.prop_cycle": cycler(color=[ENCODER, DECODER, ATTENTION, *_OTHERS]),
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "legend.frameon": False,
            "lines.linewidth": 2,
            "svg.hashsalt": "encdec",  # the same figure is the same file
        }
    )


def new_axes(ax: Axes | None, size: tuple[float, float] | None = None) -> Axes:
    """``ax``, or the Axes of a new figure in the book's style."""
    use_style()
    return plt.subplots(figsize=size, layout="constrained")[1] if ax is None else on_white(ax)


def on_white(ax: Axes) -> Axes:
    """The Axes, which are made white if a dark style has made them: our letters are dark.

    Args:
      ax: where a figure is about to be drawn.

    Returns:
      The same Axes.

    Raises:
      TypeError: if they are no Axes.

    Example:
      >>> with plt.style.context("dark_background"):
      ...     ax = plt.figure().add_subplot()
      >>> on_white(ax).get_facecolor()
      (1.0, 1.0, 1.0, 1.0)
    """
    if not isinstance(ax, Axes):
        raise TypeError(
            f"ax must be one Axes of Matplotlib; got {type(ax).__name__}. Take it from "
            "plt.subplots(), of several axes one."
        )
    figure = ax.figure.canvas.figure  # of a part of a figure the whole
    red, green, blue, alpha = to_rgba(ax.get_facecolor())
    under = to_rgba(figure.get_facecolor())
    light = [alpha * c + (1 - alpha) * u for c, u in zip((red, green, blue), under, strict=False)]
    if min(np.mean(light), np.mean(under[:3])) > 0.6:
        return ax
    for part in (figure, ax):
        part.set_facecolor("white")
    for side in ax.spines.values():
        side.set_color(GREY)
    ax.tick_params(which="both", colors=INK)
    for text in (ax.title, ax.xaxis.label, ax.yaxis.label, *ax.texts):
        text.set_color(INK)
    return ax


def bare(ax: Axes) -> None:
    """No ticks, a thin frame."""
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set(visible=True, color=GREY, linewidth=0.8)


def look(index: int, name: str, names: list[str]) -> dict:
    """Colour, dash and marker of a line. The first with attention in its name is green."""
    attending = [n for n in names if "attention" in n.lower()]
    if attending and name == attending[0]:
        return {"color": ATTENTION, "linestyle": "-", "marker": "o"}
    others = [n for n in names if not attending or n != attending[0]]
    rank = others.index(name)
    return {
        "color": _OTHERS[rank % len(_OTHERS)],
        "linestyle": _DASHES[(rank + 1) % len(_DASHES)],
        "marker": _MARKERS[(rank + 1) % len(_MARKERS)],
    }


def legend_above(ax: Axes) -> None:
    count = len(ax.get_legend_handles_labels()[1])
    columns = 2 if count in (2, 4) or count > 6 else min(count, 3)
    ax.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=columns, borderpad=0.2)
