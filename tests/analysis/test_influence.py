"""Mirrors encdec_lib/analysis/influence.py."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.analysis.influence import influence
from encdec_lib.layers.recurrent import GRU


def test_it_is_the_gradient_of_one_number_of_one_example():
    """One example and one number at a time, where nothing is added up."""
    layer = GRU(3, 5, rngs=nnx.Rngs(0))
    x = jax.random.normal(jax.random.key(1), (2, 7, 3))
    found = influence(lambda x: layer(x)[0][:, -1], x)
    assert found.shape == (2, 5, 7)
    for b in range(2):
        for k in range(5):
            slope = jax.grad(lambda one, k=k: layer(one[None])[0][0, -1, k])(x[b])  # (S, E)
            lengths = [float(np.sqrt(sum(number**2 for number in row))) for row in slope]
            np.testing.assert_allclose(found[b, k], lengths, rtol=1e-5)


def test_it_is_how_fast_the_number_changes():
    """A small step along the steepest direction, in float64."""
    rng = np.random.default_rng(0)
    W = rng.normal(size=(11, 2))
    x = rng.normal(size=(1, 3, 11))
    found = influence(lambda x: jnp.tanh(x @ W).sum(axis=1), jnp.asarray(x, jnp.float32))
    for j in range(3):
        for k in range(2):
            along = W[:, k] / np.linalg.norm(W[:, k])
            ends = [np.tanh((x[0, j] + h * along) @ W[:, k]) for h in (1e-4, -1e-4)]
            assert float(found[0, k, j]) == pytest.approx((ends[0] - ends[1]) / 2e-4, rel=1e-3)


@pytest.mark.parametrize("outputs", [lambda x: x, lambda x: x.sum(axis=0), lambda x: x.sum()])
def test_other_outputs_are_refused(outputs):
    with pytest.raises(ValueError, match="outputs must give K numbers for each of 2 examples"):
        influence(outputs, jnp.ones((2, 3, 5)))
