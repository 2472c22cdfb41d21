"""Checks of chapter 10, self-attention."""

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from encdec_lib.exercises.checking import agrees, exercise, near
from encdec_lib.exercises.report import Property


@exercise("self-attention-1")
def count(products: Any, equal_at: Any) -> Iterator[Property]:
    """Multiply-adds for 30 words, d_model = 64, d_k = 16, d_v = 32, and where the halves meet."""

    def counted(words):
        once = pairs = 0
        for _ in range(words):
            once += 64 * 16 + 64 * 16 + 64 * 32
            for _ in range(words):
                pairs += 16 + 32
        return once, pairs

    yield Property(
        "multiply-adds for 30 words",
        products == sum(counted(30)),
        "Three matrices for each word, then a score and a share of a value for each pair.",
    )
    yield near(
        equal_at,
        counted(1)[0] / counted(1)[1],  # n once = n² pairs
        "the number of words at which both parts are equal",
        "One part grows with the number of words, the other with its square.",
        factor=1.01,
    )


@exercise("self-attention-2")
def two_words(weight: Any, unscaled: Any) -> Iterator[Property]:
    """The scores 112 and 96 with d_k = 256, and without any division."""
    for answer, divisor, name in (
        (weight, 256**0.5, "the weight of the first word at d_k = 256"),
        (unscaled, 1.0, "the same without a division"),
    ):
        right = 1 / (1 + np.exp((96 - 112) / divisor))
        yield near(
            answer,
            right,
            name,
            "Divide both scores by the root of d_k, or by nothing. Of two weights only the "
            "difference of the scores matters.",
            factor=1.01,
        )


@exercise("self-attention-3")
def batch(my_self_attention: Any) -> Iterator[Property]:
    """Self-attention of a padded batch, against loops over words."""
    rng = np.random.default_rng(3)
    X, W_q, W_k, W_v = (rng.normal(size=shape) for shape in ((2, 5, 7), (7, 3), (7, 3), (7, 11)))
    mask = np.arange(5)[None] < np.array([[5], [2]])
    right = np.zeros((2, 5, 11))
    for b in range(2):
        for i in range(5):
            e = np.array([(X[b, i] @ W_q) @ (X[b, j] @ W_k) / np.sqrt(3) for j in range(5)])
            shares = np.exp(e - e.max()) * mask[b]
            for j in range(5):
                right[b, i] += shares[j] / shares.sum() * (X[b, j] @ W_v)
    arguments = (jnp.asarray(x, jnp.float32) for x in (X, W_q, W_k, W_v))
    got = my_self_attention(*arguments, jnp.asarray(mask))
    shaped = np.shape(got) == right.shape
    yield Property(
        "(B, T, d_v) comes back", shaped, "One vector for each word, as wide as a value."
    )
    if not shaped:
        return
    yield from agrees(
        got[0],
        right[0],
        "a sentence without padding",
        "Which axis does the softmax run over? And what is the root of the width of a key?",
    )
    yield from agrees(
        got[1, :2],
        right[1, :2],
        "the real words of a sentence with padding",
        "mask says which words may be looked at. Which axis of the scores is that?",
    )


@exercise("self-attention-4")
def one_matrix(my_matrix: Any, rank: Any) -> Iterator[Property]:
    """One matrix in the place of two, against scores by loops."""
    rng = np.random.default_rng(4)
    X, W_q, W_k = (rng.normal(size=shape) for shape in ((5, 13), (13, 3), (13, 3)))
    right = np.zeros((5, 5))
    for i in range(5):
        for j in range(5):
            right[i, j] = (X[i] @ W_q) @ (X[j] @ W_k)
    M = np.asarray(my_matrix(*(jnp.asarray(W, jnp.float32) for W in (W_q, W_k))))
    square = M.shape == (13, 13)
    yield Property(
        "the matrix is d_model wide and high", square, "x_i stands on its left, x_j^T on its right."
    )
    if not square:
        return
    yield from agrees(
        X @ M @ X.T, right, "the scores", "Write out q_i k_j^T with both matrices in it."
    )
    yield Property(
        "its largest possible rank, for d_model = 64 and d_k = 16",
        rank == np.linalg.matrix_rank(rng.normal(size=(64, 16)) @ rng.normal(size=(16, 64))),
        "A product of two matrices has at most the rank of the smaller side between them.",
    )


