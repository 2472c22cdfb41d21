"""Mirrors encdec_lib/layers/embedding.py."""

import jax
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


@pytest.mark.parametrize(("vocab", "width"), [(1, 1), (5, 3), (102, 129), (61, 64)])
def test_the_matrix_is_drawn_from_the_first_key_of_params(vocab, width):
    """So a seed goes on giving the numbers that it gave before."""
    matrix = Embedding(vocab, width, rngs=nnx.Rngs(7)).embedding[...]
    key = nnx.Rngs(7).params()
    wanted = jax.random.normal(key, (vocab, width)) * jnp.float32(width**-0.5)
    assert matrix.dtype == jnp.float32
    np.testing.assert_array_equal(matrix, wanted)


def test_its_only_array_is_called_embedding():
    state = nnx.to_pure_dict(nnx.state(Embedding(5, 3, rngs=nnx.Rngs(0))))
    assert list(state) == ["embedding"]


def test_vectors_have_the_dtype_that_the_matrix_has_now():
    embed = Embedding(5, 3, rngs=nnx.Rngs(0))
    embed.embedding = nnx.Param(embed.embedding[...].astype(jnp.bfloat16))
    assert embed(jnp.array([1, 4])).dtype == jnp.bfloat16


def test_two_of_one_size_share_a_compiled_function():
    traced = []

    @nnx.jit
    def look_up(embed, tokens):
        traced.append(1)
        return embed(tokens)

    for seed in (0, 1):
        look_up(Embedding(5, 3, rngs=nnx.Rngs(seed)), jnp.array([1, 4]))
    assert len(traced) == 1


def test_a_vocabulary_of_one_token():
    embed = Embedding(1, 3, rngs=nnx.Rngs(0))
    vectors = embed(jnp.zeros((2, 7), int))
    np.testing.assert_array_equal(vectors, np.broadcast_to(embed.embedding[...], (2, 7, 3)))


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


def test_one_id_may_come_as_a_plain_number():
    embedding = Embedding(5, 3, rngs=nnx.Rngs(0))
    np.testing.assert_array_equal(embedding(4), embedding.embedding[...][4])
