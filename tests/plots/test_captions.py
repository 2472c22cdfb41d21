"""Mirrors encdec_lib/plots/captions.py."""

import io

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402

from encdec_lib.analysis import word_maps  # noqa: E402
from encdec_lib.data.scenes import Placed  # noqa: E402
from encdec_lib.plots import captions as caption_maps  # noqa: E402


@pytest.fixture(autouse=True)
def closed_figures():
    with matplotlib.rc_context():
        yield
    plt.close("all")


def random_weights(*shape):
    weights = np.random.default_rng(0).random(shape)
    return weights / weights.sum(axis=-1, keepdims=True)


def test_a_grid_is_filled_row_by_row():
    grid = caption_maps.as_grid(np.arange(9))
    for row in range(3):
        for column in range(3):
            assert grid[row, column] == 3 * row + column


@pytest.mark.parametrize("shape", [(5,), (4, 4), ()])
def test_no_square_grid_is_an_error(shape):
    with pytest.raises(ValueError, match=r"square grid.*Of several heads or words, pass one"):
        caption_maps.as_grid(np.zeros(shape))


def test_the_weight_on_a_digit_is_that_of_its_pixels():
    weights, cell, side = random_weights(25), 3, 15
    layout = [Placed(3, 1, 2, 8, 5), Placed(7, 9, 6, 15, 15), Placed(1, 0, 0, 15, 15)]
    truth = []
    for p in layout:
        share = 0.0
        for row in range(p.top, p.bottom):
            for column in range(p.left, p.right):
                share += weights[5 * (row // cell) + column // cell] / cell**2
        truth.append(share)
    got = word_maps.weight_on(weights, layout, side)
    np.testing.assert_allclose(got, truth)
    assert got[2] == pytest.approx(1)  # the whole picture


def test_cells_must_divide_the_picture():
    with pytest.raises(ValueError, match="multiple of the 3 cells in a row; got 10 pixels"):
        word_maps.weight_on(np.zeros(9), [], 10)


def test_no_weight_hides_nothing_and_the_most_is_the_colour_of_attention():
    ax = plt.subplots()[1]
    drawn = caption_maps.overlay(np.array([0.0, 0.5, 0.2, 0.3]), np.zeros((8, 8, 1)), ax)
    colors = drawn.cmap(drawn.norm(np.asarray(drawn.get_array())))
    assert colors[0, 0, 3] == 0
    np.testing.assert_allclose(
        colors[0, 1, :3], matplotlib.colors.to_rgb(caption_maps.ATTENTION), atol=0.01
    )
    assert 0 < colors[1, 0, 3] < colors[1, 1, 3] < colors[0, 1, 3]


def test_the_map_lies_over_the_whole_picture():
    ax = plt.subplots()[1]
    drawn = caption_maps.overlay(random_weights(4), np.zeros((8, 8)), ax)
    assert list(drawn.get_extent()) == list(ax.images[0].get_extent())


def test_a_map_of_zeros_is_drawn():
    drawn = caption_maps.overlay(np.zeros(4), np.zeros((8, 8)), plt.subplots()[1])
    assert drawn.get_clim() == (0, 1)


def test_every_word_has_its_picture_and_one_scale_holds_for_all():
    words, weights = ["a", "two", "above", "a", "six"], random_weights(5, 16)
    layout = [Placed(2, 0, 0, 3, 3), Placed(6, 4, 1, 8, 4)]
    figure = caption_maps.word_maps(np.zeros((8, 8, 1)), words, weights, layout=layout, columns=3)
    shown = [ax for ax in figure.axes if len(ax.images) == 2]
    assert [ax.get_title() for ax in shown] == words
    for ax, row in zip(shown, weights, strict=True):
        np.testing.assert_allclose(ax.images[1].get_array(), row.reshape(4, 4))
        assert ax.images[1].get_clim() == (0, weights.max())
        assert len(ax.patches) == 2
    figure.savefig(io.BytesIO(), format="svg")  # a missing glyph would be a warning, thus an error


@pytest.mark.parametrize("shape", [(3, 16), (2, 1, 16), (16,)])
def test_words_and_rows_must_match(shape):
    with pytest.raises(ValueError, match=r"a row a word, \(T, M\) with T = 2"):
        caption_maps.word_maps(np.zeros((8, 8)), ["a", "two"], np.zeros(shape))


def run(one, two, three):
    return {"1": {"placed": one}, "2": {"placed": two}, "3": {"placed": three}}


def test_means_and_ranges_of_the_seeds_are_drawn():
    nan = float("nan")  # one digit has no relation
    found = {
        "one vector": [run(nan, 40.0, 20.0), run(nan, 60.0, 22.0), run(nan, 44.0, 27.0)],
        "attention": [run(nan, 90.0, 80.0)],
    }
    ax = caption_maps.quality_by_digits(found, "placed", ylabel="relations right (%)")
    lines = [line for line in ax.lines if line.get_label() in found]
    np.testing.assert_allclose(lines[0].get_ydata(), [48, 23])
    np.testing.assert_allclose(lines[1].get_ydata(), [90, 80])
    np.testing.assert_allclose(np.round(lines[0].get_xdata()), [2, 3])
    bars = [bar for bar in ax.containers if hasattr(bar, "has_yerr")]
    (segments,) = [line.get_segments() for line in bars[0][2]]
    np.testing.assert_allclose([s[:, 1] for s in segments], [[40, 60], [20, 27]])
    assert lines[0].get_color() != lines[1].get_color()
    assert ax.get_ylabel() == "relations right (%)"


@pytest.mark.parametrize("runs", [[], [{"1": {"exact": 3.0}}]])
def test_a_model_without_the_score_is_named(runs):
    with pytest.raises(ValueError, match="'one vector' needs at least one run.*'placed'"):
        caption_maps.quality_by_digits({"one vector": runs}, "placed")