@exercise("self-attention-5")
def slopes(my_slopes: Any) -> Iterator[Property]:
    """The derivatives of softmax weights, against JAX."""
    scores = np.random.default_rng(5).normal(size=7)
    for times, name in ((1.0, "ordinary scores"), (30.0, "large scores")):
        e = jnp.asarray(times * scores, jnp.float32)
        yield from agrees(
            my_slopes(jax.nn.softmax(e)),
            jax.jacobian(jax.nn.softmax)(e),
            f"the slopes at {name}, row i by column j",
            "dα_i / de_j is −α_i α_j, and for i = j something more.",
        )


@exercise("self-attention-6")
def partner(my_matrices: Any) -> Iterator[Property]:
    """Weights chosen by hand: each word looks at its partner, wherever that stands."""
    W_q, W_k = (np.asarray(W, float) for W in my_matrices())
    shaped = W_q.ndim == W_k.ndim == 2 and W_q.shape == W_k.shape and len(W_q) == 6
    yield Property(
        "two matrices of the same shape, with 6 rows",
        shaped,
        "A row for each number of a one-hot vector; queries and keys are equally wide.",
    )
    if not shaped:
        return
    partner_of = {0: 3, 3: 0, 1: 4, 4: 1, 2: 5, 5: 2}
    for words in ((0, 1, 2, 3, 4, 5), (5, 3, 1, 0, 2, 4), (4, 0, 1, 3)):
        X = np.eye(6)[list(words)]
        e = (X @ W_q) @ (X @ W_k).T / np.sqrt(W_q.shape[1])
        weights = np.asarray(jax.nn.softmax(jnp.asarray(e), axis=-1))
        found = [weights[i, words.index(partner_of[word])] for i, word in enumerate(words)]
        yield Property(
            f"in the sentence {' '.join(map(str, words))} every weight on the partner is over 0.95",
            bool(min(found) > 0.95),
            "The query of a word must be like the key of its partner, and unlike all others. "
            "How large must their product be after the division?",
        )


@exercise("self-attention-7")
def places(my_places: Any) -> Iterator[Property]:
    """Vectors that say where they stand: self-attention then tells orders apart."""
    rng = np.random.default_rng(7)
    X = jnp.asarray(rng.normal(size=(2, 5, 6)), jnp.float32)
    order = np.array([3, 0, 4, 1, 2])
    told = my_places(X)
    shaped = np.ndim(told) == 3 and np.shape(told)[:2] == (2, 5)
    yield Property("(B, T, width) comes back", shaped, "Return one vector for each word.")
    if not shaped:
        return
    yield Property(
        "a shorter sentence has the same first vectors",
        bool(np.allclose(my_places(X[:, :3]), told[:, :3], atol=1e-6)),
        "What you tell a word may depend on its place, and on nothing that comes after it.",
    )
    alike = my_places(jnp.ones((1, 5, 6)))[0]
    gaps = [float(jnp.abs(alike[i] - alike[j]).max()) for i in range(5) for j in range(i)]
    yield Property(
        "the same word at two places has two vectors",
        min(gaps) > 1e-3,
        "jnp.arange(T) counts the places. It needs axes for B and for the width.",
    )
    width = told.shape[-1]
    W_q, W_k, W_v = (jnp.asarray(rng.normal(size=(width, 4)), jnp.float32) for _ in range(3))

    def attend(X):
        weights = jax.nn.softmax(jnp.einsum("BTK,BSK->BTS", X @ W_q, X @ W_k) / 2)
        return jnp.einsum("BTS,BSV->BTV", weights, X @ W_v)

    moved = jnp.abs(attend(my_places(X[:, order])) - attend(told)[:, order]).max()
    yield Property(
        "self-attention gives other vectors for another order",
        bool(moved > 1e-3),
        "Tell the place before the words are put through the matrices.",
    )
