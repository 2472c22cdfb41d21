"""Mirrors encdec_lib/pretrained/preprocessing.py."""

import jax.numpy as jnp
import numpy as np
import pytest

from encdec_lib.pretrained.preprocessing import prepare


@pytest.mark.parametrize("shape", [(41, 53), (5, 7), (23, 23), (90, 11)], ids=str)
def test_prepare_resizes_as_pillow_does(shape):
    Image = pytest.importorskip("PIL.Image")
    pixels = np.random.default_rng(0).integers(0, 256, (2, *shape, 3)).astype(np.uint8)
    mine = np.asarray(prepare(pixels, 23))
    assert mine.shape == (2, 23, 23, 3) and mine.dtype == np.float32
    for b in range(2):
        # Colour by colour in float32: the same weights, but for rounding.
        for c in range(3):
            grey = Image.fromarray(pixels[b, ..., c].astype(np.float32))
            wanted = np.asarray(grey.resize((23, 23), Image.Resampling.BILINEAR))
            np.testing.assert_allclose(mine[b, ..., c], wanted / 127.5 - 1, atol=1e-5)
        # In bytes Pillow rounds after rows and after columns: less than 1 of 255 in all.
        wanted = Image.fromarray(pixels[b]).resize((23, 23), Image.Resampling.BILINEAR)
        error = np.abs(mine[b] - (np.asarray(wanted) / 127.5 - 1))
        assert error.max() < 1.2 / 127.5


def test_prepare_takes_bytes_numbers_and_grey_alike():
    pixels = np.random.default_rng(0).integers(0, 256, (2, 11, 13, 1)).astype(np.uint8)
    x = prepare(pixels)
    assert x.shape == (2, 224, 224, 3)
    numbers = pixels.astype(np.float32) / 255
    np.testing.assert_allclose(prepare(numbers), x, atol=1e-6)
    np.testing.assert_allclose(prepare(jnp.asarray(numbers).repeat(3, axis=3)), x, atol=1e-6)
    assert x.min() >= -1 and x.max() <= 1


def test_prepare_names_what_does_not_fit(as_reader):
    with pytest.raises(ValueError, match=r"images must be \(B, H, W, C\).*got \(5, 5, 3\)"):
        prepare(np.zeros((5, 5, 3), np.float32))
    for shape in ((1, 5, 5, 4), (0, 5, 5, 3)):
        with pytest.raises(ValueError, match="images must be"):
            prepare(np.zeros(shape, np.float32))
    for bad in (1.1, -0.1, np.nan):
        with pytest.raises(ValueError, match="images must have numbers from 0 to 1, or be uint8"):
            prepare(np.full((1, 5, 5, 3), bad, np.float32))
    with pytest.raises(ValueError, match="side must be at least 1; got 0"):
        prepare(np.zeros((1, 5, 5, 3), np.float32), 0)
