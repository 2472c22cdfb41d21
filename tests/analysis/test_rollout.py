"""Mirrors encdec_lib/analysis/rollout.py."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from encdec_lib.analysis.rollout import attention_rollout

B, H, T, LAYERS = 2, 3, 5, 4


def maps(seed=0):
    """Random weights of every layer, rows adding up to 1."""
    logits = 2 * np.random.default_rng(seed).normal(size=(LAYERS, B, H, T, T))
    return [jax.nn.softmax(jnp.asarray(layer, jnp.float32)) for layer in logits]


def by_paths(layers, around, b, t, s):
    """All ways from input s to output t: at each layer stay, or step along the mean of heads."""
    total = 0.0
    for between in itertools.product(range(T), repeat=LAYERS - 1):
        way, share = (s, *between, t), 1.0
        for layer, here, there in zip(layers, way[:-1], way[1:], strict=True):
            mean = sum(np.float64(layer[b, n, there, here]) for n in range(H)) / H
            share *= around * (here == there) + (1 - around) * mean
        total += share
    return total


@pytest.mark.parametrize("around", [0, 0.3])
def test_is_the_sum_over_all_ways_through_the_layers(around):
    layers = [np.asarray(layer) for layer in maps()]
    rolled = attention_rollout(maps(), around)
    assert rolled.shape == (B, T, T)
    for b, t, s in [(0, 0, 0), (0, 3, 1), (1, 1, 3), (1, 4, 2)]:
        np.testing.assert_allclose(rolled[b, t, s], by_paths(layers, around, b, t, s), rtol=1e-5)


def test_half_goes_around_unless_told_otherwise():
    np.testing.assert_array_equal(attention_rollout(maps()), attention_rollout(maps(), 0.5))


@pytest.mark.parametrize("around", [0, 0.5, 1])
def test_rows_add_up_to_one_and_all_that_goes_around_stays(around):
    rolled = attention_rollout(maps(), around)
    np.testing.assert_allclose(rolled.sum(-1), 1, rtol=1e-5)
    assert (np.asarray(rolled) >= 0).all()
    if around == 1:
        np.testing.assert_array_equal(rolled, np.tile(np.eye(T), (B, 1, 1)))


@pytest.mark.parametrize(
    ("layers", "around", "message"),
    [
        ([], 0.5, "at least one layer; got none"),
        (maps(), -0.1, r"residual_share must lie in \[0, 1\]; got -0.1"),
        (maps(), 1.5, r"residual_share must lie in \[0, 1\]; got 1.5"),
    ],
)
def test_bad_inputs_are_named(layers, around, message):
    with pytest.raises(ValueError, match=message):
        attention_rollout(layers, around)
