"""Mirrors encdec_lib/analysis/power_law.py."""

import numpy as np
import pytest
from scipy.optimize import curve_fit

from encdec_lib.analysis.power_law import (
    PowerLaw,
    bootstrap_power_law,
    fit_power_law,
    leave_one_out,
)

SIZES = np.array([3e3, 7e3, 2e4, 5e4, 1.3e5, 4e5, 1.1e6])
TRUE = PowerLaw(offset=0.19, scale=11.0, exponent=0.37)


def noisy(law, share, seed=0, repeat=1):
    x = np.repeat(SIZES, repeat)
    return x, law.at(x) * np.exp(share * np.random.default_rng(seed).normal(size=len(x)))


@pytest.mark.parametrize("law", [TRUE, TRUE._replace(offset=0.0), PowerLaw(0.6, 1e3, 1.1)])
def test_a_law_without_noise_is_found(law):
    np.testing.assert_allclose(fit_power_law(SIZES, law.at(SIZES)), law, rtol=1e-4, atol=1e-6)


def test_without_an_offset_it_is_a_straight_line():
    x, y = noisy(TRUE._replace(offset=0.0), 0.02)
    found = fit_power_law(x, y, offset=False)
    slope, at_0 = np.polyfit(np.log(x), np.log(y), 1)
    np.testing.assert_allclose(found, (0, np.exp(at_0), -slope), rtol=1e-9)


def test_another_optimiser_finds_the_same():
    x, y = noisy(TRUE, 0.02)
    found = fit_power_law(x, y)

    def log_law(x, offset, log_scale, exponent):
        return np.log(offset + np.exp(log_scale) * x**-exponent)

    other, _ = curve_fit(log_law, x, np.log(y), p0=(0.1, 2.0, 0.3), method="lm", maxfev=10_000)
    assert found.offset == pytest.approx(other[0], rel=1e-3)
    assert found.exponent == pytest.approx(other[2], rel=1e-3)


def test_an_offset_that_is_left_out_makes_the_exponent_too_small():
    assert fit_power_law(SIZES, TRUE.at(SIZES), offset=False).exponent < 0.8 * TRUE.exponent


def test_leaving_sizes_out_prefers_the_law_that_holds():
    with_offset, without = noisy(TRUE, 0.005), noisy(TRUE._replace(offset=0.0), 0.005)
    assert leave_one_out(*with_offset) < 0.5 * leave_one_out(*with_offset, offset=False)
    assert leave_one_out(*without, offset=False) < 1.1 * leave_one_out(*without)
    assert leave_one_out(*without, offset=False) == pytest.approx(0.005, rel=0.6)


def test_the_spread_holds_the_law_and_grows_with_the_noise():
    narrow, wide = (bootstrap_power_law(*noisy(TRUE, s), draws=20) for s in (0.005, 0.05))
    for spread in (narrow, wide):
        assert spread.low.exponent <= spread.law.exponent <= spread.high.exponent
        assert len(spread.draws) == 20
    assert narrow.low.exponent < TRUE.exponent < narrow.high.exponent
    widths = [s.high.exponent - s.low.exponent for s in (narrow, wide)]
    assert widths[1] > 3 * widths[0]


@pytest.mark.slow
def test_nine_spreads_of_ten_hold_the_truth():
    """Of 60 data sets with two seeds a size; a bootstrap of few points is a little too narrow."""
    law = TRUE._replace(offset=0.0)
    spreads = [
        bootstrap_power_law(*noisy(law, 0.03, seed, repeat=2), offset=False, draws=100)
        for seed in range(60)
    ]
    held = np.mean([s.low.exponent <= law.exponent <= s.high.exponent for s in spreads])
    assert 0.7 < held < 0.98


def test_the_same_seed_draws_the_same():
    one, two, other = (
        bootstrap_power_law(*noisy(TRUE, 0.02), draws=7, offset=False, seed=s) for s in (0, 0, 1)
    )
    assert one == two and one.draws != other.draws and one.law == other.law


def test_a_cliff_and_a_plain_stay_finite():
    steep = fit_power_law([1e5, 2e5, 3e5, 4e5], [900.0, 0.5, 0.5, 0.5])
    assert np.isfinite(steep).all() and steep.exponent <= 20
    assert fit_power_law([1.0, 2.0, 4.0], [0.5, 0.5, 0.5], offset=False).exponent == (
        pytest.approx(0, abs=1e-12)
    )


@pytest.mark.parametrize(
    "sizes, losses, said",
    [
        ([1, 2, 3], [1, 2], r"lists of one length; got \(3,\), \(2,\)"),
        ([1, 2, 0], [1, 1, 1], "sizes must be above 0; got 0"),
        ([1, 2, 3], [1, -1, 1], "losses must be above 0; got -1"),
        ([1, 2, 2], [3, 2, 1], "at least 3 different numbers, as many as are fitted; got 2"),
        ([1, 2, np.inf], [3, 2, 1], "sizes must be finite"),
    ],
)
def test_bad_points_are_refused(sizes, losses, said):
    with pytest.raises(ValueError, match=said):
        fit_power_law(sizes, losses)


def test_too_few_sizes_to_draw_from_are_refused():
    with pytest.raises(ValueError, match="at least 4 different numbers to be drawn from; got 3"):
        bootstrap_power_law([1, 2, 3], [3, 2, 1])
    with pytest.raises(ValueError, match="draws must be at least 1; got 0"):
        bootstrap_power_law([1, 2, 3, 4], [4, 3, 2, 1], draws=0)
