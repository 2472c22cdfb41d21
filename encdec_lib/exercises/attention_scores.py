"""Checks of chapter 9, scores."""

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.encoding import Encoding
from encdec_lib.exercises.checking import agrees, exercise, near
from encdec_lib.exercises.report import Property
from encdec_lib.layers.scores import make_score
from encdec_lib.models.attention_scores import Attention


@exercise("attention-scores-1")
def count_products(general: Any, additive: Any) -> Iterator[Property]:
    """Multiply-adds for S = 40, T = 25, D = M = 256, A = 128, keys once a sentence."""
    S, T, D, M, A = 40, 25, 256, 256, 128
    counted = {"general": 0, "additive": 0}
    for _ in range(S):  # once for each vector
        counted["general"] += M * D
        counted["additive"] += M * A
    for _ in range(T):  # once for each state
        counted["additive"] += D * A
        for _ in range(S):  # for each pair
            counted["general"] += D
            counted["additive"] += A
    for answer, name in ((general, "general"), (additive, "additive")):
        yield Property(
            f"multiply-adds of {name}",
            answer == counted[name],
            "Three parts: what depends on j alone, on i alone, and on both. One of them may be 0.",
        )


@exercise("attention-scores-2")
def scale_as_temperature(tau: Any, largest: Any) -> Iterator[Property]:
    """What dividing by the root of D = 144 does to scores of states in [-1, 1]."""
    D = 144
    query, keys = jnp.ones((1, 1, D)), jnp.ones((1, 1, D))
    plain, scaled = (
        float(make_score(name, D, D, rngs=nnx.Rngs(0))(query, keys)[0, 0, 0])
        for name in ("dot", "scaled_dot")
    )
    yield near(
        tau,
        plain / scaled,
        "the temperature at which dot is scaled dot",
        "At which τ is e / τ the scaled score?",
        factor=1.001,
    )
    yield near(
        largest,
        scaled,
        "the largest scaled score",
        "Which two vectors with numbers between −1 and 1 have the largest dot product?",
        factor=1.001,
    )


@exercise("attention-scores-3")
def general(my_general: Any) -> Iterator[Property]:
    """The general score of a batch, against loops."""
    rng = np.random.default_rng(3)
    queries, vectors = rng.normal(size=(2, 3, 5)), rng.normal(size=(2, 4, 7))
    W, right = rng.normal(size=(7, 5)), np.zeros((2, 3, 4))
    for b in range(2):
        for i in range(3):
            for j in range(4):
                for m in range(7):
                    for d in range(5):
                        right[b, i, j] += queries[b, i, d] * W[m, d] * vectors[b, j, m]
    got = my_general(*(jnp.asarray(x, jnp.float32) for x in (queries, vectors, W)))
    yield from agrees(
        got,
        right,
        "the scores, (B, T, S)",
        "Which side of W has the width of h_j? Send h_j through it, then compare every state with "
        "every vector of the same sentence.",
    )


@exercise("attention-scores-4")
def split(my_concat: Any) -> Iterator[Property]:
    """Concat without joining anything, against loops that join."""
    rng = np.random.default_rng(4)
    queries, vectors = rng.normal(size=(2, 3, 5)), rng.normal(size=(2, 4, 7))
    W, v = rng.normal(size=(12, 6)), rng.normal(size=6)
    right = np.zeros((2, 3, 4))
    for b in range(2):
        for i in range(3):
            for j in range(4):
                joined = np.concatenate([queries[b, i], vectors[b, j]])
                right[b, i, j] = np.tanh(joined @ W) @ v
    got = my_concat(*(jnp.asarray(x, jnp.float32) for x in (queries, vectors, W, v)))
    yield from agrees(
        got,
        right,
        "the scores, (B, T, S)",
        "Rows of W that meet s_i come first. Before the tanh, every state needs an axis for the "
        "source and every vector one for the target.",
    )


