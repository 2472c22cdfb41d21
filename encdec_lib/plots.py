"""Figures of the book. Each function draws on one Axes and returns it.

One colour for the encoder, one for the decoder, one for attention, in every figure: they are
told apart by readers who see red and green alike, and lines differ in marker and dash as well.
"""

import ast
import functools
import html
import inspect
import textwrap
from importlib import metadata

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import font_manager
from matplotlib.colors import LinearSegmentedColormap

ENCODER, DECODER, ATTENTION = "#0072B2", "#D55E00", "#009E73"
INK, GREY, LIGHT_GREY = "#222222", "#767676", "#C8C8C8"

WEIGHTS = LinearSegmentedColormap.from_list("weights", ["#FFFFFF", ATTENTION, "#00271C"])
_OTHERS = ("#444444", DECODER, ENCODER, "#CC79A7", "#B8860B", "#56B4E9")
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


def use_style() -> None:
    """Sets fonts, sizes and the white background for every figure that follows."""
    korean = korean_font()
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
            "axes.prop_cycle": plt.cycler(color=[ENCODER, DECODER, ATTENTION, *_OTHERS]),
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "legend.frameon": False,
            "lines.linewidth": 2,
            "svg.hashsalt": "encdec",  # the same figure is the same file
        }
    )


def new_axes(ax, size: tuple[float, float] | None = None):
    """``ax``, or the Axes of a new figure in the book's style."""
    use_style()
    return ax or plt.subplots(figsize=size, layout="constrained")[1]


def _look(index: int, name: str, names: list[str]) -> dict:
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


def _legend_above(ax) -> None:
    count = len(ax.get_legend_handles_labels()[1])
    columns = 2 if count in (2, 4) or count > 6 else min(count, 3)
    ax.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=columns, borderpad=0.2)


def quality_by_length(
    curves: dict,
    ylabel: str,
    trained_up_to: int | float | tuple | None = None,
    ax=None,
    ylim=(0, 102),
    looks: dict | None = None,
):
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
    ax = new_axes(ax)
    if unknown := [name for name in looks or {} if name not in curves]:
        raise ValueError(f"looks must name curves, {list(curves)}; got {unknown}.")
    for index, (name, curve) in enumerate(curves.items()):
        lengths, mean, spread = (*curve, None)[:3]
        lengths, mean = np.asarray(lengths, float), np.asarray(mean, float)
        if lengths.shape != mean.shape:
            raise ValueError(
                f"curve {name!r} needs one value a length; got {lengths.shape} lengths and "
                f"{mean.shape} values."
            )
        look = _look(index, name, list(curves)) | (looks or {}).get(name, {})
        ax.plot(lengths, mean, label=name, markersize=5, **look)
        if spread is not None:
            low, high = spread if isinstance(spread, tuple) else (mean - spread, mean + spread)
            ax.fill_between(lengths, low, high, color=look["color"], alpha=0.2, linewidth=0)
    if trained_up_to is not None:
        caps = trained_up_to if isinstance(trained_up_to, tuple) else (trained_up_to,)
        label = "trained up to " + " and ".join(f"{cap:g}" for cap in caps)
        for cap in caps:
            ax.axvline(cap, color=GREY, linewidth=1.2, linestyle=(0, (4, 3)), label=label)
            label = None  # one entry in the legend for all
    ax.set(xlabel="source length (tokens)", ylabel=ylabel, ylim=ylim)
    ax.grid(axis="y", color="#E6E6E6", linewidth=0.8)
    _legend_above(ax)
    return ax


