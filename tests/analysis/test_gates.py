"""Mirrors encdec_lib/analysis/gates.py."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.analysis.gates import read_gates
from encdec_lib.layers.recurrent import GRU, LSTM, RNN

B, S, E, D = 2, 5, 3, 7


def build(kind):
    layer = kind(E, D, rngs=nnx.Rngs(0))
    rng = np.random.default_rng(1)
    for name in ("b_in", "b_rec"):
        if hasattr(layer, name):
            bias = getattr(layer, name)
            bias[...] = jnp.asarray(rng.normal(size=bias.shape), jnp.float32)
    return layer, jnp.asarray(rng.normal(size=(B, S, E)), jnp.float32)


def numbers(layer):
    return [np.asarray(getattr(layer, name)[...], np.float64) for name in ("W_in", "W_rec", "b_in")]


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def test_an_lstms_gates_are_those_of_its_equations():
    layer, inputs = build(LSTM)
    W, U, b = numbers(layer)
    seen = read_gates(layer, inputs)
    for row in range(B):
        h, c = np.zeros(D), np.zeros(D)
        for t, u in enumerate(np.asarray(inputs[row], np.float64)):
            i, f, g, o = np.split(u @ W + h @ U + b, 4)
            i, f, o = sigmoid(i), sigmoid(f), sigmoid(o)
            c = f * c + i * np.tanh(g)
            h = o * np.tanh(c)
            for name, truth in dict(input=i, forget=f, output=o, memory=c, state=h).items():
                np.testing.assert_allclose(seen[name][row, t], truth, atol=1e-5, err_msg=name)
    assert set(seen) == {"input", "forget", "output", "memory", "state"}


def test_a_grus_gates_are_those_of_its_equations():
    layer, inputs = build(GRU)
    W, U, b = numbers(layer)
    more = np.asarray(layer.b_rec[...], np.float64)
    seen = read_gates(layer, inputs)
    for row in range(B):
        h = np.zeros(D)
        for t, u in enumerate(np.asarray(inputs[row], np.float64)):
            (a_r, a_z, a_n), (q_r, q_z, q_n) = np.split(u @ W + b, 3), np.split(h @ U + more, 3)
            r, z = sigmoid(a_r + q_r), sigmoid(a_z + q_z)
            h = (1 - z) * np.tanh(a_n + r * q_n) + z * h
            for name, truth in dict(reset=r, update=z, state=h).items():
                np.testing.assert_allclose(seen[name][row, t], truth, atol=1e-5, err_msg=name)
    assert set(seen) == {"reset", "update", "state"}


@pytest.mark.parametrize("kind", [GRU, LSTM])
def test_padding_keeps_the_state(kind):
    layer, inputs = build(kind)
    mask = jnp.array([[True] * 5, [True, True, True, False, False]])
    seen = read_gates(layer, inputs, mask)
    np.testing.assert_array_equal(seen["state"][1, 2], seen["state"][1, 4])
    np.testing.assert_allclose(seen["state"][:, -1], layer(inputs, mask)[1][0], atol=1e-6)


def test_a_layer_without_gates_is_named():
    with pytest.raises(TypeError, match="GRU"):
        read_gates(RNN(E, D, rngs=nnx.Rngs(0)), jnp.zeros((1, 2, E)))
