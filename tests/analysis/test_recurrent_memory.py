"""Mirrors encdec_lib/analysis/recurrent_memory.py."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.analysis.recurrent_memory import (
    gradient_reach,
    linear_probe,
    probe_symbols,
    set_keep_bias,
    set_spectral_radius,
    spectral_radius,
)
from encdec_lib.layers.recurrent import GRU, LSTM, RNN
from tests.helpers import loops

B, S, E, D, V = 2, 11, 3, 7, 5  # all different primes: a swapped axis can't pass unseen

each_layer = pytest.mark.parametrize("layer", [RNN, GRU, LSTM])


def random(*shape, seed=0):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), jnp.float32)


def linear(radius, width=D):
    return set_spectral_radius(RNN(E, width, activation="linear", rngs=nnx.Rngs(0)), radius)


def test_the_spectral_radius_is_the_growth_of_powers():
    W = np.random.default_rng(0).normal(size=(D, D))
    n = 400
    log_norm, product = 0.0, np.eye(D)
    for _ in range(n):
        product = product @ W
        log_norm += np.log(np.linalg.norm(product))
        product /= np.linalg.norm(product)
    np.testing.assert_allclose(spectral_radius(W), np.exp(log_norm / n), rtol=0.02)


@each_layer
def test_every_block_gets_the_radius_and_keeps_its_direction(layer):
    module = layer(E, D, rngs=nnx.Rngs(0))
    before = np.split(np.asarray(module.W_rec[...]), layer.gates, axis=1)
    assert set_spectral_radius(module, 1.3) is module
    for old, new in zip(
        before, np.split(np.asarray(module.W_rec[...]), layer.gates, 1), strict=True
    ):
        assert spectral_radius(new) == pytest.approx(1.3, rel=1e-4)
        np.testing.assert_allclose(new, 1.3 * old, rtol=1e-4)


def slopes(module, inputs, gradient):
    """dL/dx_t for t from S to 0, by differences in float64: one number of one state at a time."""
    step = loops.STEPS[type(module).__name__]

    def last_h(state, t):
        for u in inputs[t:]:
            state = step(module, u, state)
        return state[0]

    states = [tuple(np.zeros(D) for _ in range(module.num_states))]
    for u in inputs:
        states.append(step(module, u, states[-1]))
    shares = []
    for t in reversed(range(len(inputs) + 1)):
        total = 0.0
        for k in range(module.num_states):
            for d in range(D):
                ends = []
                for sign in (1, -1):
                    moved = [part.copy() for part in states[t]]
                    moved[k][d] += sign * 1e-5
                    ends.append(last_h(tuple(moved), t) @ gradient)
                total += ((ends[0] - ends[1]) / 2e-5) ** 2
        shares.append(np.sqrt(total) / np.linalg.norm(gradient))
    return np.array(shares)


@each_layer
def test_the_reach_is_the_slope_of_the_loss_measured_by_differences(layer):
    module = layer(E, D, rngs=nnx.Rngs(0))
    module.b_in[...] = random(*module.b_in.shape, seed=1)
    inputs, gradient = random(B, S, E, seed=2), random(B, D, seed=3)
    got = np.asarray(gradient_reach(module, inputs, gradient))
    assert got.shape == (B, S + 1)
    for b in range(B):
        wanted = slopes(module, loops.float64(inputs)[b], loops.float64(gradient)[b])
        np.testing.assert_allclose(got[b], wanted, rtol=1e-3)


@pytest.mark.parametrize("radius", [0.5, 1.0, 1.3])
def test_a_linear_system_with_an_orthogonal_matrix_has_the_powers_of_its_radius(radius):
    got = gradient_reach(linear(radius), random(B, 60, E), random(B, D, seed=1))
    wanted = np.tile(float(radius) ** np.arange(61), (B, 1))
    np.testing.assert_allclose(got, wanted, rtol=1e-3)


def test_tiny_and_vast_gradients_neither_vanish_nor_overflow_on_the_way():
    scaled = jnp.array([1e-20, 1e18])[:, None] * random(1, D)
    got = gradient_reach(linear(0.2), random(B, 50, E), scaled)
    np.testing.assert_allclose(got[:, -1], 0.2**50, rtol=1e-3)  # its square is no float32


def test_a_gate_that_is_held_open_reaches_further():
    inputs, gradient = random(B, 40, E), random(B, D, seed=1)
    fresh, held = GRU(E, D, rngs=nnx.Rngs(0)), set_keep_bias(GRU(E, D, rngs=nnx.Rngs(0)), 3)
    ends = [gradient_reach(layer, inputs, gradient)[:, -1] for layer in (fresh, held)]
    assert (ends[1] > 100 * ends[0]).all()
    assert set_keep_bias(LSTM(E, 1, rngs=nnx.Rngs(0)), 3).b_in[...].tolist() == [0, 3, 0, 0]


def test_a_gradient_that_does_not_fit_is_named(as_reader):
    layer, inputs = RNN(E, D, rngs=nnx.Rngs(0)), random(B, S, E)
    with pytest.raises(ValueError, match=r"gradient must have shape \(B, D\) = \(2, 7\); got \(7,"):
        gradient_reach(layer, inputs, random(D))
    with pytest.raises(ValueError, match="gradient must not be 0"):
        gradient_reach(layer, inputs, jnp.zeros((B, D)).at[0].set(1.0))
    with pytest.raises(ValueError, match="radius must be 0 or larger; got -1"):
        set_spectral_radius(layer, -1)
    with pytest.raises(TypeError, match="must have a gate, a GRU or an LSTM; got RNN"):
        set_keep_bias(layer, 3)
    with pytest.raises(ValueError, match=r"matrix must be square, shape \(D, D\); got \(2, 3\)"):
        spectral_radius(np.ones((2, 3)))


def test_the_probe_solves_its_least_squares():
    states = np.asarray(random(97, D), np.float64)
    labels = np.random.default_rng(1).integers(0, V, 97)
    x, y = np.hstack([states, np.ones((97, 1))]), np.eye(V)[labels]
    wanted = np.linalg.lstsq(
        np.vstack([x, np.sqrt(97 * 0.01) * np.eye(D + 1)]), np.vstack([y, np.zeros((D + 1, V))]),
        rcond=None,
    )[0]  # fmt: skip
    got = linear_probe(jnp.asarray(states, jnp.float32), jnp.asarray(labels), V, ridge=0.01)
    np.testing.assert_allclose(got, wanted, atol=1e-4)


def shift_register(width):
    """Keeps the last ``width`` symbols side by side, and no other."""
    layer = RNN(V, width * V, activation="linear", rngs=nnx.Rngs(0))
    layer.W_in[...] = jnp.eye(V, width * V)
    layer.W_rec[...] = jnp.eye(width * V, k=V)
    return layer


def test_what_a_shift_register_holds_is_read_back_and_nothing_else():
    shares = np.asarray(probe_symbols(shift_register(3), jnp.eye(V), steps=5, examples=500))
    assert shares.shape == (6,)
    np.testing.assert_array_equal(shares[:3], 1)  # now, one step ago, two steps ago
    assert (np.abs(shares[3:] - 1 / V) < 0.08).all()  # gone: a guess


def test_reading_back_repeats_and_has_its_limits_named():
    layer, symbols = RNN(E, D, rngs=nnx.Rngs(0)), random(V, E)
    one, two = (probe_symbols(layer, symbols, 3, examples=50, seed=4) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    with pytest.raises(ValueError, match="steps must be 0 or larger; got -1"):
        probe_symbols(layer, symbols, -1)
    with pytest.raises(ValueError, match="larger than the state's width, 7, .*; got 7"):
        probe_symbols(layer, symbols, 3, examples=7)


def test_reach_and_states_leave_the_layer_as_it_was():
    layer = LSTM(E, D, rngs=nnx.Rngs(0))
    before = jax.tree.map(np.asarray, nnx.to_pure_dict(nnx.state(layer)))
    gradient_reach(layer, random(B, S, E), random(B, D))
    probe_symbols(layer, random(V, E), 2, examples=20)
    after = nnx.to_pure_dict(nnx.state(layer))
    jax.tree.map(np.testing.assert_array_equal, before, jax.tree.map(np.asarray, after))
