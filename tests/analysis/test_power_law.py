"""Mirrors encdec_lib/analysis/power_law.py: laws that are known, and scatter that is."""

import numpy as np
import pytest

from encdec_lib.analysis.power_law import power_law

SIZES = np.geomspace(3e3, 7e5, 11)


@pytest.mark.parametrize(("floor", "exponent", "unit"), [(0.2, 0.7, 5e3), (1.7, 0.08, 1e4)])
def test_a_law_is_found_again(floor, exponent, unit):
    law = power_law(SIZES, floor + (unit / SIZES) ** exponent)
    np.testing.assert_allclose(law[:3], (floor, exponent, unit), rtol=1e-3)
    np.testing.assert_allclose(law(SIZES), floor + (unit / SIZES) ** exponent, rtol=1e-5)
    assert law.exponent_error < 1e-3


def test_the_error_is_that_of_repeated_experiments():
    rng = np.random.default_rng(0)
    exact = 0.2 + (5e3 / SIZES) ** 0.7
    laws = [power_law(SIZES, exact * np.exp(rng.normal(0, 0.03, 11))) for _ in range(300)]
    spread = np.std([law.exponent for law in laws])
    said = np.median([law.exponent_error for law in laws])
    assert 0.75 * spread < said < 1.25 * spread
    inside = [abs(law.exponent - 0.7) < 2 * law.exponent_error for law in laws]
    assert 0.85 < np.mean(inside) < 0.99


def test_without_a_floor_it_is_a_straight_line():
    law = power_law(SIZES, (5e3 / SIZES) ** 0.3)
    assert law.floor < 0.01 and law.exponent == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize(
    ("sizes", "losses"),
    [
        ([1, 2, 3, 4], [1, 1, 1]),
        ([1, 2, 2, 3], [1, 2, 3, 4]),
        ([1, 2, 3, 4], [1, 2, 3, 0]),
        ([[1, 2, 3, 4]], [[1, 2, 3, 4]]),
        ([1, 2, 3, np.nan], [1, 2, 3, 4]),
    ],
)
def test_what_cannot_be_fitted_is_refused(sizes, losses):
    with pytest.raises(ValueError, match=r"^(sizes|losses)"):
        power_law(np.array(sizes), np.array(losses))
