"""Mirrors encdec_lib/layers/attention.py."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.layers.additive_attention import AdditiveAttention
from encdec_lib.layers.masks import masked_softmax
from tests.helpers import loops

B, M, Q, D, A = 2, 3, 5, 7, 11  # all different primes: a swapped axis can't pass unseen


@pytest.fixture
def attend():
    return AdditiveAttention(query_dim=Q, key_dim=D, align_dim=A, rngs=nnx.Rngs(0))


@pytest.fixture
def batch():
    q, k = jax.random.split(jax.random.key(1))
    mask = jnp.array([[True, True, True], [True, True, False]])
    return jax.random.normal(q, (B, Q)), jax.random.normal(k, (B, M, D)), mask


def test_agrees_with_the_equations_written_as_loops(attend, batch):
    query, keys, mask = (np.asarray(x) for x in batch)
    out = attend(*batch)
    for b in range(B):
        wanted = loops.attend(attend, query[b].astype(float), keys[b].astype(float), mask[b])
        np.testing.assert_allclose(out.context[b], wanted[0], rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(out.weights[b], wanted[1], rtol=1e-5, atol=1e-6)


def test_weights_add_up_to_one_and_are_zero_on_padding(attend, batch):
    weights, mask = attend(*batch).weights, batch[2]
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_array_equal(weights[~mask], 0)
    assert (weights[mask] > 0).all()


def test_what_stands_in_the_padding_does_not_matter(attend, batch):
    query, keys, mask = batch
    scribbled = jnp.where(mask[..., None], keys, 1e6)
    np.testing.assert_array_equal(
        attend(query, keys, mask).context, attend(query, scribbled, mask).context
    )


def test_a_row_of_padding_alone_gives_zeros_and_finite_gradients(attend, batch):
    query, keys, _ = batch
    nothing = jnp.zeros((B, M), bool)
    np.testing.assert_array_equal(attend(query, keys, nothing).weights, 0.0)
    np.testing.assert_array_equal(attend(query, keys, nothing).context, 0.0)
    grad = jax.grad(lambda k: attend(query, k, nothing).context.sum())(keys)
    np.testing.assert_array_equal(grad, 0.0)


def test_scores_of_any_size_give_finite_weights():
    scores = jnp.array([[-1e30, 1e30, 0.0], [1e30, 1e30, 1e30]])
    mask = jnp.array([[True, True, True], [True, False, False]])
    np.testing.assert_array_equal(masked_softmax(scores, mask), [[0, 1, 0], [1, 0, 0]])


def test_keys_projected_ahead_give_the_same_answer_under_jit(attend, batch):
    query, keys, mask = batch

    @nnx.jit
    def ahead(attend):
        return attend(query, keys, mask, attend.project_keys(keys))

    np.testing.assert_allclose(ahead(attend).context, attend(*batch).context, rtol=1e-5, atol=1e-6)


def test_the_order_of_the_vectors_does_not_matter(attend, batch):
    query, keys, mask = batch
    turned = attend(query, keys[:, ::-1], mask[:, ::-1])
    out = attend(*batch)
    np.testing.assert_allclose(turned.context, out.context, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(turned.weights[:, ::-1], out.weights, rtol=1e-5, atol=1e-6)


def test_every_parameter_gets_a_gradient(attend, batch):
    grads = nnx.grad(lambda m: (m(*batch).context ** 2).sum())(attend)
    paths = [path for path, _ in nnx.to_flat_state(grads)]
    assert sorted(paths) == [("W_key",), ("W_query",), ("v",)]
    for path, g in nnx.to_flat_state(grads):
        assert np.abs(g[...]).max() > 0, path


def test_a_mask_of_the_wrong_shape_is_named_in_the_error(attend, batch, as_reader):
    query, keys, mask = batch
    with pytest.raises(
        ValueError, match=r"mask needs one flag per key, shape \(B, M\) = \(2, 3\); got \(2, 1\)"
    ):
        attend(query, keys, mask[:, :1])


@pytest.mark.parametrize("name", ["query_dim", "key_dim", "align_dim"])
def test_a_width_below_one_is_named_in_the_error(name):
    sizes = {"query_dim": Q, "key_dim": D, "align_dim": A, name: 0}
    with pytest.raises(ValueError, match=f"{name} must be at least 1; got 0"):
        AdditiveAttention(**sizes, rngs=nnx.Rngs(0))
