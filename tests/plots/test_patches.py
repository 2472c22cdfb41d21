"""Mirrors encdec_lib/plots/patches.py."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from encdec_lib.plots import patches as patch_plots


@pytest.fixture(autouse=True)
def no_windows():
    plt.switch_backend("agg")
    yield
    plt.close("all")


def drawn(ax):
    image = ax.images[0]
    values = np.asarray(image.get_array())
    return values if values.ndim == 3 else image.cmap(image.norm(values))[..., :3]


def test_every_patch_is_drawn_once_in_its_order():
    image = np.zeros((6, 4))
    image[2:4, 2:4] = 1  # the fourth patch of 2×2
    figure = patch_plots.cut_up(image, 2)
    whole, *squares = figure.get_axes()
    assert drawn(whole).shape == (6, 4, 3)
    assert [ax.get_title() for ax in squares] == ["1", "2", "3", "4", "5", "6"]
    assert [bool(drawn(ax).max() < 0.1) for ax in squares] == [False] * 3 + [True] + [False] * 2
    assert len(whole.lines) == 3  # two cuts across, one down


def test_of_several_channels_the_mean_is_drawn():
    image = np.zeros((2, 2, 2))
    image[0, 0] = 1.0, 0.0
    ax = patch_plots.cut_up(image, 1).get_axes()[0]
    np.testing.assert_allclose(np.asarray(ax.images[0].get_array())[0, 0], 0.5)


def test_the_heaviest_patch_is_the_greenest_and_ink_stays_black():
    image = np.zeros((6, 6))
    image[0, 0] = 1.0
    ax = plt.subplots()[1]
    patch_plots.over_patches(image, [0.1, 0.3, 0.0, 0.2], ax)
    colors = drawn(ax)
    np.testing.assert_allclose(colors[0, 0], 0, atol=1e-6)  # ink
    np.testing.assert_allclose(colors[5, 0], 1, atol=0.01)  # weight 0
    red = [colors[1, 1, 0], colors[1, 5, 0], colors[5, 5, 0]]  # the less red, the greener
    assert red[1] < red[2] < red[0] < 1


def test_no_weight_at_all_is_white():
    ax = plt.subplots()[1]
    patch_plots.over_patches(np.zeros((4, 4)), np.zeros(4), ax)
    np.testing.assert_allclose(drawn(ax), 1, atol=0.01)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.ones(5), r"6×6 pixels; got \(5,\). Leave out the class token"),
        (np.ones((2, 2)), r"got \(2, 2\)"),
        (np.array([1.0, -1, 0, 0]), "below 0; got -1.0"),
        (np.ones(0), r"got \(0,\)"),
    ],
)
def test_weights_that_do_not_fit_are_an_error(weights, message):
    with pytest.raises(ValueError, match=message):
        patch_plots.over_patches(np.zeros((6, 6)), weights, plt.subplots()[1])


def test_a_row_an_image_and_a_column_a_map():
    maps = {"layer 1": np.ones((3, 4)), "rollout": np.ones((3, 4))}
    figure = patch_plots.maps_on_images(np.zeros((3, 4, 4, 1)), maps)
    assert len(figure.axes) == 9
    assert [ax.get_title() for ax in figure.axes if ax.get_title()] == ["image", *maps]


def test_maps_for_other_images_are_an_error():
    with pytest.raises(ValueError, match="one row of weights an image, 3; 'top' has 2"):
        patch_plots.maps_on_images(np.zeros((3, 4, 4)), {"top": np.ones((2, 4))})


def test_cosines_against_a_loop():
    positions = np.random.default_rng(0).normal(size=(4, 7))
    alike = patch_plots.similarity(positions)
    for i in range(4):
        for j in range(4):
            a, b = positions[i], positions[j]
            np.testing.assert_allclose(alike[i, j], sum(a * b) / (sum(a * a) * sum(b * b)) ** 0.5)


def test_the_map_of_a_patch_marks_the_patch():
    positions = np.random.default_rng(1).normal(size=(9, 5))
    figure = patch_plots.position_similarity(positions)
    maps = [ax for ax in figure.axes if ax.images and ax.images[0].get_array().shape == (3, 3)]
    assert len(maps) == 9
    for i, ax in enumerate(maps):
        assert np.unravel_index(np.asarray(ax.images[0].get_array()).argmax(), (3, 3)) == divmod(
            i, 3
        )
        assert tuple(ax.patches[0].get_xy()) == (i % 3 - 0.5, i // 3 - 0.5)


def test_positions_that_fill_no_square_are_an_error():
    with pytest.raises(ValueError, match="fill a square; got 5"):
        patch_plots.position_similarity(np.ones((5, 2)))


def test_a_dash_a_seed_and_a_line_through_the_means():
    ax = patch_plots.quality_by_patch({14: [80, 90], 7: [95, 97]}, ("CNN", [98.0, 99.0]))
    mean = ax.lines[0]
    np.testing.assert_allclose(mean.get_ydata(), [96, 85])
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["7", "14"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["ViT", "CNN"]
