"""Mirrors encdec_lib/plots/tokens.py."""

import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import pytest

from encdec_lib.data.image_tokens import FIRST, Codebook
from encdec_lib.models.decoder_only import prefix_mask
from encdec_lib.plots import tokens as token_plots


@pytest.fixture(autouse=True)
def no_windows():
    plt.switch_backend("agg")
    yield
    plt.close("all")


def book(codes=5, patch=2, side=6):
    patches = np.linspace(0, 1, codes)[:, None] * np.ones((codes, patch * patch))
    return Codebook(patches.astype(np.float32), patch, side)


def images(count=3, side=6):
    return np.random.default_rng(0).uniform(0, 1, (count, side, side, 1)).astype(np.float32)


def shown(ax):
    return np.asarray(ax.images[0].get_array())


def test_every_code_is_a_square_in_the_order_of_the_tokens():
    one = book()
    figure = token_plots.codebook(one, columns=3)
    (ax,) = figure.axes
    sheet = ax.images[0].get_array()
    assert sheet.shape == (7, 10)
    for k, code in enumerate(one.patches):
        top, left = 1 + 3 * (k // 3), 1 + 3 * (k % 3)
        np.testing.assert_allclose(sheet[top : top + 2, left : left + 2].ravel(), code)
    assert [text.get_text() for text in ax.get_yticklabels()] == [str(FIRST), str(FIRST + 3)]


def test_a_small_codebook_takes_one_row():
    (ax,) = token_plots.codebook(book(2)).axes
    assert ax.images[0].get_array().shape == (4, 7)


def test_image_tokens_and_rebuilt_stand_below_each_other():
    one, three = book(), images()
    figure = token_plots.as_tokens(one, three)
    assert [ax.get_ylabel() for ax in figure.axes[::3]] == ["image", "tokens", "rebuilt"]
    tokens = one.encode(three)
    for n in range(3):
        np.testing.assert_allclose(shown(figure.axes[n]), three[n, :, :, 0])
        np.testing.assert_array_equal(shown(figure.axes[3 + n]).ravel(), tokens[n])
        rebuilt = one.decode(tokens)[n, :, :, 0]
        np.testing.assert_allclose(shown(figure.axes[6 + n]), rebuilt)


def test_the_mask_is_drawn_cell_by_cell():
    seen = np.asarray(prefix_mask(jnp.ones((1, 2), bool), 3))[0]
    ax = token_plots.mask(seen, ["a", "two"], ["<bos>", "5", "7"], plt.subplots()[1], "full")
    kinds = shown(ax)
    np.testing.assert_array_equal(kinds > 0, seen)
    assert (kinds[:2, :2] == 1).all() and (kinds[2:, :2] == 2).all() and kinds[3, 3] == 3
    assert [text.get_text() for text in ax.get_xticklabels()] == ["a", "two", "<bos>", "5", "7"]


def test_a_mask_without_a_name_a_row_is_an_error():
    with pytest.raises(ValueError, match="a row a name, 3; got 2"):
        token_plots.mask(np.ones((2, 2), bool), ["a"], ["b", "c"], plt.subplots()[1])


def test_pictures_say_what_was_asked_for_and_what_was_read():
    figure = token_plots.pictures(images(), ["a two", "a six", "a one"], ["a two", "a five", ""], 2)
    notes = [ax.get_xlabel() for ax in figure.axes[:3]]
    assert notes == ["✓ a two", "✗ a six\nread: a five", "✗ a one\nread: nothing"]
    assert len(figure.axes) == 4 and not figure.axes[3].axison


def test_pictures_without_a_reader_have_their_captions():
    figure = token_plots.pictures(images(2), ["a two", "a six"], columns=2)
    assert [ax.get_xlabel() for ax in figure.axes] == ["a two", "a six"]


def test_a_caption_for_every_picture():
    with pytest.raises(ValueError, match="3 entries, one a picture; got 1 and None"):
        token_plots.pictures(images(), ["a two"])


def test_costs_are_drawn_below_their_images_on_one_scale():
    nats = np.arange(27.0).reshape(3, 9)
    figure = token_plots.costs(images(), nats)
    for n in range(3):
        np.testing.assert_allclose(shown(figure.axes[3 + n]).ravel(), nats[n])
        assert figure.axes[3 + n].images[0].get_clim() == (0, 26)
    assert figure.axes[-1].get_ylabel() == "nats"


def test_what_is_not_written_yet_is_covered():
    one = images(1)[0]
    figure = token_plots.growth({3: (one, 2), 9: (one, 6)})
    covers = [ax.patches[0] for ax in figure.axes]
    assert [round(cover.get_height(), 3) for cover in covers] == [4, 0]
    assert [ax.get_xlabel() for ax in figure.axes] == ["3 tokens", "9 tokens"]
