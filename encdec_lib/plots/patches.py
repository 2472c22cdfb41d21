"""Figures of images cut into patches: the patches, their positions, and maps over them.

Shape letters: (H, W, C) image, P side of a patch, M patches. Ink is drawn dark on white, though
in the arrays ink is 1; a patch is the greener, the more weight it has.
"""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Rectangle

from encdec_lib.data.patches import cut
from encdec_lib.plots.images import picture
from encdec_lib.plots.inputs import named, numbers
from encdec_lib.plots.style import (
    ATTENTION,
    ENCODER,
    GREY,
    WEIGHTS,
    bare,
    new_axes,
    on_white,
    use_style,
)
from encdec_lib.runtime.checks import check_whole


def cut_up(image: Any, patch: int) -> Figure:
    """Draws an image with the cuts through it, and beside it the numbered patches.

    Args:
      image: ``(H, W)`` or ``(H, W, C)``, 0 to 1; of several channels the mean is drawn.
      patch: P, divides H and W.

    Returns:
      The Figure.

    Raises:
      ValueError: if P does not divide the sides.
    """
    image = _grey(image)
    check_whole("patch", patch)
    use_style()
    squares = cut(image[None, :, :, None], patch)[0].reshape(-1, patch, patch)
    rows, columns = image.shape[0] // patch, image.shape[1] // patch
    figure = plt.figure(figsize=(5.2, 2.7), layout=ConstrainedLayoutEngine(h_pad=0.06))
    left, right = figure.subfigures(1, 2, squeeze=False, width_ratios=(1, 1.15))[0]
    ax = left.subplots()
    picture(image, ax)
    _cuts(ax, image.shape, patch)
    axes = right.subplots(rows, columns, squeeze=False)
    for number, (ax, square) in enumerate(zip(axes.flat, squares, strict=True), 1):
        picture(square, ax)
        if rows * columns <= 16:
            ax.set_title(str(number), fontsize=9.5, color=ENCODER, pad=2)
    return figure


def over_patches(image: Any, weights: Any, ax: Axes, title: str = "") -> None:
    """Draws how much weight each patch has, under the ink of the image.

    Args:
      image: ``(H, W)`` or ``(H, W, C)``, 0 to 1; of several channels the mean is drawn.
      weights: ``(M,)``, row by row; none below 0. The largest has the full green, 0 is white.
      ax: where to draw.
      title: above the picture.

    Raises:
      ValueError: if M squares of one size do not make up the image, or a weight is below 0.
    """
    image, weights = _grey(image), numbers("weights", weights, 1, 2, 3).astype(float)
    patch = _patch_of(image.shape, weights)
    grid = weights.reshape(image.shape[0] // patch, -1) / (weights.max() or 1)
    colors = WEIGHTS(0.55 * np.kron(grid, np.ones((patch, patch))))[..., :3]
    on_white(ax).imshow(colors * (1 - image[..., None]), interpolation="nearest")
    ax.set_title(title)
    bare(ax)


def maps_on_images(images: Any, columns: dict, width: float = 1.25) -> Figure:
    """Draws images in rows, and beside each one the maps over its patches.

    Args:
      images: ``(N, H, W)`` or ``(N, H, W, C)``.
      columns: from the name of a map to the weights ``(N, M)``.
      width: of a picture, in inches.

    Returns:
      The Figure.

    Raises:
      ValueError: if a map has another number of rows than there are images.
    """
    numbers("images", images, 3, 4)
    for name, weights in named("columns", columns).items():
        numbers(f"columns[{name!r}]", weights, 2)
        if len(weights) != len(images):
            raise ValueError(
                f"columns need one row of weights an image, {len(images)}; {name!r} has "
                f"{len(weights)}."
            )
    use_style()
    figure, axes = plt.subplots(
        len(images),
        1 + len(columns),
        figsize=((1 + len(columns)) * width, len(images) * width + 0.3),
        squeeze=False,
        layout="constrained",
    )
    for row, (line, image) in enumerate(zip(axes, images, strict=True)):
        picture(_grey(image), line[0], "" if row else "image")
        for ax, (name, weights) in zip(line[1:], columns.items(), strict=True):
            over_patches(image, weights[row], ax, "" if row else name)
    return figure


def position_similarity(positions: Any) -> Figure:
    r"""Draws how alike the vectors of positions are: one small map for each patch.

    The map of patch i has the cosine of :math:`E_i` and :math:`E_j` in the place of patch j, for
    every j; a frame marks i itself, whose cosine is 1. Colours stop at the largest cosine between
    two different positions, so that small ones can be seen.

    Args:
      positions: ``(M, D)``, one a patch, row by row in a square; no class token.

    Returns:
      The Figure.

    Raises:
      ValueError: if M is not a square number, or a vector is zero.

    Reference:
      Dosovitskiy et al. (2021), arXiv:2010.11929, Figure 7 (centre).
    """
    alike = similarity(positions)
    side = round(len(alike) ** 0.5)
    if side * side != len(alike):
        raise ValueError(f"positions must fill a square; got {len(alike)} of them.")
    use_style()
    others = np.abs(alike[~np.eye(len(alike), dtype=bool)])
    limit = np.ceil(10 * others.max(initial=0.1)) / 10
    figure, axes = plt.subplots(side, side, figsize=(4.6, 4.0), squeeze=False, layout="constrained")
    for i, ax in enumerate(axes.flat):
        shown = ax.imshow(alike[i].reshape(side, side), cmap="RdBu", vmin=-limit, vmax=limit)
        y, x = divmod(i, side)
        ax.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, fill=False, edgecolor="k", lw=1.2))
        bare(ax)
    for i, ax in enumerate(axes[:, 0], 1):
        ax.set_ylabel(str(i), rotation=0, labelpad=8, va="center")
    for i, ax in enumerate(axes[-1], 1):
        ax.set_xlabel(str(i))
    figure.supxlabel("column of the patch", fontsize=11)
    figure.supylabel("row of the patch", fontsize=11)
    figure.colorbar(
        shown, ax=axes, label="cosine", ticks=[-limit, 0, limit], shrink=0.8, pad=0.03, extend="max"
    )
    return figure


