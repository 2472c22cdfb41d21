"""Mirrors encdec_lib/data/scenes.py."""

import numpy as np
import pytest

from encdec_lib.data import digits, scenes
from encdec_lib.data.digits import Digits


@pytest.fixture(scope="module")
def handwriting():
    return digits.load(14).dev


@pytest.fixture(scope="module")
def drawn(handwriting):
    return scenes.draw(handwriting, 211, most=4, seed=3)


def test_shapes_and_values(drawn):
    assert drawn.images.shape == (211, 32, 32, 1) and drawn.images.dtype == np.float32
    assert drawn.masks.shape == (211, 32, 32)
    assert drawn.images.min() >= 0 and drawn.images.max() <= 1
    assert set(np.unique(drawn.masks)) == set(range(11))


def test_every_number_of_digits_comes_up_about_equally(drawn):
    counts = np.bincount([len(layout) for layout in drawn.layouts], minlength=5)
    assert counts[0] == 0 and counts[1:].min() > 30


def test_the_mask_is_where_the_ink_is(handwriting):
    clean = scenes.draw(handwriting, 50, noise=0.0, overlap=0.0, seed=1)
    np.testing.assert_array_equal(clean.masks > 0, clean.images[..., 0] > scenes.INK)
    for mask, layout in zip(clean.masks, clean.layouts, strict=True):
        rest = mask.copy()
        for label, top, left, bottom, right in layout:
            window = mask[top:bottom, left:right]
            assert set(np.unique(window)) <= {0, label + 1}
            assert (window == label + 1).any(axis=1)[[0, -1]].all()  # ink touches each side
            rest[top:bottom, left:right] = 0
        assert not rest.any()


def test_rectangles_cover_no_more_than_asked(handwriting):
    for overlap in (0.0, 0.2):
        made = scenes.draw(handwriting, 60, most=4, fewest=4, overlap=overlap, seed=2)
        worst = 0.0
        for layout in made.layouts:
            for i, a in enumerate(layout):
                for b in layout[:i]:
                    high = min(a.bottom, b.bottom) - max(a.top, b.top)
                    wide = min(a.right, b.right) - max(a.left, b.left)
                    areas = [(p.bottom - p.top) * (p.right - p.left) for p in (a, b)]
                    worst = max(worst, max(high, 0) * max(wide, 0) / min(areas))
        assert worst <= overlap
    assert worst > 0  # overlaps do occur where they may


def test_a_margin_keeps_rectangles_apart(handwriting):
    made = scenes.draw(handwriting, 60, most=3, fewest=3, overlap=0.0, margin=2, seed=2)
    for layout in made.layouts:
        for i, a in enumerate(layout):
            for b in layout[:i]:
                rows = max(a.top, b.top) - min(a.bottom, b.bottom)
                columns = max(a.left, b.left) - min(a.right, b.right)
                assert max(rows, columns) >= 2


def test_a_later_digit_covers_an_earlier_one():
    squares = Digits(np.ones((2, 4, 4), np.float32), np.array([2, 5], np.int32))
    made = scenes.draw(squares, 40, most=2, fewest=2, side=6, overlap=1.0, noise=0.0, seed=0)
    for mask, layout in zip(made.masks, made.layouts, strict=True):
        label, top, left, bottom, right = layout[-1]
        assert (mask[top:bottom, left:right] == label + 1).all()


def test_the_same_seed_draws_the_same(handwriting):
    a, b, c = (scenes.draw(handwriting, 7, seed=seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(a.images, b.images)
    assert a.layouts == b.layouts != c.layouts


def test_take_keeps_image_mask_and_layout_together(drawn):
    part = drawn.take([5, 2])
    np.testing.assert_array_equal(part.masks, drawn.masks[[5, 2]])
    assert part.layouts == [drawn.layouts[5], drawn.layouts[2]] and len(part) == 2


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"count": 0}, "at least 1 scene and 1 image; got 0 and 499"),
        ({"fewest": 0}, "fewest must be at least 1.*fewest=0.*without a digit has nothing"),
        ({"fewest": 3, "most": 2}, "at most `most`; got fewest=3, most=2"),
        ({"side": 8}, r"side must be at least the largest digit, 1\d pixels; got 8"),
        ({"overlap": 1.5}, r"overlap must lie in \[0, 1\].*1.5"),
        ({"noise": -0.1}, "noise and margin must not be negative.*-0.1"),
        ({"most": 30, "fewest": 30}, "most=30 digits.*find no place on a canvas of 32×32"),
    ],
)
def test_bad_settings_are_named(handwriting, settings, message):
    with pytest.raises(ValueError, match=message):
        scenes.draw(handwriting, settings.pop("count", 3), **settings)


def test_an_image_without_ink_is_named():
    empty = Digits(np.zeros((1, 5, 5), np.float32), np.zeros(1, np.int32))
    with pytest.raises(ValueError, match="image without ink, of largest value 0"):
        scenes.draw(empty, 1)
