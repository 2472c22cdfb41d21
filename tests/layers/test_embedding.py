"""Mirrors encdec_lib/layers/embedding.py."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.layers.embedding import Embedding


def test_looks_up_one_row_a_token():
    embed = Embedding(5, 3, rngs=nnx.Rngs(0))
    rows = np.asarray(embed.embedding[...])
    tokens = np.array([[4, 0], [1, 4]])
    vectors = embed(jnp.asarray(tokens))
    for place in np.ndindex(2, 2):
        np.testing.assert_array_equal(vectors[place], rows[tokens[place]])


def test_a_fresh_vector_has_length_about_one():
    lengths = np.linalg.norm(Embedding(101, 307, rngs=nnx.Rngs(0)).embedding[...], axis=1)
    np.testing.assert_allclose(lengths.mean(), 1, atol=0.02)


def test_only_the_rows_that_were_read_get_a_gradient():
    embed = Embedding(5, 3, rngs=nnx.Rngs(0))
    grads = nnx.grad(lambda m: m(jnp.array([1, 4, 4])).sum())(embed)
    np.testing.assert_array_equal(grads["embedding"][...][:, 0], [0, 1, 0, 0, 2])


@pytest.mark.parametrize(
    ("sizes", "message"),
    [((0, 3), "vocab_size must be at least 1; got 0"), ((5, 0), "embed_dim must be at least 1")],
)
def test_a_size_below_one_is_named_in_the_error(sizes, message):
    with pytest.raises(ValueError, match=message):
        Embedding(*sizes, rngs=nnx.Rngs(0))
