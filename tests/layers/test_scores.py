"""Mirrors encdec_lib/layers/scores.py."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from jax.test_util import check_grads

from encdec_lib.layers.scores import SCORES, make_score
from tests.helpers import loops

B, T, S, D, M, A, LONGEST = 2, 3, 5, 7, 11, 13, 17  # different primes
COMPARING = [name for name in SCORES if name != "location"]


def widths(name):
    """State and vector width: a dot product needs them equal."""
    return (D, D) if "dot" in name else (D, M)


def built(name):
    return make_score(name, *widths(name), A, LONGEST, rngs=nnx.Rngs(0))


def inputs(name, seed=0):
    rng = np.random.default_rng(seed)
    d, m = widths(name)
    queries, vectors = rng.normal(size=(B, T, d)), rng.normal(size=(B, S, m))
    return jnp.asarray(queries, jnp.float32), jnp.asarray(vectors, jnp.float32)


@pytest.mark.parametrize("name", COMPARING)
def test_agrees_with_the_equation_written_as_loops(name):
    score, (queries, vectors) = built(name), inputs(name)
    scores = score(queries, score.keys(vectors))
    assert scores.shape == (B, T, S)
    for b in range(B):
        for i in range(T):
            for j in range(S):
                s, h = loops.float64(queries)[b, i], loops.float64(vectors)[b, j]
                np.testing.assert_allclose(
                    scores[b, i, j], loops.score(score, name, s, h), rtol=1e-5, atol=1e-5
                )


@pytest.mark.parametrize("name", COMPARING)
def test_every_gradient_agrees_with_small_differences(name):
    score, (queries, vectors) = built(name), inputs(name)
    rng = np.random.default_rng(1)
    pull = jnp.asarray(rng.normal(size=(B, T, S)), jnp.float32)
    graph, params = nnx.split(score)

    def total(*inputs):
        params, queries, vectors = jax.tree.map(jnp.asarray, inputs)
        score = nnx.merge(graph, params)
        return (score(queries, score.keys(vectors)) * pull).sum()

    check_grads(total, (params, queries, vectors), order=1, modes=["rev"], atol=1e-2, rtol=1e-2)


@pytest.mark.parametrize("name", COMPARING)
def test_one_pair_does_not_see_the_others(name):
    score, (queries, vectors) = built(name), inputs(name)
    before = score(queries, score.keys(vectors))
    changed = vectors.at[:, 2].add(1.0)
    after = score(queries, score.keys(changed))
    np.testing.assert_array_equal(np.delete(after, 2, axis=2), np.delete(before, 2, axis=2))
    assert np.abs(after - before)[:, :, 2].min() > 0


def test_concat_is_additive_with_its_matrix_cut_in_two():
    score, (queries, vectors) = built("concat"), inputs("additive")
    W = np.concatenate([loops.float64(score.W_query), loops.float64(score.W_key)])  # (D + M, A)
    scores = score(queries, score.keys(vectors))
    for i, j in ((0, 4), (2, 1)):
        both = np.concatenate([queries[1, i], vectors[1, j]])
        wanted = loops.float64(score.v) @ np.tanh(both @ W)
        np.testing.assert_allclose(scores[1, i, j], wanted, rtol=1e-5, atol=1e-5)


def test_scaling_keeps_the_variance_of_a_dot_product_at_one():
    d = 1009
    rng = np.random.default_rng(0)
    queries, vectors = rng.normal(size=(2, 1, 401, d)).astype(np.float32)
    spread = {}
    for name in ("dot", "scaled_dot"):
        score = make_score(name, d, d, rngs=nnx.Rngs(0))
        spread[name] = float(score(jnp.asarray(queries), jnp.asarray(vectors)).std())
    np.testing.assert_allclose(spread["scaled_dot"], 1, rtol=0.02)
    np.testing.assert_allclose(spread["dot"], np.sqrt(d), rtol=0.02)


def test_location_asks_the_state_alone():
    score, (queries, vectors) = built("location"), inputs("location")
    scores = score(queries, score.keys(vectors))
    wanted = loops.float64(queries) @ loops.float64(score.W)[:, :S]
    np.testing.assert_allclose(scores, wanted, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(score(queries, score.keys(-vectors)), scores)


def test_a_source_longer_than_its_places_is_an_error():
    score = built("location")
    with pytest.raises(ValueError, match=r"knows 17 places \(max_source\); got a source of 19"):
        score.keys(jnp.zeros((1, 19, M)))


@pytest.mark.parametrize("name", ["dot", "scaled_dot"])
def test_a_dot_product_of_different_widths_is_an_error(name):
    with pytest.raises(ValueError, match="state_dim=7 and encoding_dim=11"):
        make_score(name, D, M, rngs=nnx.Rngs(0))


@pytest.mark.parametrize(
    ("name", "sizes", "message"),
    [
        ("cosine", {}, "score must be one of dot, .* or concat; got 'cosine'"),
        ("additive", {"align_dim": 0}, "align_dim must be at least 1; got 0"),
        ("location", {"max_source": 0}, "max_source must be at least 1; got 0"),
    ],
)
def test_a_choice_that_does_not_exist_is_named_in_the_error(name, sizes, message):
    with pytest.raises(ValueError, match=message):
        make_score(name, D, D, **sizes, rngs=nnx.Rngs(0))
