"""Mirrors encdec_lib/plots/images.py."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from encdec_lib.plots import images as image_plots


@pytest.fixture(autouse=True)
def no_windows():
    plt.switch_backend("agg")
    yield
    plt.close("all")


def test_ink_is_dark_on_white():
    ax = plt.subplots()[1]
    image_plots.picture(np.array([[[0.0], [1.0]]]), ax)
    drawn = ax.images[0]
    colors = drawn.cmap(drawn.norm(np.asarray(drawn.get_array())))
    np.testing.assert_allclose(colors[0, 0, :3], 1)
    np.testing.assert_allclose(colors[0, 1, :3], 0)


def test_every_class_has_its_colour_and_every_region_its_digit():
    labels = np.zeros((32, 32), int)
    labels[2:6, 3:7] = 4  # a three
    labels[20:24, 3:7] = 4  # another
    labels[10:14, 27:31] = 10  # a nine, at the right border
    labels[30, 30] = 2  # one pixel: too small for a name
    ax = plt.subplots()[1]
    image_plots.label_map(labels, ax)
    assert sorted(text.get_text() for text in ax.texts) == ["3", "3", "9"]
    for text in ax.texts:
        assert 0 <= text.get_position()[0] < 32
    drawn = ax.images[0]
    shown = drawn.cmap(drawn.norm(np.asarray(drawn.get_array())))
    wanted = [plt.matplotlib.colors.to_rgb(image_plots.CLASS_COLORS[k]) for k in (4, 10, 0)]
    np.testing.assert_allclose([shown[2, 3, :3], shown[10, 27, :3], shown[0, 0, :3]], wanted)


def test_the_colours_differ():
    assert len(set(image_plots.CLASS_COLORS)) == 11


def test_a_gallery_has_a_row_a_name_and_a_column_a_picture():
    pictures = np.zeros((3, 8, 8, 1), np.float32)
    figure = image_plots.gallery({"scene": pictures, "class": np.ones((3, 8, 8), int)})
    assert len(figure.axes) == 6
    assert [ax.get_ylabel() for ax in figure.axes if ax.get_ylabel()] == ["scene", "class"]


def test_a_gallery_of_unequal_rows_is_an_error():
    with pytest.raises(ValueError, match=r"as many pictures each; got \[2, 3\]"):
        image_plots.gallery({"a": np.zeros((3, 8, 8)), "b": np.zeros((2, 8, 8))})


def test_feature_maps_pass_over_channels_that_never_fire():
    maps = np.zeros((4, 4, 5), np.float32)
    maps[0, 0, [1, 3]] = 2.0, 5.0
    figure = image_plots.feature_maps([maps], ["4×4"], shown=4)
    drawn = [ax for ax in figure.axes if ax.images]
    assert len(figure.axes) == 4 and len(drawn) == 2
    assert [ax.images[0].get_array().max() for ax in drawn] == [2.0, 5.0]


def test_bars_are_the_probabilities():
    ax = plt.subplots()[1]
    p = np.arange(11) / 55
    image_plots.class_bars(p, ax)
    np.testing.assert_allclose([bar.get_width() for bar in ax.patches], p)
    assert ax.get_yticklabels()[4].get_text() == "three"
