"""Figures of chapter 16: a codebook, images as tokens, masks over prefix and target, and pictures
with what was asked for and what was read in them.
"""

import math
import textwrap

import matplotlib.pyplot as plt
import numpy as np
from jaxtyping import Bool, Float
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from encdec_lib.data.image_tokens import FIRST, Codebook
from encdec_lib.plots.images import picture
from encdec_lib.plots.inputs import (
    a_codebook,
    grey,
    grids,
    numbers,
    pairs,
    square,
    texts,
)
from encdec_lib.plots.style import INK, WEIGHTS, bare, on_white, use_style
from encdec_lib.runtime.checks import check_whole

#: Token grids: the darkest patch is white, as paper is, the others run from pale to dark green.
_TOKENS = ListedColormap(
    ["#FFFFFF", *plt.get_cmap("viridis_r")(np.linspace(0.05, 0.95, 255)).tolist()]
)
# Hidden, prefix sees prefix, target sees prefix, target sees target.
_SEEN = ListedColormap(["#FFFFFF", "#9CC9E8", "#8FD6BF", "#F5B48A"])


def codebook(book: Codebook, columns: int = 16, width: float = 6.4) -> Figure:
    """Draws every code as a small square, ink dark on white, in the order of the tokens.

    Args:
      book: its codes.
      columns: squares in a row.
      width: of the figure, in inches.

    Returns:
      The Figure; its rows say with which token they begin.
    """
    check_whole("columns", columns)
    count = len(a_codebook("book", book).patches)
    use_style()
    columns = min(columns, count)
    rows = -(-count // columns)
    side, step = book.patch, book.patch + 1  # a line of one pixel between two squares
    sheet = np.full((rows * step + 1, columns * step + 1), np.nan)
    for k, code in enumerate(book.patches):
        top, left = 1 + step * (k // columns), 1 + step * (k % columns)
        grey = code.reshape(side, side, -1).mean(axis=-1)
        sheet[top : top + side, left : left + side] = grey
    figure, ax = plt.subplots(
        figsize=(width, width * sheet.shape[0] / sheet.shape[1] + 0.3), layout="constrained"
    )
    grey = plt.get_cmap("gray_r").with_extremes(bad="#9CC9E8")
    ax.imshow(np.ma.masked_invalid(sheet), cmap=grey, vmin=0, vmax=1, interpolation="nearest")
    middles = 0.5 * side + 0.5 + step * np.arange(rows)
    ax.set_yticks(middles, [str(FIRST + columns * row) for row in range(rows)])
    ax.set_xticks([])
    ax.tick_params(length=0)
    ax.set_ylabel("token")
    for spine in ax.spines.values():
        spine.set_visible(False)
    return figure


def as_tokens(book: Codebook, images: Float[np.ndarray, "N H W 1"], width: float = 1.55) -> Figure:
    """Draws images, the grids of their tokens, and the images that the tokens stand for.

    Args:
      book: turns images into tokens and back.
      images: N of them.
      width: of a picture, in inches.

    Returns:
      The Figure with three rows, a column an image.
    """
    tokens = a_codebook("book", book).encode(numbers("images", images, 4))
    use_style()
    rebuilt = book.decode(tokens)
    figure, axes = plt.subplots(
        3,
        len(images),
        figsize=(len(images) * width + 0.4, 3 * width + 0.2),
        squeeze=False,
        layout="constrained",
    )
    for column, (image, row, again) in enumerate(zip(images, tokens, rebuilt, strict=True)):
        picture(image, axes[0, column])
        grid = row.reshape(book.columns, book.columns)
        axes[1, column].imshow(
            grid, cmap=_TOKENS, vmin=FIRST, vmax=book.vocab - 1, interpolation="nearest"
        )
        picture(again, axes[2, column])
        bare(axes[1, column])
    for ax, name in zip(axes[:, 0], ("image", "tokens", "rebuilt"), strict=True):
        ax.set_ylabel(name)
    return figure


def mask(
    seen: Bool[np.ndarray, "L L"], words: list[str], target: list[str], ax: Axes, title: str = ""
) -> Axes:
    """Draws who may look at whom, prefix first, the prefix's part in the encoder's colour.

    Args:
      seen: True where the row may look at the column, ``(S + T, S + T)``.
      words: names of the S positions of the prefix.
      target: names of the T positions after it.
      ax: where to draw.
      title: above the grid.

    Returns:
      The Axes.

    Raises:
      ValueError: if there is not a name for each row.
    """
    names, size = [*texts("words", words), *texts("target", target)], len(words)
    seen = square("seen", seen, len(names)).astype(bool)
    kind = np.full(seen.shape, 3)
    kind[:, :size], kind[:size] = 2, 1
    on_white(ax).imshow(
        np.where(seen, kind, 0), cmap=_SEEN, vmin=0, vmax=3, interpolation="nearest"
    )
    places = np.arange(len(names))
    ax.set_xticks(places, names, rotation=90, parse_math=False)  # a dollar is a dollar
    ax.set_yticks(places, names, parse_math=False)
    for labels in (ax.get_xticklabels(), ax.get_yticklabels()):
        for place, label in enumerate(labels):
            label.set_color("#005A8C" if place < size else "#9A4300")
    ax.set_xticks(places[1:] - 0.5, minor=True)
    ax.set_yticks(places[1:] - 0.5, minor=True)
    ax.grid(which="minor", color="#E0E0E0", linewidth=0.8)
    ax.tick_params(which="both", length=0)
    for line in (ax.axvline, ax.axhline):
        line(size - 0.5, color=INK, linewidth=1.2)
    ax.set(title=title, xlabel="is looked at", ylabel="looks")
    return ax


def pictures(
    images: Float[np.ndarray, "N H W 1"],
    captions: list[str],
    read: list[str] | None = None,
    columns: int = 3,
    width: float = 1.75,
) -> Figure:
    """Draws pictures with the captions they were made from and what a reader saw in them.

    Args:
      images: N pictures.
      captions: N captions.
      read: N captions of what was read, marked with a tick where they are the ones asked for.
      columns: pictures in a row.
      width: of a picture, in inches.

    Returns:
      The Figure.

    Raises:
      ValueError: if there are not as many captions as pictures.
    """
    images = numbers("images", images, 3, 4)
    texts("captions", captions)
    texts("read", captions if read is None else read)
    check_whole("columns", columns)
    if len(captions) != len(images) or (read is not None and len(read) != len(images)):
        raise ValueError(
            f"captions and read must hold {len(images)} entries, one a picture; got "
            f"{len(captions)} and {len(read) if read is not None else None}."
        )
    use_style()
    rows = -(-len(images) // columns)
    lines = 2 if read is None else 4
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(columns * width, rows * (width + 0.17 * lines + 0.1)),
        squeeze=False,
        layout="constrained",
    )
    for ax in axes.flat[len(images) :]:
        ax.set_axis_off()
    for n, (ax, image) in enumerate(zip(axes.flat, images, strict=False)):
        picture(image, ax)
        note = textwrap.fill(captions[n], 20)
        color = INK
        if read is not None:
            same = read[n] == captions[n]
            seen = "" if same else "\n" + textwrap.fill(f"read: {read[n] or 'nothing'}", 20)
            note = ("✓ " if same else "✗ ") + note + seen
            color = "#00684B" if same else "#9A4300"
        ax.set_xlabel(note, fontsize=9.5, color=color, parse_math=False)
    return figure


def costs(
    images: Float[np.ndarray, "N H W 1"], nats: Float[np.ndarray, "N M"], width: float = 1.55
) -> Figure:
    """Draws images, and below each what every one of its tokens cost.

    Args:
      images: N of them.
      nats: what the model paid for each token, row by row.
      width: of a picture, in inches.

    Returns:
      The Figure, with a scale for the lower row.
    """
    images = numbers("images", images, 3, 4)
    nats = grids("nats", nats, len(images))
    use_style()
    side = math.isqrt(nats.shape[1])
    figure, axes = plt.subplots(
        2,
        len(images),
        figsize=(len(images) * width + 0.9, 2 * width + 0.2),
        squeeze=False,
        layout="constrained",
    )
    for column, (image, cost) in enumerate(zip(images, nats, strict=True)):
        picture(image, axes[0, column])
        drawn = axes[1, column].imshow(
            cost.reshape(side, side), cmap=WEIGHTS, vmin=0, vmax=float(nats.max())
        )
        bare(axes[1, column])
    figure.colorbar(drawn, ax=axes[1], label="nats")
    axes[0, 0].set_ylabel("image")
    axes[1, 0].set_ylabel("cost")
    return figure


def growth(stages: dict, width: float = 1.4) -> Figure:
    """Draws one picture at several moments, what is not written yet in grey.

    Args:
      stages: from a number of tokens written so far to ``(image (H, W, 1), rows)``, ``rows`` being
        the pixel rows that are finished.
      width: of a picture, in inches.

    Returns:
      The Figure.
    """
    for count, (image, rows) in pairs("stages", stages).items():
        check_whole(f"rows of stages[{count!r}]", rows, least=0, most=len(grey("stages", image)))
    use_style()
    figure, axes = plt.subplots(
        1,
        len(stages),
        figsize=(len(stages) * width + 0.1, width + 0.4),
        squeeze=False,
        layout="constrained",
    )
    for ax, (count, (image, rows)) in zip(axes[0], stages.items(), strict=True):
        picture(image, ax)
        height, across = image.shape[:2]
        ax.axhspan(rows - 0.5, height - 0.5, color="#D9D9D9")
        ax.set(ylim=(height - 0.5, -0.5), xlim=(-0.5, across - 0.5))
        ax.set_xlabel(f"{count} tokens")
    return figure
