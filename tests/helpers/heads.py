"""Queries, keys, values, masks and small modules, for the tests of several heads."""

from functools import partial

import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.layers.attention import MultiHeadAttention
from tests.systems import with_biases

B, H, T, S, K, V, D = 2, 3, 5, 7, 11, 13, 17  # all different primes: no swap passes unseen
close = partial(np.testing.assert_allclose, rtol=1e-5, atol=1e-5)
# The second example's third query may look at nothing.
MASK = np.random.default_rng(5).random((B, T, S)) < 0.7
MASK[:, :, 0], MASK[1, 2] = True, False
MASKS = {  # as they are passed
    "all": np.ones((1, 1, S), bool),
    "padding": np.array([[[True] * 5 + [False] * 2], [[True] * 2 + [False] * 5]]),  # (B, 1, S)
    "each": MASK,
}


def normal(*shape, seed=0, dtype=jnp.float32):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), dtype)


def queries_keys_values(v=V, dtype=jnp.float32):
    shapes = (B, H, T, K), (B, H, S, K), (B, H, S, v)
    return tuple(normal(*shape, seed=n, dtype=dtype) for n, shape in enumerate(shapes))


def built(heads=H, seed=0, **choices):
    """Different widths for queries and values, biases that are not 0."""
    choices = {"d_model": D, "d_k": K, "d_v": V} | choices
    return with_biases(MultiHeadAttention(heads=heads, **choices, rngs=nnx.Rngs(seed)))
