"""Checks of chapter 12, the Transformer."""

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.exercises.checking import agrees, exercise, near
from encdec_lib.exercises.report import Property
from encdec_lib.layers.attention import dot_product_attention
from encdec_lib.layers.blocks import DecoderBlock
from encdec_lib.layers.masks import causal_mask
from encdec_lib.train.losses import summed_cross_entropy


@exercise("transformer-1")
def count(my_count: Any) -> Iterator[Property]:
    """Weights of a decoder block, against the library's."""
    for d, heads, d_ff in ((6, 3, 10), (8, 2, 5)):
        block = DecoderBlock(d, heads, d_ff, rngs=nnx.Rngs(0))
        right = sum(x.size for x in jax.tree.leaves(nnx.state(block, nnx.Param)))
        yield Property(
            f"a block with d_model = {d} and d_ff = {d_ff}",
            my_count(d, d_ff) == right,
            "Two attentions of four matrices each, one network of two, three normalisations of two "
            "vectors. Every matrix has a bias.",
        )


@exercise("transformer-2")
def masks(my_masks: Any) -> Iterator[Property]:
    """Both masks of a decoder, against loops."""
    target_in = np.array([[1, 5, 6, 0], [1, 7, 0, 0]])
    real = np.array([[True, True, True], [True, False, False]])
    own, cross = np.zeros((2, 4, 4), bool), np.zeros((2, 4, 3), bool)
    for b in range(2):
        for t in range(4):
            for s in range(4):
                own[b, t, s] = s <= t and target_in[b, s] != 0
            for s in range(3):
                cross[b, t, s] = real[b, s]
    got = my_masks(jnp.asarray(target_in), jnp.asarray(real))
    pair = isinstance(got, tuple) and len(got) == 2
    yield Property("two arrays come back", pair, "Return own and cross, in this order.")
    if not pair:
        return
    for name, array, right, hint in (
        ("own", got[0], own, "Both must hold: s is not after t, and token s is real."),
        ("cross", got[1], cross, "The same flags for every target position; an axis of 1 will do."),
    ):
        try:
            same = bool((np.broadcast_to(np.asarray(array), right.shape) == right).all())
        except ValueError:
            same = False
        yield Property(f"{name}, {right.shape} or 1 where rows agree", same, hint)


@exercise("transformer-3")
def layer_norm(my_layer_norm: Any) -> Iterator[Property]:
    """Layer normalisation, against loops in float64."""
    rng = np.random.default_rng(3)
    x, gamma, beta = rng.normal(2.0, 3.0, (2, 3, 7)), rng.normal(size=7), rng.normal(size=7)
    right = np.zeros_like(x)
    for b in range(2):
        for t in range(3):
            mean = sum(x[b, t]) / 7
            variance = sum((x[b, t] - mean) ** 2) / 7
            right[b, t] = gamma * (x[b, t] - mean) / np.sqrt(variance + 1e-5) + beta
    got = my_layer_norm(*(jnp.asarray(a, jnp.float32) for a in (x, gamma, beta)))
    yield from agrees(
        got,
        right,
        "the normalised vectors, (B, T, D)",
        "Which numbers belong to one mean? Those of one position; keep their axis with keepdims.",
    )


@exercise("transformer-4")
def warm_up(my_rate: Any) -> Iterator[Property]:
    """The learning rate of the paper's equation (3)."""
    rates = {}
    for step in (1, 100, 4000, 16_000):
        rising, falling = step * 4000**-1.5, step**-0.5
        rates[step] = 512**-0.5 * (rising if step < 4000 else falling)
    for step, right in rates.items():
        yield near(
            my_rate(step, 512, 4000),
            right,
            f"the rate of step {step:,}",
            "The smaller of a rising line and a falling root, times a root of the width.",
            factor=1.001,
        )
    yield Property(
        "the peak is at the end of the warm-up",
        my_rate(3999, 512, 4000) < my_rate(4000, 512, 4000) > my_rate(4001, 512, 4000),
        "Where do the line and the root meet?",
    )


@exercise("transformer-5")
def smoothing(my_targets: Any) -> Iterator[Property]:
    """Smoothed targets, and the library's loss from them."""
    tokens, V, epsilon = jnp.array([[2, 0, 4]]), 5, 0.1
    got = np.asarray(my_targets(tokens, V, epsilon))
    right = np.full((1, 3, V), epsilon / V)
    for t, y in enumerate([2, 0, 4]):
        right[0, t, y] += 1 - epsilon
    yield from agrees(
        got, right, "a distribution for each token, (B, T, V)", "Where does ε / V go? Everywhere."
    )
    if got.shape != right.shape:
        return
    logits = jnp.asarray(np.random.default_rng(5).normal(size=(1, 3, V)), jnp.float32)
    total, _ = summed_cross_entropy(logits, tokens, jnp.ones((1, 3), bool), epsilon)
    mine = -(got * np.asarray(jax.nn.log_softmax(logits))).sum()
    right = float(total)
    yield near(mine, right, "the loss that follows", "Each row must add up to 1.", factor=1.001)


@exercise("transformer-6")
def cached(my_step: Any) -> Iterator[Property]:
    """Attention step by step with a cache, against all steps at once."""
    rng = np.random.default_rng(6)
    B, H, T, K = 2, 3, 5, 4
    q, k, v = (jnp.asarray(rng.normal(size=(B, H, T, K)), jnp.float32) for _ in range(3))
    right, _ = dot_product_attention(q, k, v, causal_mask(T))
    keys = values = jnp.zeros((B, H, T, K))
    steps = []
    for t in range(T):
        got = my_step(q[:, :, t], k[:, :, t], v[:, :, t], keys, values, t)
        three = isinstance(got, tuple) and len(got) == 3
        if not three:
            yield Property("three arrays come back", False, "Return the mixture, keys and values.")
            return
        mixture, keys, values = got
        steps.append(np.asarray(mixture))
    yield from agrees(
        np.stack(steps, axis=2),
        right,
        "the mixtures of all steps, (B, H, T, K)",
        "Write key and value at place t first. Which places of the cache may query t look at?",
    )
    yield from agrees(keys, k, "the cache at the end holds every key", "at[:, :, t].set(...)")


@exercise("transformer-7")
def top_k(my_probabilities: Any) -> Iterator[Property]:
    """The distribution that sampling draws from."""
    logits = np.array([[2.0, 1.0, 0.5, -1.0], [0.0, 3.0, 2.9, 2.8]])
    for tau, k in ((1.0, 4), (0.5, 2), (3.0, 3)):
        right = np.zeros_like(logits)
        for n, row in enumerate(logits):
            kept = np.argsort(row)[-k:]
            right[n, kept] = np.exp(row[kept] / tau) / np.exp(row[kept] / tau).sum()
        got = my_probabilities(jnp.asarray(logits, jnp.float32), tau, k)
        yield from agrees(
            got,
            right,
            f"τ = {tau:g}, k = {k}",
            "Divide by τ, hide all but the k largest, then take the softmax.",
        )
