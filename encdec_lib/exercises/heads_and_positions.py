"""Checks of chapter 11, heads and positions."""

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.exercises.checking import agrees, exercise
from encdec_lib.exercises.report import Property
from encdec_lib.layers.attention import MultiHeadAttention
from encdec_lib.layers.positions import rotate, sinusoidal


@exercise("heads-and-positions-1")
def count(d_k: Any, split: Any, full: Any) -> Iterator[Property]:
    """Sizes for d_model = 512 and 8 heads, without biases."""
    sizes = {}
    for name, width in (("split", None), ("full", 512)):
        layer = nnx.eval_shape(
            lambda width=width: MultiHeadAttention(
                512, 8, d_k=width, d_v=width, bias=False, rngs=nnx.Rngs(0)
            )
        )
        sizes[name] = sum(x.size for x in jax.tree.leaves(nnx.state(layer, nnx.Param)))
        sizes[f"{name} width"] = layer.d_k
    yield Property(
        "the width of a head",
        d_k == sizes["split width"],
        "All heads side by side are as wide as the layer.",
    )
    yield Property(
        "parameters, split",
        split == sizes["split"],
        "Four matrices. Which shape has each of them, over all heads?",
    )
    yield Property(
        "parameters, every head as wide as the layer",
        full == sizes["full"],
        "Three matrices a head, and one more that takes all heads at once: how many rows has it?",
    )


@exercise("heads-and-positions-2")
def cut(my_split: Any, my_join: Any) -> Iterator[Property]:
    """Cutting the last axis into heads, and joining them again."""
    rng = np.random.default_rng(2)
    vectors = rng.normal(size=(2, 5, 12)).astype(np.float32)
    right = np.zeros((2, 3, 5, 4))
    for b in range(2):
        for n in range(3):
            for t in range(5):
                for k in range(4):
                    right[b, n, t, k] = vectors[b, t, 4 * n + k]
    yield from agrees(
        my_split(jnp.asarray(vectors), 3),
        right,
        "the heads, (B, H, T, K)",
        "Head n has the numbers n·K to (n + 1)·K of every token. A reshape keeps the order in "
        "which numbers are stored; which two axes must then change places?",
    )
    yield from agrees(
        my_join(jnp.asarray(right, jnp.float32)),
        vectors,
        "the heads joined, (B, T, H·K)",
        "The same two steps, in the other order.",
    )


@exercise("heads-and-positions-3")
def multi_head(my_multi_head: Any) -> Iterator[Property]:
    """Attention of several heads on a padded batch, against loops."""
    rng = np.random.default_rng(3)
    B, T, D, H = 2, 4, 6, 3
    X = rng.normal(size=(B, T, D))
    W_q, W_k, W_v, W_o = rng.normal(size=(4, D, D))
    mask = np.array([[True] * 4, [True, True, False, False]])
    right, K = np.zeros((B, T, D)), D // H
    for b in range(B):
        for t in range(T):
            heads = []
            for n in range(H):
                part = slice(n * K, (n + 1) * K)
                q = X[b, t] @ W_q[:, part]
                there = [s for s in range(T) if mask[b, s]]
                e = np.array([q @ (X[b, s] @ W_k[:, part]) / np.sqrt(K) for s in there])
                w = np.exp(e - e.max()) / np.exp(e - e.max()).sum()
                values = [X[b, s] @ W_v[:, part] for s in there]
                heads.append(sum(a * v for a, v in zip(w, values, strict=True)))
            right[b, t] = np.concatenate(heads) @ W_o
    arrays = [jnp.asarray(x, jnp.float32) for x in (X, W_q, W_k, W_v, W_o)]
    got = my_multi_head(*arrays, jnp.asarray(mask), H)
    yield from agrees(
        got,
        right,
        "the output, (B, T, D)",
        "Each head has its own softmax and divides by the root of its own width, D / H. Padding "
        "is asked by nobody, in any head.",
        tolerance=1e-3,
    )


