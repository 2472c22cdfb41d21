"""Mirrors encdec_lib/widgets/forgetting_dial. What it does is in tests/browser."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.analysis.recurrent_memory import set_spectral_radius
from encdec_lib.layers.recurrent import GRU, LSTM, RNN
from encdec_lib.widgets import ForgettingDial

S, E, D = 11, 3, 5


def layers():
    return {
        "tanh RNN": RNN(E, D, rngs=nnx.Rngs(0)),
        "linear": RNN(E, D, activation="linear", rngs=nnx.Rngs(1)),
        "LSTM": LSTM(E, D, rngs=nnx.Rngs(2)),
        "GRU": GRU(E, D, rngs=nnx.Rngs(3)),
    }


def build(**changes):
    arguments = {
        "layers": layers(),
        "inputs": np.ones((S, E)),
        "other": -np.ones(E),
        "gradient": np.ones(D),
    }
    return ForgettingDial(**(arguments | changes))


def test_it_packs_every_weight():
    dial = build(chosen="GRU", radius=1)
    assert [layer["kind"] for layer in dial.layers] == ["rnn", "linear", "lstm", "gru"]
    weights = sum(g * D * (E + D + 1) for g in (1, 1, 4, 3)) + 3 * D  # b_rec of the GRU
    assert len(dial.data) == 4 * (S * E + E + D + weights)
    assert (dial.chosen, dial.radius) == ("GRU", 1.0)


def test_the_scale_of_a_matrix_is_the_sliders_affair():
    wide = layers()
    set_spectral_radius(wide["LSTM"], 1.5)
    one, other = (np.frombuffer(build(layers=x).data, "<f4") for x in (layers(), wide))
    np.testing.assert_allclose(one, other, atol=1e-5)


def endless(value):
    made = layers()
    made["GRU"].b_in[...] = jnp.full((3 * D,), value)
    return made


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"layers": {"GRU": layers()["GRU"]}}, "layers must be 2 to 6, to tell them apart; got 1"),
        ({"radius": 1.7}, "radius must lie between 0 and 1.6; got 1.7"),
        ({"chosen": "rnn"}, "chosen must be one of tanh RNN, linear, LSTM, GRU; got 'rnn'"),
        ({"inputs": np.ones((1, E))}, "inputs must have 2 to 400 steps; got 1"),
        ({"inputs": np.ones((S, 2))}, r"inputs must have shape \(11, 3\); got \(11, 2\)"),
        ({"other": np.ones(2)}, r"other must have shape \(3,\); got \(2,\)"),
        ({"gradient": np.ones(E)}, r"gradient must have shape \(5,\); got \(3,\)"),
        ({"other": np.full(E, np.nan)}, "other must hold finite numbers"),
        ({"layers": endless(np.inf)}, r"layers\['GRU'\].b_in must hold finite numbers"),
        (
            {"layers": layers() | {"wide": RNN(E, 7, rngs=nnx.Rngs(0))}},
            r"layers\['wide'\] must have inputs of width 3 and states of width 5.*got 3 and 7",
        ),
        (
            {"layers": layers() | {"back": RNN(E, D, reverse=True, rngs=nnx.Rngs(0))}},
            r"layers\['back'\] must be an RNN, a GRU or an LSTM that reads forwards",
        ),
    ],
)
def test_a_wrong_argument_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        build(**arguments)


def test_a_matrix_without_eigenvalues_cannot_be_scaled():
    made = layers()
    made["linear"].W_rec[...] = jnp.eye(D, k=1)
    with pytest.raises(ValueError, match=r"layers\['linear'\] has a block .* spectral radius"):
        build(layers=made)
