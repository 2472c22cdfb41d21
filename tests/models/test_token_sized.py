"""Mirrors encdec_lib/models/token_sized.py."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from encdec_lib.encoding import Encoding
from encdec_lib.models.token_sized import READERS, Reading, TokenSizedConfig, token_sized
from tests.helpers import loops

B, T, S, M = 2, 7, 5, 6  # M is even: a forward and a backward half
LENGTHS = (5, 3)
MASK = np.arange(S)[None] < np.array(LENGTHS)[:, None]
STEPS = jnp.broadcast_to(jnp.arange(T)[None], (B, T))


@pytest.fixture
def batch():
    rng = np.random.default_rng(0)
    queries = rng.normal(size=(B, T, M))
    vectors = rng.normal(size=(B, S, M)) - 2.0  # negative numbers: padding's zeros would win
    vectors[~MASK] = 0
    return jnp.asarray(queries, jnp.float32), jnp.asarray(vectors, jnp.float32)


def read(name, queries, vectors, mask=MASK):
    reader = Reading(name)
    memory = reader.prepare(Encoding(vectors, jnp.asarray(mask)))
    return reader(queries, STEPS, memory)


def by_loops(name, queries, vectors, length, i):
    """One step of one example: the context, and the share that each vector has in it."""
    h, share = vectors[:length], np.zeros(S)
    if name == "last":
        share[length - 1] += 0.5
        share[0] += 0.5
        return np.concatenate([h[-1, : M // 2], h[0, M // 2 :]]), share
    if name == "mean":
        share[:length] = 1 / length
        return sum(h) / length, share
    if name == "max":
        context = np.zeros(M)
        for m in range(M):
            j = max(range(length), key=lambda j: h[j, m])
            context[m] = h[j, m]
            share[j] += 1 / M
        return context, share
    scores = np.array([queries[i] @ h[j] for j in range(length)])
    if name in ("position", "content"):
        j = min(i, length - 1) if name == "position" else int(scores.argmax())
        share[j] = 1
        return h[j], share
    share[:length] = loops.softmax_over(scores, np.ones(length, bool))
    return share[:length] @ h, share


@pytest.mark.parametrize("name", READERS)
def test_agrees_with_the_equations_written_as_loops(name, batch):
    queries, vectors = (loops.float64(x) for x in batch)
    contexts, weights = read(name, *batch)
    assert contexts.shape == (B, T, M)
    for b in range(B):
        for i in range(T):
            wanted = by_loops(name, queries[b], vectors[b], LENGTHS[b], i)
            np.testing.assert_allclose(contexts[b, i], wanted[0], rtol=1e-5, atol=1e-5)
            np.testing.assert_allclose(weights[b, i], wanted[1], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", READERS)
def test_a_source_of_padding_alone_gives_zeros_and_finite_gradients(name, batch):
    queries, vectors = batch
    nothing = np.zeros((B, S), bool)
    contexts, weights = read(name, queries, vectors, nothing)
    np.testing.assert_array_equal(contexts, 0)
    np.testing.assert_array_equal(weights, 0)
    grads = jax.grad(lambda q, v: read(name, q, v, nothing).contexts.sum(), (0, 1))(*batch)
    assert all(np.isfinite(g).all() for g in grads)


@pytest.mark.parametrize("name", READERS)
def test_only_weights_let_the_gradient_reach_the_query(name, batch):
    pull = jnp.asarray(np.random.default_rng(1).normal(size=(B, T, M)), jnp.float32)
    grad = jax.grad(lambda q: (read(name, q, batch[1]).contexts * pull).sum())(batch[0])
    assert (np.abs(grad).max() > 0) == (name == "weighted")


def test_the_number_of_parameters_does_not_depend_on_the_way_of_reading():
    counts = set()
    for name in READERS:
        model = token_sized(TokenSizedConfig(7, 11, 3, 5, name), rngs=nnx.Rngs(0))
        counts.add(sum(x.size for x in jax.tree.leaves(nnx.state(model, nnx.Param))))
    assert len(counts) == 1


def test_another_way_to_read_is_named_in_the_error():
    with pytest.raises(ValueError, match="read must be one of last, .* weighted; got 'median'"):
        token_sized(TokenSizedConfig(7, 11, read="median"), rngs=nnx.Rngs(0))