@exercise("heads-and-positions-4")
def waves(my_positions: Any) -> Iterator[Property]:
    """Sinusoidal positions, interleaved."""
    for length, d_model in ((7, 6), (40, 10)):
        right = np.zeros((length, d_model))
        for t in range(length):
            for m in range(d_model // 2):
                right[t, 2 * m] = np.sin(t / 10000 ** (2 * m / d_model))
                right[t, 2 * m + 1] = np.cos(t / 10000 ** (2 * m / d_model))
        yield from agrees(
            my_positions(length, d_model),
            right,
            f"the vectors of {length} positions, {d_model} wide,",
            "Positions count from 0. Each frequency has two neighbouring columns, the sine first.",
        )


@exercise("heads-and-positions-5")
def shift(my_shift: Any) -> Iterator[Property]:
    """The matrix that moves every position by n."""
    for n, d_model in ((1, 4), (-3, 10)):
        R = np.asarray(my_shift(n, d_model))
        fits = R.shape == (d_model, d_model)
        yield Property(
            f"the matrix for n = {n} has shape ({d_model}, {d_model})",
            fits,
            f"It has shape {R.shape}.",
        )
        if not fits:
            continue
        PE = np.asarray(sinusoidal(jnp.arange(50), d_model))
        t = np.arange(10, 40)
        moved = np.allclose(PE[t] @ R, PE[t + n], atol=1e-4)
        yield Property(
            f"it takes every position t to t + {n}".replace("+ -", "− "),
            moved,
            "Write sin((t + n)θ) and cos((t + n)θ) with the sine and cosine of tθ. The vector is "
            "a row and stands on the left.",
        )
        yield Property(
            "it changes no length",
            bool(np.allclose(R @ R.T, np.eye(d_model), atol=1e-4)),
            "Each block of two by two is a rotation.",
        )


@exercise("heads-and-positions-6")
def turned(my_rotate: Any) -> Iterator[Property]:
    """Rotary positions of one head."""
    rng = np.random.default_rng(6)
    x = rng.normal(size=(9, 6)).astype(np.float32)
    right = np.asarray(rotate(jnp.asarray(x)[None, None], jnp.arange(9)))[0, 0]
    yield from agrees(
        my_rotate(jnp.asarray(x)),
        right,
        "the turned vectors, (T, K)",
        "Numbers 2m and 2m + 1 of position t are turned by the angle t · 10000^(−2m / K). Use the "
        "old values of both for both new ones.",
    )


@exercise("heads-and-positions-7")
def penalty(my_weights: Any) -> Iterator[Property]:
    """Scores that fall with distance, one slope a head, against loops."""
    rng = np.random.default_rng(7)
    H, T, K = 3, 6, 4
    queries, keys = rng.normal(size=(2, H, T, K))
    slopes = np.array([0.5, 0.25, 0.0])
    right = np.zeros((H, T, T))
    for n in range(H):
        for t in range(T):
            e = np.array(
                [queries[n, t] @ keys[n, s] / np.sqrt(K) - slopes[n] * abs(t - s) for s in range(T)]
            )
            right[n, t] = np.exp(e - e.max()) / np.exp(e - e.max()).sum()
    got = my_weights(*(jnp.asarray(x, jnp.float32) for x in (queries, keys, slopes)))
    yield from agrees(
        got,
        right,
        "the weights, (H, T, T)",
        "The penalty is taken off after the division by the root, and before the softmax. A slope "
        "of 0 leaves a head as it was.",
    )
    same = jnp.ones((1, 5, 2))
    rows = np.asarray(my_weights(same, same, jnp.array([1.0])))[0]
    yield Property(
        "with equal words the weights depend on the distance alone",
        bool(np.allclose(rows[2], rows[2][::-1], atol=1e-5))
        and bool(np.allclose(rows[1, 1:] / rows[1, 1], rows[0, :-1] / rows[0, 0], atol=1e-5)),
        "The distance counts without its sign.",
    )
