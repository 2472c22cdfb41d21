"""Figures of chapters about images: pictures, label maps, feature maps, kernels.

Ink is drawn dark on white, though in the arrays ink is 1 and the background 0.
"""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from scipy import ndimage

from encdec_lib.data.digits import NAMES
from encdec_lib.plots.inputs import as_many, grey, listed, named, numbers
from encdec_lib.plots.style import GREY, INK, bare, on_white, use_style
from encdec_lib.runtime.checks import check_whole
from encdec_lib.runtime.inputs import check_ids

#: The colours of a pixel's classes, background first, then the digits 0 to 9. The hues follow
#: P. Tol's colour-blind safe scheme as far as ten of them can; each region also bears its digit.
CLASS_COLORS = (
    "#FFFFFF", "#332288", "#88CCEE", "#44AA99", "#117733", "#999933",
    "#DDCC77", "#CC6677", "#882255", "#AA4499", "#E66100",
)  # fmt: skip
_CLASSES = ListedColormap(CLASS_COLORS)
_SMALLEST_NAMED = 6  # pixels that a region needs to bear its digit


def picture(image: Any, ax: Axes, title: str = "") -> None:
    """Draws one grey image ``(H, W)`` or ``(H, W, 1)``, ink dark on white, values 0 to 1.

    Raises:
      ValueError: if it is no grey image, or a pixel is not finite.
    """
    image = grey("image", image)
    on_white(ax).imshow(image, cmap="gray_r", vmin=0, vmax=1, interpolation="nearest")
    ax.set_title(title)
    bare(ax)


def label_map(labels: Any, ax: Axes, title: str = "", names: bool = True) -> None:
    """Draws the class of every pixel, and on each region the digit it is taken for.

    Args:
      labels: ``(H, W)``, 0 background, d + 1 for digit d.
      ax: where to draw.
      title: above the picture.
      names: whether to write the digits.

    Raises:
      ValueError: if they are no map, or a class is not one of the eleven.
    """
    labels = check_ids("labels", numbers("labels", labels, 2), len(CLASS_COLORS))
    on_white(ax).imshow(labels, cmap=_CLASSES, vmin=-0.5, vmax=10.5, interpolation="nearest")
    ax.set_title(title)
    for value in np.unique(labels[labels > 0]) if names else []:
        same, square = labels == value, np.ones((3, 3))
        regions, count = ndimage.label(same, square)  # pyright: ignore[reportGeneralTypeIssues]  # SciPy has no types
        for k in range(1, count + 1):
            rows, columns = np.nonzero(regions == k)
            if len(rows) < _SMALLEST_NAMED:
                continue
            # Beside the region, where it hides nothing.
            x, y = columns.max() + 0.8, rows.min() + 0.5
            right = x + 4 < labels.shape[1]
            ax.text(
                x if right else columns.min() - 0.8,
                y,
                str(value - 1),
                ha="left" if right else "right",
                va="center",
                fontsize=10,
                color=INK,
            )
    bare(ax)


def gallery(rows: dict, columns: int | None = None, width: float = 1.25) -> Figure:
    """Draws pictures and label maps in rows, one name a row.

    Args:
      rows: from a name to N images ``(N, H, W)`` or ``(N, H, W, 1)`` of floats, or N label maps
        ``(N, H, W)`` of whole numbers.
      columns: how many of each; all if None.
      width: of a picture, in inches.

    Returns:
      The Figure.

    Raises:
      ValueError: if the rows hold different numbers of pictures and ``columns`` is None.
    """
    stacks = {
        name: numbers(f"rows[{name!r}]", pictures, 3, 4)
        for name, pictures in named("rows", rows).items()
    }
    if columns is not None:
        check_whole("columns", columns)
    counts = {len(pictures) for pictures in stacks.values()}
    if columns is None and len(counts) > 1:
        raise ValueError(f"rows must hold as many pictures each; got {sorted(counts)}.")
    columns = columns or counts.pop()
    use_style()
    figure, axes = plt.subplots(
        len(rows),
        columns,
        figsize=(columns * width + 0.3, len(rows) * (width + 0.05)),
        squeeze=False,
        layout="constrained",
    )
    for line, (name, pictures) in zip(axes, stacks.items(), strict=True):
        for ax, one in zip(line, pictures, strict=False):
            whole = np.issubdtype(np.asarray(one).dtype, np.integer)
            (label_map if whole else picture)(one, ax)
        line[0].set_ylabel(name)
    return figure


def feature_maps(maps: list, names: list[str], shown: int = 6, width: float = 1.1) -> Figure:
    """Draws some channels of the feature map at each scale, every channel from white to dark.

    Args:
      maps: feature maps ``(h, w, C)``, one a scale.
      names: one a scale.
      shown: channels a scale, spread over all of them; those that never fire are passed over.
      width: of a picture, in inches.

    Returns:
      The Figure.

    Raises:
      ValueError: if there is no map, one is not ``(h, w, C)``, or they are not as many as the
        names.
    """
    check_whole("shown", shown)
    as_many("names", names, len(listed("maps", maps)), "maps")
    maps = [numbers(f"maps[{k}]", one, 3) for k, one in enumerate(maps)]
    use_style()
    figure, axes = plt.subplots(
        len(maps),
        shown,
        figsize=(shown * width + 0.5, len(maps) * (width + 0.05)),
        squeeze=False,
        layout="constrained",
    )
    for line, channels, name in zip(axes, maps, names, strict=True):
        alive = np.flatnonzero(channels.max(axis=(0, 1)) > 0)
        picked = alive[np.linspace(0, len(alive) - 1, min(shown, len(alive))).astype(int)]
        for ax in line:
            bare(ax)
        for ax, channel in zip(line, picked, strict=False):
            one = channels[..., channel]
            ax.imshow(one, cmap="gray_r", vmin=0, vmax=one.max(), interpolation="nearest")
        line[0].set_ylabel(name)
    return figure


def class_bars(probabilities: Any, ax: Axes, title: str = "") -> None:
    """Draws a distribution over the eleven classes of a pixel.

    Args:
      probabilities: ``(11,)``, adding up to 1.
      ax: where to draw.
      title: above the bars.

    Raises:
      ValueError: if there is not one number a class.
    """
    probabilities = numbers("probabilities", probabilities, 1)
    names = ["background", *NAMES]
    as_many("probabilities", probabilities, len(names), "classes")
    on_white(ax)
    places = np.arange(len(names))
    colors = ["#DDDDDD", *CLASS_COLORS[1:]]
    ax.barh(places, probabilities, color=colors, edgecolor=GREY, linewidth=0.6)
    ax.set_yticks(places, names, fontsize=9)
    ax.tick_params(axis="y", length=0)
    ax.invert_yaxis()
    ax.set(xlim=(0, 1), xlabel="probability", title=title)
