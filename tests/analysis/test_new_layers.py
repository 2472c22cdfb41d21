"""Mirrors encdec_lib/analysis/new_layers.py."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.analysis.new_layers import (
    last_gradient,
    random_task,
    reach_of_new,
    share_of_far_steps,
)
from encdec_lib.layers.recurrent import GRU, LSTM, RNN

D, STEPS = 5, 7


def test_the_last_gradient_is_that_of_the_least_expected_symbol():
    layer = GRU(D, D, rngs=nnx.Rngs(1))
    inputs, W_xy = random_task(D, STEPS, seed=2)
    last = layer(inputs)[1][0]
    target = (last @ W_xy).argmin(axis=1)

    def loss(h):
        return -jax.nn.log_softmax(h @ W_xy)[jnp.arange(8), target].sum()

    got = last_gradient(layer, inputs, W_xy)
    np.testing.assert_allclose(got, jax.grad(loss)(last), atol=1e-5)


def test_a_linear_layer_follows_its_spectral_radius():
    def build(rngs):
        return RNN(D, D, activation="linear", rngs=rngs)

    got = reach_of_new(build, (0, 3), steps=STEPS, radius=1.3)
    np.testing.assert_allclose(got, np.tile(1.3 ** np.arange(STEPS + 1), (2, 1)), rtol=1e-4)


@pytest.mark.parametrize("kind", [RNN, GRU, LSTM])
def test_seeds_make_layers_and_size_makes_inputs(kind):
    def build(rngs):
        return kind(D, D, rngs=rngs)

    got = reach_of_new(build, (0, 1), steps=STEPS)
    assert got.shape == (2, STEPS + 1) and not np.allclose(got[0], got[1])
    np.testing.assert_array_equal(got[:, 0], 1)
    assert not np.allclose(got, reach_of_new(build, (0, 1), steps=STEPS, size=0.1))


def test_the_share_of_far_steps_is_that_of_a_loop():
    layer = RNN(D, D, rngs=nnx.Rngs(0))
    inputs, W_xy = random_task(D, STEPS, seed=0)
    W = np.asarray(layer.W_rec[...], np.float64)
    states = np.asarray(layer(inputs)[0], np.float64)
    g = np.asarray(last_gradient(layer, inputs, W_xy), np.float64)
    whole, near = np.zeros((D, D)), np.zeros((D, D))
    for t in reversed(range(STEPS)):
        a = g * (1 - states[:, t] ** 2)
        before = states[:, t - 1] if t else np.zeros_like(g)
        whole += before.T @ a
        near += before.T @ a if t >= STEPS - 3 else 0
        g = a @ W.T
    wanted = np.linalg.norm(whole - near) / np.linalg.norm(whole)
    assert share_of_far_steps(layer, STEPS, 3) == pytest.approx(wanted, rel=1e-3)


def test_wrong_sizes_are_named():
    with pytest.raises(ValueError, match="near must be"):
        share_of_far_steps(RNN(D, D, rngs=nnx.Rngs(0)), STEPS, STEPS)
    with pytest.raises(ValueError, match="steps must be"):
        random_task(D, 0, seed=0)
