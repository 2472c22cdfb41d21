"""Mirrors encdec_lib/plots/alignment.py."""

import io
import re

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402

from encdec_lib import plots  # noqa: E402
from encdec_lib.plots import alignment as alignment_plots  # noqa: E402
from tests.book.tree import ROOT  # noqa: E402


@pytest.fixture(autouse=True)
def closed_figures():
    with matplotlib.rc_context():
        yield
    plt.close("all")


def svg(ax) -> str:
    """The figure as the pages show it; a missing glyph would be a warning, thus an error."""
    file = io.StringIO()
    ax.figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def test_alignment_shows_the_weights_it_was_given():
    weights = np.array([[0.9, 0.1, 0.0], [0.2, 0.3, 0.5]])
    ax = alignment_plots.alignment(weights, ["c", "a", "t"], ["K", "AE"])
    np.testing.assert_allclose(ax.images[0].get_array(), weights, rtol=1e-6)
    assert ax.images[0].get_clim() == (0, 1)
    assert [t.get_text() for t in ax.get_xticklabels() if t.get_text()] == ["c", "a", "t"]
    assert [t.get_text() for t in ax.get_yticklabels() if t.get_text()] == ["K", "AE"]


def test_a_colour_bar_can_be_left_out():
    with_bar = alignment_plots.alignment(np.eye(2), ["a", "b"], ["c", "d"])
    assert [ax.get_ylabel() for ax in with_bar.figure.axes] == ["target token", "attention weight"]
    without = alignment_plots.alignment(np.eye(2), ["a", "b"], ["c", "d"], bar=False)
    assert without.figure.axes == [without]
    svg(without)


def test_no_page_takes_a_colour_bar_away_again():
    """In a constrained layout Matplotlib 3.10.0 then stops with an error."""
    for page in (ROOT / "book").glob("*.md"):
        text = page.read_text("utf-8")
        assert not re.search(r"(axes\[[^\]]*\]|bar|colorbar)\.remove\(\)", text), page.name


def test_korean_labels_have_glyphs():
    if plots.korean_font() is None:
        pytest.skip("koreanize-matplotlib is not installed")
    svg(alignment_plots.alignment(np.eye(2), ["the", "cat"], ["고양이가", "<eos>"]))
    svg(alignment_plots.crossing(np.eye(2), ["the", "cat"], ["고양이가", "<eos>"]))


def test_alignment_names_a_transposed_matrix():
    with pytest.raises(ValueError, match=r"weights needs shape \(T, S\) = \(1, 3\).*got \(3, 1\)"):
        alignment_plots.alignment(np.ones((3, 1)), ["c", "a", "t"], ["K"])


def test_the_same_figure_is_the_same_file():
    one, two = (svg(alignment_plots.alignment(np.eye(2), ["a", "b"], ["c", "d"])) for _ in range(2))
    assert one == two


def test_crossing_draws_each_weight_as_a_line_of_its_thickness():
    weights = np.array([[0.02, 0.98, 0.0], [0.7, 0.05, 0.25]])
    ax = alignment_plots.crossing(weights, ["a", "b", "c"], ["x", "y"], links=[(0, 1), (1, 0)])
    looked = [line for line in ax.lines if line.get_color() == plots.ATTENTION]
    true = [line for line in ax.lines if line.get_color() == plots.INK]
    ends = [(list(line.get_xdata()), list(line.get_ydata())) for line in looked]
    assert ends == [([0, 0.5], [0, 1]), ([1, 0], [0, 1]), ([1, 1], [0, 1])]
    np.testing.assert_allclose([line.get_linewidth() / 7 for line in looked], [0.98, 0.7, 0.25])
    assert [list(line.get_xdata()) for line in true] == [[0, 0.5], [1, 0]]
    assert [text.get_text() for text in ax.texts] == ["a", "b", "c", "x", "y"]


def test_crossing_keeps_the_largest_of_a_flat_row():
    ax = alignment_plots.crossing(
        np.array([[0.26, 0.25, 0.25, 0.24]]), list("abcd"), ["x"], least=0.5
    )
    assert len(ax.lines) == 1
    assert list(ax.lines[0].get_xdata()) == [0.5, 0]


def test_crossing_names_a_transposed_matrix():
    with pytest.raises(ValueError, match=r"weights needs shape \(T, S\) = \(1, 3\).*got \(3, 1\)"):
        alignment_plots.crossing(np.ones((3, 1)), ["c", "a", "t"], ["K"])