def losses(histories: dict, ax=None, smooth: int = 25):
    """Draws the training loss, every step pale and its running mean strong.

    Args:
      histories: from a model's name to a ``History`` of ``fit``, or an array of losses.
      ax: where to draw; a new figure's if None.
      smooth: number of steps in the running mean; 1 draws the steps alone.

    Returns:
      The Axes. The vertical axis is logarithmic.
    """
    ax = new_axes(ax)
    for index, (name, history) in enumerate(histories.items()):
        values = np.asarray(getattr(history, "losses", history), float)
        look = _look(index, name, list(histories)) | {"marker": None}
        window = max(1, min(smooth, len(values)))
        mean = np.convolve(values, np.ones(window) / window, mode="valid")
        steps = np.arange(1, len(values) + 1)
        stride = -(-len(values) // 1500)  # an SVG of at most 1500 points a line
        if window > 1:
            ax.plot(steps[::stride], values[::stride], color=look["color"], alpha=0.2, linewidth=1)
        ax.plot(steps[window - 1 :][::stride], mean[::stride], label=name, **look)
    ax.set(xlabel="training step", ylabel="loss (nats per target token)", yscale="log")
    ax.yaxis.set_major_formatter(plt.FuncFormatter(lambda y, _: f"{y:g}"))
    ax.yaxis.set_minor_formatter(plt.NullFormatter())
    ax.grid(axis="y", color="#E6E6E6", linewidth=0.8)
    _legend_above(ax)
    return ax


def bars(values: dict, xlabel: str, published: tuple[str, ...] = (), ax=None):
    """Draws one horizontal bar a name, with its number beside it.

    Args:
      values: from a name to a number, or to (mean, spread).
      xlabel: what is measured.
      published: names whose numbers come from papers; drawn hollow.
      ax: where to draw; a new figure's if None.

    Returns:
      The Axes.
    """
    ax = new_axes(ax, (4.8, 0.9 + 0.42 * len(values)))
    largest = max(np.atleast_1d(value)[0] for value in values.values())
    for row, (name, value) in enumerate(values.items()):
        mean, spread = (*np.atleast_1d(value), None)[:2]
        color = _look(row, name, list(values))["color"]
        face = "white" if name in published else color
        ax.barh(row, mean, height=0.62, color=face, edgecolor=color, linewidth=1.5, xerr=spread)
        text = f"{mean:.1f}" + (f" ± {spread:.1f}" if spread is not None else "")
        ax.text(mean + (spread or 0) + 0.02 * largest, row, text, va="center", fontsize=10)
    ax.set_yticks(range(len(values)), list(values))
    ax.tick_params(axis="y", length=0)
    ax.invert_yaxis()
    ax.set(xlabel=xlabel, xlim=(0, 1.22 * largest))
    return ax


class Rows:
    """A small table that reads well in a notebook, on a page and in a terminal."""

    def __init__(self, rows: list[dict], caption: str):
        self.rows, self.caption = rows, caption
        self.names = list(dict.fromkeys(name for row in rows for name in row))

    def _cells(self) -> list[list[str]]:
        def text(value) -> str:
            if isinstance(value, float | np.floating):
                return f"{value:.1f}"
            return str(value)

        return [[text(row.get(name, "")) for name in self.names] for row in self.rows]

    def __repr__(self) -> str:
        cells = [self.names, *self._cells()]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = ["  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)) for r in cells]
        return "\n".join([self.caption, *lines] if self.caption else lines)

    def _repr_html_(self) -> str:
        caption = f"<caption>{html.escape(self.caption)}</caption>" if self.caption else ""
        head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in self.names)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
            for row in self._cells()
        )
        return (
            f'<table class="table">{caption}<thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table>"
        )


def table(rows: list[dict], caption: str = "") -> Rows:
    """Shows rows of named values; numbers with a point get one decimal.

    Args:
      rows: one dictionary a row; its keys are the columns.
      caption: one line above the table.

    Returns:
      An object which the notebook shows as a table.

    Example:
      >>> table([{"model": "attention", "BLEU": 99.5}, {"model": "fixed", "BLEU": 31.25}])
      model      BLEU
      attention  99.5
      fixed      31.2
    """
    return Rows(rows, caption)


class Source:
    """Python source which the notebook shows highlighted."""

    def __init__(self, text: str):
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return f"~~~~python\n{self.text}\n~~~~"


def show_source(obj, docstring: bool = False) -> Source:
    """Shows a library object's source, from the one place where it lives.

    Args:
      obj: a class, a function or a method.
      docstring: False leaves the docstrings out; the page of the library has them.

    Returns:
      An object which the notebook shows highlighted.
    """
    text = textwrap.dedent(inspect.getsource(inspect.unwrap(obj)))
    lines = text.splitlines()
    if not docstring:
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or len(node.body) < 2:
                continue
            if ast.get_docstring(node) is not None:
                first, end = node.body[0].lineno - 1, node.body[0].end_lineno
                if end < len(lines) and not lines[end].strip():
                    end += 1  # and the empty line below it
                lines[first:end] = [None] * (end - first)
    return Source("\n".join(line for line in lines if line is not None).rstrip())
