"""Mirrors encdec_lib/plots.py."""

import io

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402

from encdec_lib import plots  # noqa: E402


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
    ax = plots.alignment(weights, ["c", "a", "t"], ["K", "AE"])
    np.testing.assert_allclose(ax.images[0].get_array(), weights, rtol=1e-6)
    assert ax.images[0].get_clim() == (0, 1)
    assert [t.get_text() for t in ax.get_xticklabels() if t.get_text()] == ["c", "a", "t"]
    assert [t.get_text() for t in ax.get_yticklabels() if t.get_text()] == ["K", "AE"]


def test_korean_labels_have_glyphs():
    if plots.korean_font() is None:
        pytest.skip("koreanize-matplotlib is not installed")
    svg(plots.alignment(np.eye(2), ["the", "cat"], ["고양이가", "<eos>"]))
    svg(plots.crossing(np.eye(2), ["the", "cat"], ["고양이가", "<eos>"]))


def test_alignment_names_a_transposed_matrix():
    with pytest.raises(ValueError, match=r"weights needs shape \(T, S\) = \(1, 3\).*got \(3, 1\)"):
        plots.alignment(np.ones((3, 1)), ["c", "a", "t"], ["K"])


def test_the_same_figure_is_the_same_file():
    one, two = (svg(plots.alignment(np.eye(2), ["a", "b"], ["c", "d"])) for _ in range(2))
    assert one == two


def test_quality_by_length_draws_every_curve_with_its_band():
    lengths = [5, 10, 20]
    ax = plots.quality_by_length(
        {
            "fixed vector": (lengths, [90, 50, 10], [1, 2, 3]),
            "attention": (lengths, [99, 99, 98]),
            "asymmetric": (lengths, [50, 50, 50], ([40, 45, 49], [60, 55, 51])),
        },
        "BLEU",
        trained_up_to=15,
    )
    lines = {line.get_label(): line for line in ax.lines}
    assert list(lines["attention"].get_ydata()) == [99, 99, 98]
    assert lines["attention"].get_color() == plots.ATTENTION
    assert lines["fixed vector"].get_color() != plots.ATTENTION
    assert "trained up to 15" in lines
    assert len(ax.collections) == 2  # two bands
    looks = [(line.get_color(), line.get_marker()) for line in ax.lines]
    assert len(set(looks)) == len(looks)


def test_quality_by_length_marks_several_lengths_in_one_entry_of_the_legend():
    ax = plots.quality_by_length(
        {
            "attention, trained to 7": ([3, 5], [90, 80]),
            "attention, trained to 11": ([3, 5], [9, 8]),
        },
        "BLEU",
        trained_up_to=(7, 11),
        looks={"attention, trained to 11": {"color": plots.ATTENTION, "linestyle": "--"}},
    )
    one, other, *marks = ax.lines
    assert one.get_color() == other.get_color() == plots.ATTENTION
    assert (one.get_linestyle(), other.get_linestyle()) == ("-", "--")
    assert [mark.get_xdata()[0] for mark in marks] == [7, 11]
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == [
        "attention, trained to 7",
        "attention, trained to 11",
        "trained up to 7 and 11",
    ]


def test_looks_of_no_curve_are_named():
    with pytest.raises(ValueError, match=r"looks must name curves, \['GRU'\]; got \['LSTM'\]"):
        plots.quality_by_length({"GRU": ([1], [3])}, "BLEU", looks={"LSTM": {"color": "k"}})


def test_crossing_draws_each_weight_as_a_line_of_its_thickness():
    weights = np.array([[0.02, 0.98, 0.0], [0.7, 0.05, 0.25]])
    ax = plots.crossing(weights, ["a", "b", "c"], ["x", "y"], links=[(0, 1), (1, 0)])
    looked = [line for line in ax.lines if line.get_color() == plots.ATTENTION]
    true = [line for line in ax.lines if line.get_color() == plots.INK]
    ends = [(list(line.get_xdata()), list(line.get_ydata())) for line in looked]
    assert ends == [([0, 0.5], [0, 1]), ([1, 0], [0, 1]), ([1, 1], [0, 1])]
    np.testing.assert_allclose([line.get_linewidth() / 7 for line in looked], [0.98, 0.7, 0.25])
    assert [list(line.get_xdata()) for line in true] == [[0, 0.5], [1, 0]]
    assert [text.get_text() for text in ax.texts] == ["a", "b", "c", "x", "y"]


def test_crossing_keeps_the_largest_of_a_flat_row():
    ax = plots.crossing(np.array([[0.26, 0.25, 0.25, 0.24]]), list("abcd"), ["x"], least=0.5)
    assert len(ax.lines) == 1
    assert list(ax.lines[0].get_xdata()) == [0.5, 0]


def test_crossing_names_a_transposed_matrix():
    with pytest.raises(ValueError, match=r"weights needs shape \(T, S\) = \(1, 3\).*got \(3, 1\)"):
        plots.crossing(np.ones((3, 1)), ["c", "a", "t"], ["K"])


def test_a_curve_of_the_wrong_length_is_named():
    with pytest.raises(ValueError, match="curve 'GRU' needs one value a length"):
        plots.quality_by_length({"GRU": ([1, 2], [3])}, "BLEU")


def test_losses_takes_arrays_and_histories_of_any_length():
    class History:
        losses = np.linspace(3, 1, 5000)

    ax = plots.losses({"attention": History(), "short": [2.0, 1.0]}, smooth=10)
    assert {line.get_label() for line in ax.lines} >= {"attention", "short"}
    assert max(len(line.get_xdata()) for line in ax.lines) <= 1500
    svg(ax)


def test_bars_write_their_numbers():
    ax = plots.bars({"attention": (9.31, 0.2), "paper": 7.6}, "PER (%)", published=("paper",))
    assert [text.get_text() for text in ax.texts] == ["9.3 ± 0.2", "7.6"]


def test_a_table_escapes_its_cells():
    shown = plots.table([{"word": "<b>", "n": 2}])._repr_html_()
    assert "&lt;b&gt;" in shown and "<td>2</td>" in shown


def test_show_source_leaves_docstrings_out_on_request():
    short, full = plots.show_source(plots.bars), plots.show_source(plots.bars, docstring=True)
    assert "Draws one horizontal bar" in repr(full)
    assert "Draws one horizontal bar" not in repr(short)
    assert "def bars" in repr(short) and short._repr_markdown_().startswith("~~~~python")
    compile(repr(short), "shown", "exec")