@exercise("attention-scores-5")
def bell(my_window: Any) -> Iterator[Property]:
    """A window with a bell around given centres, against loops."""
    centres = np.array([[0.0, 2.6, 4.9], [1.2, 0.4, 2.0]])
    mask = np.arange(7)[None] < np.array([[7], [3]])
    inside, heights = np.zeros((2, 3, 7), bool), np.zeros((2, 3, 7))
    for b in range(2):
        for i in range(3):
            for j in range(7):
                distance = j - centres[b, i]
                inside[b, i, j] = mask[b, j] and abs(distance) <= 2
                heights[b, i, j] = np.exp(-(distance**2) / (2 * (2 / 2) ** 2))
    got = my_window(jnp.asarray(centres, jnp.float32), jnp.asarray(mask), 2)
    pair = isinstance(got, tuple) and len(got) == 2
    yield Property("two arrays come back", pair, "Return inside and bell, in this order.")
    if not pair:
        return
    yield Property(
        "inside, (B, T, S): real, and at most W from the centre",
        np.shape(got[0]) == inside.shape and bool((np.asarray(got[0]) == inside).all()),
        "A place must be near the centre and real. Count places from 0.",
    )
    yield from agrees(
        got[1],
        heights,
        "the bell, (B, T, S)",
        "Its standard deviation is W / 2, and it is 1 at the centre.",
    )


@exercise("attention-scores-6")
def entropy(my_entropy: Any) -> Iterator[Property]:
    """Entropy of rows of weights in bits."""
    weights = np.zeros((3, 8))
    weights[0, 2] = 1
    weights[1, :4] = 0.25
    weights[2] = np.random.default_rng(6).dirichlet(np.ones(8))
    right = [-sum(w * np.log2(w) for w in row if w > 0) for row in weights]
    got = np.asarray(my_entropy(jnp.asarray(weights, jnp.float32)))
    yield Property(
        "a weight of 0 gives no NaN",
        got.shape == (3,) and bool(np.isfinite(got).all()),
        "0 times the logarithm of 0 counts as 0. Keep the logarithm from seeing the 0.",
    )
    yield from agrees(got, right, "bits, one number a row", "Which logarithm counts in bits?")


@exercise("attention-scores-7")
def cosine(CosineScore: Any) -> Iterator[Property]:
    """A score of one's own, put into the library's attention."""
    rng = np.random.default_rng(7)
    queries, vectors = rng.normal(size=(2, 3, 6)), rng.normal(size=(2, 4, 6))
    right = np.zeros((2, 3, 4))
    for b in range(2):
        for i in range(3):
            for j in range(4):
                lengths = np.linalg.norm(queries[b, i]) * np.linalg.norm(vectors[b, j])
                right[b, i, j] = queries[b, i] @ vectors[b, j] / lengths
    queries, vectors = (jnp.asarray(x, jnp.float32) for x in (queries, vectors))
    for tau in (0.1, 0.5):
        score = CosineScore(tau)
        yield from agrees(
            score(queries, score.keys(vectors)),
            right / tau,
            f"the scores at temperature {tau:g}",
            "The cosine is the dot product of two vectors that were made 1 long.",
        )
    score = CosineScore(0.2)
    sizes = [x.size for x in jax.tree.leaves(nnx.state(score, nnx.Param))]
    yield Property(
        "the temperature, one number, is a parameter",
        sizes == [1],
        "What fit shall learn must be an nnx.Param.",
    )
    mask = jnp.array([[True] * 4, [True, True, False, False]])
    memory = jnp.where(mask[..., None], vectors, 0.0)  # padding has a vector of zeros
    steps = jnp.zeros((2, 3), jnp.int32)

    def read(score, vectors):
        attend = Attention(score)
        return attend(queries, steps, attend.prepare(Encoding(vectors, mask)))

    weights = np.asarray(read(score, memory).weights)
    yield Property(
        "in Attention, each row of weights adds up to 1, and padding has 0",
        bool(np.allclose(weights.sum(axis=-1), 1, atol=1e-5)) and not weights[1, :, 2:].any(),
        "Padding has a vector of zeros. How long is it, and what is it divided by?",
    )

    def size(score, vectors):
        return (read(score, vectors).contexts ** 2).sum()

    at_score, at_vectors = nnx.grad(size, argnums=(0, 1))(score, memory)
    at_score = jax.tree.leaves(at_score)
    yield Property(
        "all gradients are finite",
        all(bool(jnp.isfinite(slope).all()) for slope in (*at_score, at_vectors)),
        "The slope of a root at 0 is infinite. Add something very small under it.",
    )
    yield Property(
        "what is read moves with the temperature",
        any(bool((slope != 0).any()) for slope in at_score),
        "Is the parameter used where the score is worked out?",
    )
