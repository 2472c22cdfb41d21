"""Mirrors results/layer_costs.py."""

import jax
import numpy as np
import pytest

from results import layer_costs


@pytest.mark.parametrize("kind", layer_costs.KINDS)
def test_a_layer_keeps_the_shape_and_both_passes_agree(kind):
    compiled = layer_costs.passes(kind, batch=2, length=5, width=6)
    forward, arguments = compiled["forward"]
    both, more = compiled["forward and backward"]
    y, at_weights, at_x = both(*more)
    assert y.shape == at_x.shape == (2, 5, 6)
    np.testing.assert_allclose(forward(*arguments), y, rtol=1e-5, atol=1e-6)
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(at_weights))


@pytest.mark.parametrize("kind", layer_costs.KINDS)
def test_what_is_planned_is_at_least_what_goes_in_and_out(kind):
    compiled, arguments = layer_costs.passes(kind, batch=1, length=7, width=4)["forward"]
    planned = layer_costs.planned_bytes(compiled)
    assert planned is None or planned >= sum(x.nbytes for x in jax.tree.leaves(arguments))


def test_a_backend_that_does_not_say_gives_none():
    class Silent:
        def memory_analysis(self):
            return None

    class Unable:
        def memory_analysis(self):
            raise NotImplementedError

    assert layer_costs.planned_bytes(Silent()) is None
    assert layer_costs.planned_bytes(Unable()) is None


def test_the_process_is_seen_to_grow_where_that_can_be_seen():
    grown = layer_costs.process_growth(lambda: np.ones(8_000_000).sum())
    assert grown is None or grown > 0.9 * 64e6


def test_the_exponent_of_a_power_is_found_and_its_deviation_is_a_share():
    lengths = np.array([16, 32, 64, 128])
    assert layer_costs.exponent(lengths, 3.0 * lengths**1.5) == pytest.approx((1.5, 0), abs=1e-9)
    slope, off = layer_costs.exponent(lengths, lengths**2 * np.array([1, 1.1, 1 / 1.1, 1]))
    assert slope == pytest.approx(2, abs=0.06)
    assert 0.05 < off < 0.15


def test_rows_have_a_time_and_exponents_leave_short_lengths_out():
    rows = [
        row
        for length in (4, 8, 16)
        for row in layer_costs.measure("one sequence", 1, length, 8, kinds=("convolution",))
    ]
    assert {row["pass"] for row in rows} == {"forward", "forward and backward"}
    assert all(row["ms"] > 0 for row in rows)
    fitted = layer_costs.exponents(rows, start=8)
    assert [row["points"] for row in fitted if row["of"] == "ms"] == [2, 2]
