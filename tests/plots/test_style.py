"""Mirrors encdec_lib/plots/style.py: no style sheet of the reader's shows through."""

import io
import re
import warnings

import matplotlib
import matplotlib.pyplot as plt
import pytest

from encdec_lib import plots
from encdec_lib.plots import style
from tests.helpers.thinned import thinned
from tests.plots.every_plot import EVERY_PLOT


@pytest.fixture(autouse=True)
def own_settings():
    plt.switch_backend("agg")
    with matplotlib.rc_context():
        plt.style.use("default")
        yield
    plt.close("all")


def svg(drawn) -> str:
    """The figure as a file, its elements named in their order.

    Matplotlib makes their ids of numbers it has not rounded, and the last bit of a layout is not
    the same in every run.
    """
    file = io.StringIO()
    (drawn.figure or drawn).savefig(file, format="svg", metadata={"Date": None})
    plt.close("all")
    names: dict[str, str] = {}
    return re.sub(
        r"\b[a-z][0-9a-f]{10}\b",
        lambda m: names.setdefault(m[0], f"id{len(names)}"),
        file.getvalue(),
    )


@pytest.mark.parametrize("name", EVERY_PLOT)
def test_a_figure_under_a_dark_style_is_the_same_figure(name):
    """Those on Axes that a dark style has made are readable there."""
    style.use_style()
    usual = svg(EVERY_PLOT[name]())
    plt.style.use("dark_background")
    if name in ON_GIVEN_AXES:
        dark = EVERY_PLOT[name]()
        assert not unreadable(dark)
        return
    assert svg(EVERY_PLOT[name]()) == usual


ON_GIVEN_AXES = {"overlay", "picture", "label_map", "class_bars", "over_patches", "mask"}


def light(color, under=1.0) -> float:
    """Relative luminance of a colour over a grey."""
    *rgb, alpha = matplotlib.colors.to_rgba(color)
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    over = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return alpha * over + (1 - alpha) * under


def unreadable(ax) -> list[str]:
    """The texts around a plot with less contrast than WCAG's 4.5."""
    ax.figure.canvas.draw()
    back = light(ax.get_facecolor(), light(ax.figure.get_facecolor()))
    labels = [ax.title, ax.xaxis.label, ax.yaxis.label]
    texts = [t for t in [*labels, *ax.get_xticklabels(), *ax.get_yticklabels()] if t.get_text()]
    found = []
    for text in texts:
        low, high = sorted((back, light(text.get_color())))
        if (high + 0.05) / (low + 0.05) < 4.5:
            found.append(text.get_text())
    return found


@pytest.mark.parametrize("sheet", thinned(plt.style.available, plt.style.available[::4]))
def test_no_style_sheet_shows_through(sheet):
    usual = svg(plots.bars({"attention": (9.31, 0.2), "paper": 7.6}, "PER (%)"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some ask for fonts that are not here
        plt.style.use(sheet)
    assert svg(plots.bars({"attention": (9.31, 0.2), "paper": 7.6}, "PER (%)")) == usual


def test_letters_are_readable_on_axes_of_a_dark_style():
    plt.style.use("dark_background")
    ax = plt.subplots()[1]
    ax.set_title("Before")
    plots.bars({"attention": 9.3, "paper": 7.6}, "PER (%)", ax=ax)
    assert not unreadable(ax)
    assert ax.get_facecolor() == ax.figure.get_facecolor() == (1, 1, 1, 1)


def test_axes_with_a_light_colour_of_their_own_keep_it():
    ax = plt.subplots()[1]
    ax.set_facecolor("#ffffee")
    ax.figure.set_facecolor("#eeffee")
    before = ax.get_facecolor(), ax.figure.get_facecolor()
    plots.bars({"paper": 7.6}, "PER (%)", ax=ax)
    assert (ax.get_facecolor(), ax.figure.get_facecolor()) == before


def test_what_is_no_look_is_left_as_the_reader_has_it():
    matplotlib.rcParams.update(
        {"savefig.dpi": 301, "figure.max_open_warning": 7, "interactive": True}
    )
    style.use_style()
    kept = {name: matplotlib.rcParams[name] for name in ("savefig.dpi", "figure.max_open_warning")}
    assert kept == {"savefig.dpi": 301, "figure.max_open_warning": 7}
    assert matplotlib.rcParams["interactive"]
