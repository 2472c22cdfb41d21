"""Mirrors encdec_lib/layers/windows.py."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.layers.windows import Window
from tests.helpers import loops

B, T, S, D, A, HALF = 2, 5, 11, 7, 3, 2  # different primes
LENGTHS = (11, 4)
MASK = jnp.arange(S)[None] < jnp.array(LENGTHS)[:, None]
STEPS = jnp.broadcast_to(jnp.arange(T)[None], (B, T))


@pytest.fixture
def queries():
    return jnp.asarray(np.random.default_rng(0).normal(size=(B, T, D)), jnp.float32)


def test_a_monotonic_window_walks_with_the_target_and_stops_at_the_end(queries):
    inside, bell = Window("monotonic", HALF, D, A, rngs=nnx.Rngs(0))(queries, STEPS, MASK)
    for b in range(B):
        for i in range(T):
            centre = min(i, LENGTHS[b] - 1)
            wanted = [abs(j - centre) <= HALF and j < LENGTHS[b] for j in range(S)]
            np.testing.assert_array_equal(inside[b, i], wanted)
    np.testing.assert_array_equal(bell, 1)


def test_a_predictive_window_agrees_with_the_equations_written_as_loops(queries):
    window = Window("predictive", HALF, D, A, rngs=nnx.Rngs(0))
    inside, bell = window(queries, STEPS, MASK)
    W, v = loops.float64(window.W_position), loops.float64(window.v_position)
    for b in range(B):
        for i in range(T):
            hidden = np.tanh(loops.float64(queries)[b, i] @ W)
            centre = (LENGTHS[b] - 1) * loops.sigmoid(hidden @ v)
            for j in range(S):
                assert bool(inside[b, i, j]) == (abs(j - centre) <= HALF and j < LENGTHS[b])
                wanted = np.exp(-((j - centre) ** 2) / (2 * (HALF / 2) ** 2))
                np.testing.assert_allclose(bell[b, i, j], wanted, rtol=1e-4, atol=1e-6)


def test_the_centre_learns_through_the_bell(queries):
    window = Window("predictive", HALF, D, A, rngs=nnx.Rngs(0))
    grads = nnx.grad(lambda w: w(queries, STEPS, MASK)[1].sum())(window)
    for path, grad in nnx.to_flat_state(grads):
        assert np.abs(grad[...]).max() > 0, path


def test_the_target_step_does_not_move_a_predicted_centre(queries):
    window = Window("predictive", HALF, D, A, rngs=nnx.Rngs(0))
    np.testing.assert_array_equal(
        window.centres(queries, STEPS, MASK), window.centres(queries, STEPS + 3, MASK)
    )


@pytest.mark.parametrize("kind", ["monotonic", "predictive"])
def test_a_source_of_padding_alone_has_an_empty_window_and_no_nan(kind, queries):
    window = Window(kind, HALF, D, A, rngs=nnx.Rngs(0))
    inside, bell = window(queries, STEPS, jnp.zeros((B, S), bool))
    assert not inside.any()
    assert np.isfinite(bell).all()


@pytest.mark.parametrize(
    ("kind", "half", "message"),
    [
        ("soft", HALF, "window must be None, 'monotonic' or 'predictive'; got 'soft'"),
        ("monotonic", 0, "half_width must be at least 1 token; got 0"),
    ],
)
def test_a_window_that_does_not_exist_is_named_in_the_error(kind, half, message):
    with pytest.raises(ValueError, match=message):
        Window(kind, half, D, A, rngs=nnx.Rngs(0))
