"""Mirrors encdec_lib/plots/style.py."""

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


def test_dials_show_both_measures_and_the_real_scenes():
    quality = {"all tokens": [90, 80.0], "the 5 best": [95, 91]}
    variety = {"all tokens": [0.1, 0.2], "the 5 best": [0.1, 0.1]}
    figure = plots.dials([0.5, 1.0], quality, variety, (97.0, 0.3))
    for ax, curves, level in zip(figure.axes, (quality, variety), (97.0, 0.3), strict=True):
        lines = {line.get_label(): line for line in ax.lines}
        for name, values in curves.items():
            np.testing.assert_allclose(lines[name].get_ydata(), values)
        assert set(lines["real scenes"].get_ydata()) == {level}


def test_a_table_escapes_its_cells():
    shown = plots.table([{"word": "<b>", "n": 2}])._repr_html_()
    assert "&lt;b&gt;" in shown and "<td>2</td>" in shown


def test_show_source_leaves_docstrings_out_on_request():
    short, full = plots.show_source(plots.bars), plots.show_source(plots.bars, docstring=True)
    assert "Draws one horizontal bar" in repr(full)
    assert "Draws one horizontal bar" not in repr(short)
    assert "def bars" in repr(short) and short._repr_markdown_().startswith("~~~~python")
    compile(repr(short), "shown", "exec")


def test_a_table_says_where_its_numbers_come_from():
    rows = plots.table([{"a": 1}], "A caption", origin="measured on <2> cores")
    assert "<p>measured on &lt;2&gt; cores</p></details></div>" in rows._repr_html_()
    assert repr(rows).splitlines() == ["A caption", "a", "1", "measured on <2> cores"]
    assert "details" not in plots.table([{"a": 1}], "A caption")._repr_html_()
