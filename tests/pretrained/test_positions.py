"""Mirrors encdec_lib/pretrained/positions.py."""

import math

import numpy as np
import pytest

from encdec_lib.pretrained.positions import resized_positions

D = 3


def table(old, first=1, seed=0):
    return np.random.default_rng(seed).normal(size=(1, first + old**2, D)).astype(np.float32)


def by_loops(grid, new):
    """Bicubic by a cubic through each place's four neighbours, first along, then down.

    The cubic is written as Hermite's: through the two inner points, with slopes that are 0.75 of
    the differences of their neighbours' values. That is Keys' kernel with a = -0.75.
    """
    old = len(grid)

    def cubic(p, t):
        left, right = 0.75 * (p[2] - p[0]), 0.75 * (p[3] - p[1])
        return (
            (2 * t**3 - 3 * t**2 + 1) * p[1]
            + (t**3 - 2 * t**2 + t) * left
            + (-2 * t**3 + 3 * t**2) * p[2]
            + (t**3 - t**2) * right
        )

    def at(k):
        return min(max(k, 0), old - 1)

    out = np.zeros((new, new, grid.shape[2]))
    for i in range(new):
        y = (2 * i + 1) * old / (2 * new) - 0.5
        for j in range(new):
            x = (2 * j + 1) * old / (2 * new) - 0.5
            top, left = math.floor(y), math.floor(x)
            rows = [
                cubic([grid[at(top + a), at(left + b)] for b in range(-1, 3)], x - left)
                for a in range(-1, 3)
            ]
            out[i, j] = cubic(rows, y - top)
    return out


@pytest.mark.parametrize(("old", "new"), [(5, 7), (7, 5), (2, 11), (3, 6), (1, 3), (5, 1), (7, 7)])
def test_it_is_bicubic_and_leaves_the_first_alone(old, new):
    positions = table(old, first=2)
    resized = resized_positions(positions, new, first=2)
    assert resized.shape == (1, 2 + new**2, D) and resized.dtype == np.float32
    np.testing.assert_array_equal(resized[:, :2], positions[:, :2])
    wanted = by_loops(positions[0, 2:].astype(np.float64).reshape(old, old, D), new)
    np.testing.assert_allclose(resized[0, 2:].reshape(new, new, D), wanted, atol=1e-6)


def test_the_same_size_changes_nothing():
    np.testing.assert_array_equal(resized_positions(table(5), 5, first=1), table(5))


def test_rows_stay_rows():
    """A grid that grows downwards only gives one that does."""
    rows = np.repeat(np.arange(5, dtype=np.float32), 5)[None, :, None]
    wide = resized_positions(rows, 10)[0, :, 0].reshape(10, 10)
    np.testing.assert_allclose(wide, np.repeat(wide[:, :1], 10, axis=1), atol=1e-6)
    assert (np.diff(wide[1:-1, 0]) > 0).all()  # at the edge a cubic may overshoot


@pytest.mark.parity
@pytest.mark.parametrize(("old", "new"), [(14, 24), (14, 7), (5, 11), (7, 2)])
def test_it_is_what_torch_gives(old, new):
    torch = pytest.importorskip("torch")
    positions = table(old, first=0)
    square = torch.from_numpy(positions.reshape(1, old, old, D)).permute(0, 3, 1, 2)
    wanted = torch.nn.functional.interpolate(
        square, size=(new, new), mode="bicubic", align_corners=False
    )
    wanted = wanted.permute(0, 2, 3, 1).reshape(1, -1, D)
    np.testing.assert_allclose(resized_positions(positions, new), wanted, atol=1e-5)


def test_what_is_no_grid_is_named_in_the_error():
    with pytest.raises(ValueError, match=r"positions must be a square grid after the 0 first; got"):
        resized_positions(table(5), 3)
    with pytest.raises(ValueError, match="positions must be a square grid after the 1 first"):
        resized_positions(table(5)[:, :1], 3, first=1)
    with pytest.raises(ValueError, match="grid must be at least 1; got 0"):
        resized_positions(table(5), 0, first=1)