def similarity(positions: Any) -> np.ndarray:
    r"""Cosines between all pairs of rows.

    .. math:: \cos(E_i, E_j) = \frac{E_i \cdot E_j}{\lVert E_i \rVert \, \lVert E_j \rVert}

    Args:
      positions: ``(M, D)``.

    Returns:
      ``(M, M)``, ones on the diagonal.

    Raises:
      ValueError: if they are no such vectors, or one of them is 0.

    Example:
      >>> similarity([[1.0, 0.0], [0.0, 2.0], [-3.0, 0.0]]).round(1).tolist()
      [[1.0, 0.0, -1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 1.0]]
    """
    rows = numbers("positions", positions, 2).astype(np.float64)
    if not rows.any(axis=1).all():
        raise ValueError(
            f"positions must not be 0, of which there is no cosine; got such a vector at row "
            f"{int((~rows.any(axis=1)).argmax())}."
        )
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return rows @ rows.T


def quality_by_patch(
    scores: dict, rival: tuple | None = None, ylabel: str = "test accuracy (%)"
) -> Axes:
    """Draws a number against the side of a patch, one dot a seed and a line through the means.

    Args:
      scores: from P to the numbers of its seeds.
      rival: name and numbers of a model without patches; drawn as a line with its range.
      ylabel: what is measured.

    Returns:
      The Axes.

    Raises:
      ValueError: if there is no side, or a side without numbers.
    """
    named("scores", scores)
    for side, found in (scores | ({rival[0]: rival[1]} if rival else {})).items():
        numbers(f"scores[{side!r}]", found, 1)
    ax = new_axes(None)
    sides = sorted(scores)
    places = np.arange(len(sides))
    means = [np.mean(scores[side]) for side in sides]
    ax.plot(places, means, "o-", color=ENCODER, label="ViT", markersize=7)
    for place, side in zip(places, sides, strict=True):
        found = scores[side]
        ax.plot([place] * len(found), found, "_", color=ENCODER, markersize=14)
    if rival:
        name, found = rival
        ax.axhline(np.mean(found), color=GREY, linestyle="--", label=name)
        ax.axhspan(min(found), max(found), color=GREY, alpha=0.18, linewidth=0)
    ax.set_xticks(places, [str(side) for side in sides])
    ax.set(xlabel="side P of a patch (pixels)", ylabel=ylabel, xlim=(-0.4, len(sides) - 0.6))
    ax.grid(axis="y", color="#E6E6E6", linewidth=0.8)
    ax.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2, borderpad=0.2)
    return ax


def _grey(image):
    image = numbers("image", image, 2, 3).astype(np.float32)
    return image.mean(axis=2) if image.ndim == 3 else image


def _patch_of(shape: tuple[int, int], weights) -> int:
    """The side of M equal squares that make up the image."""
    height, width = shape
    patch = round((height * width / max(weights.size, 1)) ** 0.5)
    fits = patch and height % patch == 0 and width % patch == 0
    if weights.ndim != 1 or not fits or (height // patch) * (width // patch) != weights.size:
        raise ValueError(
            f"weights must have one number for each square patch of an image of {height}×{width} "
            f"pixels; got {weights.shape}. Leave out the class token."
        )
    if weights.min() < 0:
        raise ValueError(f"weights must not be below 0; got {weights.min()}.")
    return patch


def _cuts(ax, shape: tuple[int, int], patch: int) -> None:
    for y in range(patch, shape[0], patch):
        ax.axhline(y - 0.5, color=ATTENTION, linewidth=1.4)
    for x in range(patch, shape[1], patch):
        ax.axvline(x - 0.5, color=ATTENTION, linewidth=1.4)
