"""Checks of chapter 13, why self-attention."""

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from encdec_lib.exercises.checking import agrees, exercise
from encdec_lib.exercises.report import Property
from encdec_lib.layers.attention import dot_product_attention


def _block(N: int, d: int, d_ff: int) -> tuple[int, int]:
    """Multiply-adds of a block, product by product: all of them, and those of pairs alone."""
    every = pairs = 0
    for _ in range(N):  # what each token needs
        every += 4 * d * d + d * d_ff + d_ff * d
        pairs += 2 * N * d  # its row of scores, and its mixture
    return every + pairs, pairs


@exercise("why-self-attention-1")
def count_block(block: Any, quarter_at: Any) -> Iterator[Property]:
    """Multiply-adds of a whole block, and where pairs are a quarter of them."""
    yield Property(
        "multiply-adds of the block for 100 tokens",
        block == _block(100, 512, 2048)[0],
        "Six matrices meet every token. Then there are scores, and mixing.",
    )
    N = next(N for N in range(1, 10_000) if 4 * (c := _block(N, 512, 2048))[1] >= c[0])
    yield Property(
        "tokens at which scores and mixing are a quarter",
        quarter_at == N,
        "Set what grows with the square beside the whole: a quarter of the whole is a third of "
        "the rest.",
    )


def _heard(kernel: int, dilations) -> int:
    """How far back a stack of real convolutions hears, by its gradient."""
    layers = [
        nnx.Conv(1, 1, (kernel,), kernel_dilation=rate, padding="CAUSAL", rngs=nnx.Rngs(0))
        for rate in dilations
    ]
    for layer in layers:
        layer.kernel[...] = jnp.ones_like(layer.kernel[...])  # nothing cancels

    @jax.jit
    @jax.grad
    def slopes(x):
        for layer in layers:
            x = layer(x)
        return x[0, -1, 0]

    slope = slopes(jnp.ones((1, 150, 1)))[0, ::-1, 0]
    return int(np.flatnonzero(np.asarray(slope))[-1])


@exercise("why-self-attention-2")
def causal_reach(my_reach: Any) -> Iterator[Property]:
    """The reach of stacks, against the gradients of real ones."""
    for kernel, dilations in ((3, (1,)), (3, (1, 1, 1, 1)), (5, (1, 2, 4, 8)), (2, (7, 1, 30))):
        yield Property(
            f"kernel {kernel}, dilations {dilations}",
            my_reach(kernel, dilations) == _heard(kernel, dilations),
            "How many places back is the furthest tap of one layer? And of a second one on top?",
        )


@exercise("why-self-attention-3")
def memory_hop(my_hop: Any) -> Iterator[Property]:
    """A hop of a memory network with padding, against loops."""
    rng = np.random.default_rng(3)
    u, m, c = rng.normal(size=(3, 5)), rng.normal(size=(3, 4, 5)), rng.normal(size=(3, 4, 5))
    mask = np.arange(4)[None] < np.array([[4], [2], [0]])
    right = u.copy()
    for b in range(3):
        real = [j for j in range(4) if mask[b, j]]
        e = {j: np.exp(u[b] @ m[b, j]) for j in real}
        for j in real:
            right[b] += e[j] / sum(e.values()) * c[b, j]
    arrays = [jnp.asarray(x, jnp.float32) for x in (u, m, c)]
    got = np.asarray(my_hop(*arrays, jnp.asarray(mask)))
    full = got.shape == right.shape
    yield Property("the next u has shape (B, D)", full, f"It has shape {got.shape}.")
    if not full:
        return
    for b, name in enumerate(("a full memory", "padding", "a memory without notes")):
        yield Property(
            f"right with {name}",
            np.allclose(got[b], right[b], atol=1e-4),
            "Weights from u and m, real notes alone; a sum of c; and u does not get lost.",
        )


@exercise("why-self-attention-4")
def other_map(my_other_map: Any) -> Iterator[Property]:
    """Other weights, the same mixture."""
    rng = np.random.default_rng(4)
    for N, D in ((6, 3), (20, 8)):
        weights, values = rng.dirichlet(np.ones(N)), rng.normal(size=(N, D))
        given = weights.copy()
        got = np.asarray(my_other_map(weights.copy(), values.copy()), np.float64)
        if got.shape != (N,):
            yield Property(f"{N} weights come back", False, f"The shape is {got.shape}.")
            return
        yield Property(
            f"{N} tokens: no weight is negative, and they add up to 1",
            got.min() > -1e-7 and abs(got.sum() - 1) < 1e-6,
            "The sum is one more condition on the direction in which you go.",
        )
        yield Property(
            f"{N} tokens: the mixture is the same",
            np.allclose(got @ values, given @ values, atol=1e-5),
            "In which directions can weights move so that their mixture does not?",
        )
        yield Property(
            f"{N} tokens: a weight is 0, where none was",
            np.isclose(got, 0, atol=1e-7).any(),
            "Go on until the first weight that falls has nothing left.",
        )


@exercise("why-self-attention-5")
def slope(my_exponent: Any) -> Iterator[Property]:
    """The exponent of curves whose beginning is flat."""
    lengths = [16, 32, 64, 128, 256, 512]
    for p in (1.0, 2.0):
        times = [7.0, 7.0, *(0.3 * N**p for N in lengths[2:])]
        yield Property(
            f"a curve that becomes N to the power of {p:g}",
            abs(float(my_exponent(lengths, times, 64)) - p) < 1e-6,
            "What is a power on logarithmic axes? The first two points must not count.",
        )
    noisy = [1.0, 2.3, 3.6, 9.1, 14.8, 36.0]
    x, y = np.log(lengths), np.log(noisy)
    right = ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()
    yield Property(
        "a curve with noise",
        abs(float(my_exponent(lengths, noisy, 16)) - right) < 1e-6,
        "The best line by least squares, of the logarithms.",
    )


def _largest(jaxpr) -> int:
    """The size of the largest array that is worked out, inner programs included."""
    sizes = [0]
    for equation in jaxpr.eqns:
        sizes += [int(np.prod(v.aval.shape)) for v in equation.outvars if hasattr(v.aval, "shape")]
        for value in jax.tree.leaves(equation.params, is_leaf=lambda v: hasattr(v, "eqns")):
            inner = getattr(value, "jaxpr", value)
            if hasattr(inner, "eqns"):
                sizes.append(_largest(inner))
    return max(sizes)


@exercise("why-self-attention-6")
def windows(my_windows: Any) -> Iterator[Property]:
    """Attention in blocks, against the masked whole."""
    rng = np.random.default_rng(6)
    r, N = 3, 12
    q, k, v = (jnp.asarray(rng.normal(size=(2, N, 5)), jnp.float32) for _ in range(3))
    block = np.arange(N) // r
    seen = (block[None] == block[:, None]) | (block[None] == block[:, None] - 1)
    whole, _ = dot_product_attention(q[:, None], k[:, None], v[:, None], jnp.asarray(seen)[None])
    yield from agrees(
        my_windows(q, k, v, r),
        whole[:, 0],
        "what comes out, (B, N, D),",
        "Two blocks of keys for each block of queries. What does the first block have before it?",
    )
    N, r = 640, 4
    wide = jnp.zeros((1, N, 2))
    traced = jax.make_jaxpr(lambda q, k, v: my_windows(q, k, v, r))(wide, wide, wide)
    yield Property(
        f"no array has {N} × {N} numbers",
        _largest(traced.jaxpr) < N * N,
        "Make blocks before you multiply: an axis for the block, one for the place in it.",
    )
